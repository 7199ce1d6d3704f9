package main

import (
	"math"
	"slices"
)

// spread is the distribution of a figure over the rounds. The zero value is empty.
type spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
	N      int     `json:"n"`
}

// spreadOf returns the spread of figures. The median of an even number is the mean of
// the middle two.
func spreadOf(figures []float64) spread {
	n := len(figures)
	if n == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(figures))
	return spread{Min: sorted[0], Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Max: sorted[n-1], N: n}
}

// ratios divides figures of the same round, which is the key. It skips rounds that
// lack a figure or have a divisor of zero.
func ratios(dividends, divisors map[int]float64) []float64 {
	var out []float64
	for round, a := range dividends {
		if b, ok := divisors[round]; ok && b != 0 && !math.IsNaN(a) && !math.IsNaN(b) {
			out = append(out, a/b)
		}
	}
	return out
}

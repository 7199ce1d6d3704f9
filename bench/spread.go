package main

import (
	"math"
	"slices"
)

// spread is how a figure came out over the rounds. The zero value is no figure.
type spread struct {
	Min    float64 `json:"min"`
	Median float64 `json:"median"`
	Max    float64 `json:"max"`
	N      int     `json:"n"`
}

// spreadOf is that of some figures; of an even number, the median is the mean of
// the middle two.
func spreadOf(figures []float64) spread {
	n := len(figures)
	if n == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(figures))
	return spread{sorted[0], (sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[n-1], n}
}

// ratios divides figures of the same round; a round where either is not there,
// or the divisor is zero, is left out. Keys are rounds.
func ratios(over, under map[int]float64) []float64 {
	var out []float64
	for round, a := range over {
		if b, ok := under[round]; ok && b != 0 && !math.IsNaN(a) && !math.IsNaN(b) {
			out = append(out, a/b)
		}
	}
	return out
}

package stats

import (
	"math"
	"slices"
)

// DrawsToSee is the smallest n with (1-p)^n <= alpha: this many draws show a
// value of probability p, except with probability alpha. It is 1 if p is 1.
func DrawsToSee(p, alpha float64) int {
	if p >= 1 {
		return 1
	}
	return int(math.Ceil(math.Log(alpha)/math.Log1p(-p) - 1e-9))
}

// MissProbability is (1-p)^n: the probability that n draws, not necessarily an integer,
// miss a value of probability p.
func MissProbability(p, n float64) float64 {
	if p >= 1 {
		return 0
	}
	return math.Exp(n * math.Log1p(-p))
}

// AllEqualProbability is the probability that n draws all have the same value: the sum of
// p^n. It is 1 if n is 0.
func AllEqualProbability(p []float64, n int) float64 {
	total := 0.0
	for _, share := range p {
		total += math.Pow(share, float64(n))
	}
	return min(total, 1)
}

// DrawsToDiffer is the smallest n with [AllEqualProbability](p, n) <= alpha: this many
// draws are not all equal, except with probability alpha. With k equal shares it is
// 1 + ln(1/alpha)/ln k, rounded up. It is 0 if there are no two values.
func DrawsToDiffer(p []float64, alpha float64) int {
	if len(p) == 0 || slices.Max(p) >= 1 {
		return 0
	}
	n := 1
	for AllEqualProbability(p, n) > alpha*(1+1e-9) {
		n++
	}
	return n
}

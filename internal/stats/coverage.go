package stats

import (
	"math"
	"slices"
)

// MissAny is the probability that n uniform draws from k values miss at least one:
// by inclusion-exclusion the sum over j >= 1 of (-1)^(j+1) C(k,j) (1-j/k)^n
// (Feller, An Introduction to Probability Theory, volume 1, IV.2). It is 1 if
// n < k.
func MissAny(n, k int) float64 {
	if n < k {
		return 1
	}
	p, sign, lnC := 0.0, 1.0, 0.0
	for j := 1; j < k; j++ {
		lnC += math.Log(float64(k-j+1) / float64(j))
		p += sign * math.Exp(lnC+float64(n)*math.Log1p(-float64(j)/float64(k)))
		sign = -sign
	}
	return min(max(p, 0), 1)
}

// SampleSize is the smallest n with [MissAny](n, k) <= alpha; k if k < 2.
func SampleSize(k int, alpha float64) int {
	if k < 2 {
		return k
	}
	n := DrawsToSee(1/float64(k), alpha/float64(k)) // an upper bound, by Bonferroni
	for n > k && MissAny(n-1, k) <= alpha {
		n--
	}
	return n
}

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

package stats

import "gonum.org/v1/gonum/mathext"

// BinomialAtLeast is P(X >= m) for the number X of successes in n trials with probability
// p. It is the regularized incomplete beta function I_p(m, n-m+1), which is precise
// far out in the tail (Abramowitz and Stegun, 26.5.24).
func BinomialAtLeast(m, n int, p float64) float64 {
	switch {
	case m <= 0 || p >= 1 && m <= n:
		return 1
	case m > n || p <= 0:
		return 0
	}
	return mathext.RegIncBeta(float64(m), float64(n-m+1), p)
}

// BinomialAtMost is P(X <= m) for the number X of successes in n trials with probability
// p.
func BinomialAtMost(m, n int, p float64) float64 { return BinomialAtLeast(n-m, n, 1-p) }

package stats

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Matches summarizes a sequence for a test of its order: the count of each value,
// and the number of consecutive equal values. The zero value is an empty sequence.
type Matches struct {
	Counts []int
	M      int // consecutive pairs with the same value: N minus the number of runs
}

// Mean is the expected value of M over all orders of the same counts:
// N - E[runs] with E[runs] = (N(N+1) - S2)/N, where S2 is the sum of squared counts
// (Wald and Wolfowitz 1940; Mood 1940 for several categories).
func (m Matches) Mean() float64 {
	n, s2, _ := m.powerSums()
	if n == 0 {
		return 0
	}
	return (s2 - n) / n
}

// Variance is the variance of M over all orders of the same counts:
// (S2(S2 + N(N+1)) - 2 N S3 - N^3) / (N^2 (N-1)), where S3 is the sum of cubed
// counts.
func (m Matches) Variance() float64 {
	n, s2, s3 := m.powerSums()
	if n < 2 {
		return 0
	}
	return max(0, (s2*(s2+n*(n+1))-2*n*s3-n*n*n)/(n*n*(n-1)))
}

func (m Matches) powerSums() (n, s2, s3 float64) {
	for _, c := range m.Counts {
		f := float64(c)
		n, s2, s3 = n+f, s2+f*f, s3+f*f*f
	}
	return n, s2, s3
}

// MatchesMean is the expected number of matches of independent sequences.
func MatchesMean(seqs []Matches) float64 {
	mean := 0.0
	for _, s := range seqs {
		mean += s.Mean()
	}
	return mean
}

// normalTail is the probability of at least this many matches by the normal curve,
// with a continuity correction of one half. It is 1 if the counts allow only one
// order.
func normalTail(seqs []Matches) float64 {
	m, variance := 0.0, 0.0
	for _, s := range seqs {
		m += float64(s.M)
		variance += s.Variance()
	}
	if variance <= 0 {
		return 1
	}
	return distuv.UnitNormal.Survival((m - .5 - MatchesMean(seqs)) / math.Sqrt(variance))
}

// MatchProbability is the probability that two draws without replacement have the same value:
// the sum of n(n-1) divided by N(N-1). It is 0 if N < 2.
func MatchProbability(counts []int) float64 {
	pairs, n := 0, 0
	for _, c := range counts {
		pairs += c * (c - 1)
		n += c
	}
	if n < 2 {
		return 0
	}
	return float64(pairs) / float64(n*(n-1))
}

package stats

import (
	"math"
	"math/rand/v2"

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

// Max is the largest M for the counts: each value in one run.
func (m Matches) Max() float64 {
	total := 0
	for _, n := range m.Counts {
		total += max(0, n-1)
	}
	return float64(total)
}

func (m Matches) powerSums() (n, s2, s3 float64) {
	for _, c := range m.Counts {
		f := float64(c)
		n, s2, s3 = n+f, s2+f*f, s3+f*f*f
	}
	return n, s2, s3
}

// Totals adds up M, its mean, variance and maximum over independent sequences.
func Totals(seqs []Matches) (m, mean, variance, maximum float64) {
	for _, s := range seqs {
		m += float64(s.M)
		mean += s.Mean()
		variance += s.Variance()
		maximum += s.Max()
	}
	return m, mean, variance, maximum
}

// MatchesTail is the probability of at least this many matches, given the counts, by
// the normal approximation with a continuity correction of one half. It is 1 if
// the counts allow only one order. The approximation is liberal far out in the
// tail for many categories: see [MatchesTailPermuted].
func MatchesTail(seqs []Matches) float64 {
	m, mean, variance, _ := Totals(seqs)
	if variance <= 0 {
		return 1
	}
	return distuv.UnitNormal.Survival((m - .5 - mean) / math.Sqrt(variance))
}

// MatchesTailPermuted estimates the probability of MatchesTail by shuffling each sequence, at
// most this many times. It stops early if the probability is not small. The sample
// counts as one of the shuffles, so the result is never 0 (Besag and Clifford
// 1991, doi:10.1093/biomet/78.2.301).
func MatchesTailPermuted(seqs []Matches, shuffles int, r *rand.Rand) float64 {
	observed, values := 0, make([][]int32, len(seqs))
	for i, s := range seqs {
		observed += s.M
		for value, n := range s.Counts {
			for range n {
				values[i] = append(values[i], int32(value))
			}
		}
	}
	extreme := 0
	for done := 1; done <= shuffles; done++ {
		m := 0
		for _, seq := range values {
			m += shuffleAndCount(seq, r)
		}
		if m >= observed {
			extreme++
		}
		if extreme == maxExtremeShuffles {
			return float64(extreme) / float64(done)
		}
	}
	return float64(extreme+1) / float64(shuffles+1)
}

// maxExtremeShuffles is the number of shuffles as extreme as the sample after
// which MatchesTailPermuted stops: they give the probability to about a fifth.
const maxExtremeShuffles = 32

// shuffleAndCount shuffles seq in place and counts its matches. One random word
// gives two positions, each the high half of the product of 32 bits and i+1. The
// bias is less than i in 2^32, far below what any feasible number of shuffles can
// show.
func shuffleAndCount(seq []int32, r *rand.Rand) int {
	m, w := 0, uint64(0)
	for i := len(seq) - 1; i >= 0; i-- {
		if w == 0 {
			w = r.Uint64()
		}
		j := int(w & (1<<32 - 1) * uint64(i+1) >> 32)
		w >>= 32
		seq[i], seq[j] = seq[j], seq[i]
		if i+1 < len(seq) && seq[i] == seq[i+1] {
			m++
		}
	}
	return m
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

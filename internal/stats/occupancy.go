package stats

import (
	"math"
	"slices"
	"sort"
)

// Fits is the probability that n sessions, placed independently with the given
// shares, put at most threads sessions on every coordinator: the distribution
// function of the maximum of a multinomial. The error is below 1e-9.
//
// Multinomial counts are those of independent Poisson variables conditioned on
// their sum n (Levin 1981, doi:10.1214/aos/1176345593). So Fits is the probability
// that Poisson variables limited to threads have the sum n, divided by the
// probability that unlimited ones do. The sums are convolutions of positive
// numbers, so there is no cancellation.
//
// The shares sum to 1. The time grows with n and the square root of the number of
// shares: a millisecond for 400 sessions on 10 coordinators, some tenths of a
// second for 180000 on 200.
func Fits(n int, shares []float64, threads int) float64 {
	switch {
	case n <= 0 || n <= threads && len(shares) > 0:
		return 1
	case n > threads*len(shares):
		return 0
	}
	sum := distribution{p: []float64{1}}
	for _, p := range shares {
		sum = sum.convolve(poisson(float64(n) * p).truncate(threads))
	}
	return min(1, sum.at(n)/poisson(float64(n)).at(n))
}

// SafeSessions is the largest number of sessions that fit with the given
// probability, as computed by [Fits]. Beyond about a million sessions, where Fits
// takes too long, it uses a lower bound and may be one less.
func SafeSessions(shares []float64, threads int, probability float64) int {
	return sort.Search(threads*len(shares), func(n int) bool { return !FitsWith(n+1, shares, threads, probability) })
}

// FitsWith reports whether [Fits] is at least probability. Bounds that are fast to
// compute decide most cases: their distance is about the square of the probability
// of not fitting.
func FitsWith(n int, shares []float64, threads int, probability float64) bool {
	low, high := fitsBounds(n, shares, threads)
	switch {
	case low >= probability:
		return true
	case high < probability || float64(n)*math.Sqrt(float64(len(shares))) > maxExactWork:
		return false
	}
	return Fits(n, shares, threads) >= probability
}

// maxExactWork limits n times the square root of the number of shares for the
// exact computation, which then takes some tenths of a second.
const maxExactWork = 3e6

// fitsBounds returns a lower and an upper bound of Fits: 1 minus the sum of the
// probabilities that a coordinator has too many sessions (Bonferroni), and the
// product of the probabilities that it does not, because multinomial counts are
// negatively dependent (Mallows 1968, doi:10.1093/biomet/55.2.422).
func fitsBounds(n int, shares []float64, threads int) (low, high float64) {
	low, high = 1, 1
	var last, over float64 // a share of 0 never has too many
	for _, p := range shares {
		if p != last { // equal shares are adjacent and have the same probability
			last, over = p, BinomialAtLeast(threads+1, n, p)
		}
		low -= over
		high *= 1 - over
	}
	return low, high
}

// distribution is a distribution over integers without its negligible ends: p[i]
// is the probability of offset+i. The zero value is empty.
type distribution struct {
	offset int
	p      []float64
}

// negligible is a probability that is dropped. A sum drops at most 1e7 of them and
// is divided by at least 1e-4, so the error is far below 1e-9.
const negligible = 1e-22

// poisson returns the Poisson distribution with a mean. It is computed from the
// mode outwards and then normalized: logarithms of factorials would lose six
// digits.
func poisson(mean float64) distribution {
	mode := int(mean)
	var below []float64
	for j, p := mode, 1.; j > 0 && p > negligible; j-- {
		p *= float64(j) / mean
		below = append(below, p)
	}
	slices.Reverse(below)
	s := distribution{offset: mode - len(below), p: append(below, 1)}
	for j, p := mode+1, 1.; p > negligible; j++ {
		p *= mean / float64(j)
		s.p = append(s.p, p)
	}
	total := 0.
	for _, p := range s.p {
		total += p
	}
	for i := range s.p {
		s.p[i] /= total
	}
	return s
}

// at returns the probability of n.
func (d distribution) at(n int) float64 {
	if i := n - d.offset; i >= 0 && i < len(d.p) {
		return d.p[i]
	}
	return 0
}

// truncate drops the values above maximum, without normalizing the rest.
func (d distribution) truncate(maximum int) distribution {
	d.p = d.p[:min(max(0, maximum+1-d.offset), len(d.p))]
	return d
}

// convolve returns the distribution of the sum of two independent variables.
func (d distribution) convolve(o distribution) distribution {
	if len(d.p) == 0 || len(o.p) == 0 {
		return distribution{}
	}
	sum := distribution{offset: d.offset + o.offset, p: make([]float64, len(d.p)+len(o.p)-1)}
	for i, p := range d.p {
		to := sum.p[i : i+len(o.p)]
		for j, q := range o.p {
			to[j] += p * q
		}
	}
	return sum.trim()
}

// trim drops negligible probabilities at both ends.
func (d distribution) trim() distribution {
	first, end := 0, len(d.p)
	for first < end && d.p[first] < negligible {
		first++
	}
	for end > first && d.p[end-1] < negligible {
		end--
	}
	return distribution{offset: d.offset + first, p: d.p[first:end]}
}

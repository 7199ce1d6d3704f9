package stats

import (
	"math"
	"slices"
	"sort"
)

// Fits is the chance that n sessions, each placed on its own by the given
// shares, leave no coordinator with more than so many threads: that of the
// largest of multinomial counts. It is right to 1e-9.
//
// The counts of a multinomial are those of independent Poisson variables whose
// sum is n (Levin 1981, doi:10.1214/aos/1176345593). So it is the chance that
// Poisson variables of at most threads each have the sum n, over the chance that
// unbounded ones do. The sums are convolutions of positive numbers: nothing
// cancels.
//
// The shares sum to 1. The time grows with n and the root of their number: a
// millisecond for 400 sessions on 10, some tenths of a second for 180000 on 200.
func Fits(n int, shares []float64, threads int) float64 {
	switch {
	case n <= 0 || n <= threads && len(shares) > 0:
		return 1
	case n > threads*len(shares):
		return 0
	}
	held := distribution{p: []float64{1}}
	for _, p := range shares {
		held = held.convolve(poisson(float64(n) * p).truncate(threads))
	}
	return min(1, held.at(n)/poisson(float64(n)).at(n))
}

// SafeSessions is how many sessions at the most fit with the given chance, as
// [Fits] has it. Where that would take too long to say, beyond a million
// sessions or so, it is the most of which a bound says that they do: one less,
// now and then.
func SafeSessions(shares []float64, threads int, chance float64) int {
	return sort.Search(threads*len(shares), func(n int) bool { return !Safe(n+1, shares, threads, chance) })
}

// Safe reports whether [Fits] is at least chance. Bounds that are quick to
// have decide most cases: where what does not fit is rare they are as close as
// its square.
func Safe(n int, shares []float64, threads int, chance float64) bool {
	low, high := fitsBounds(n, shares, threads)
	switch {
	case low >= chance:
		return true
	case high < chance || float64(n)*math.Sqrt(float64(len(shares))) > maxExactWork:
		return false
	}
	return Fits(n, shares, threads) >= chance
}

// maxExactWork is the largest n times the root of the number of shares for which
// the exact chance is worked out: that takes some tenths of a second.
const maxExactWork = 3e6

// fitsBounds are two numbers between which Fits lies: 1 less the sum of the
// chances that each has too many (Bonferroni), and the product of the chances
// that each has not, since the counts of a multinomial get in each other's way
// (Mallows 1968, doi:10.1093/biomet/55.2.422).
func fitsBounds(n int, shares []float64, threads int) (low, high float64) {
	low, high = 1, 1
	last, over := -1., 0.
	for _, p := range shares {
		if p != last { // equal shares stand together, and have one chance
			last, over = p, AtLeast(threads+1, n, p)
		}
		low -= over
		high *= 1 - over
	}
	return low, high
}

// distribution is where a distribution over whole numbers is not negligible:
// p[i] is the chance of from+i. The zero value is nowhere.
type distribution struct {
	offset int
	p      []float64
}

// negligible is a chance that is left out: of the 1e7 that a sum may leave out,
// divided by the chance of the sum itself, 1e-4 at least, nothing reaches 1e-9.
const negligible = 1e-22

// poisson is the distribution with that mean. It goes from the mode outwards
// and then makes the sum 1: logarithms of factorials would cost six digits.
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

// at is the chance of n.
func (s distribution) at(n int) float64 {
	if i := n - s.offset; i >= 0 && i < len(s.p) {
		return s.p[i]
	}
	return 0
}

// truncate leaves out what is more than most. The rest keeps its chances.
func (s distribution) truncate(most int) distribution {
	s.p = s.p[:min(max(0, most+1-s.offset), len(s.p))]
	return s
}

// convolve is the distribution of the sum of two independent variables.
func (s distribution) convolve(o distribution) distribution {
	if len(s.p) == 0 || len(o.p) == 0 {
		return distribution{}
	}
	sum := distribution{offset: s.offset + o.offset, p: make([]float64, len(s.p)+len(o.p)-1)}
	for i, p := range s.p {
		to := sum.p[i : i+len(o.p)]
		for j, q := range o.p {
			to[j] += p * q
		}
	}
	return sum.trim()
}

// trim leaves out both negligible ends.
func (s distribution) trim() distribution {
	first, end := 0, len(s.p)
	for first < end && s.p[first] < negligible {
		first++
	}
	for end > first && s.p[end-1] < negligible {
		end--
	}
	return distribution{offset: s.offset + first, p: s.p[first:end]}
}

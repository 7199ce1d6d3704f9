package stats

import (
	"hash/fnv"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Power is the fraction of random samples, each of n sessions with the given
// shares, for which alarm returns true. alarm must not keep counts.
func Power(n int, shares []float64, draws int, r *rand.Rand, alarm func(counts []int) bool) float64 {
	if draws <= 0 {
		return 0
	}
	counts, hits := make([]int, len(shares)), 0
	for range draws {
		Draw(counts, n, shares, r)
		if alarm(counts) {
			hits++
		}
	}
	return float64(hits) / float64(draws)
}

// Draw fills counts with a multinomial sample: n independent draws with the given
// shares, which sum to 1. Each count is binomial given the previous ones, so the
// cost does not grow with n.
func Draw(counts []int, n int, shares []float64, r *rand.Rand) {
	clear(counts)
	left, rest := n, 1.0
	for i, p := range shares {
		switch {
		case i == len(shares)-1 || p >= rest:
			counts[i] = left
			return
		case p > 0 && left > 0:
			counts[i] = int(distuv.Binomial{N: float64(left), P: p / rest, Src: r}.Rand())
		}
		left, rest = left-counts[i], rest-p
	}
}

// NewSeededRand returns a generator that depends only on the numbers, so that results are
// reproducible.
func NewSeededRand(numbers ...int) *rand.Rand {
	h := fnv.New128a()
	var b [8]byte
	for _, n := range numbers {
		for i := range b {
			b[i] = byte(uint64(n) >> (8 * i))
		}
		h.Write(b[:])
	}
	sum := h.Sum(nil)
	var s [2]uint64
	for i, c := range sum {
		s[i/8] = s[i/8]<<8 | uint64(c)
	}
	return rand.New(rand.NewPCG(s[0], s[1]))
}

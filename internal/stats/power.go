package stats

import (
	"hash/fnv"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// Power is the share of draws, each of n sessions over the given shares, at
// which alarm says true. alarm must not keep the counts.
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

// Draw fills counts with n independent draws from the shares, which sum to 1:
// each count is binomial among what those before it left over, so the cost does
// not grow with n.
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

// Seeded is a generator that depends on the numbers alone: the same evidence
// meets the same chance.
func Seeded(numbers ...int) *rand.Rand {
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

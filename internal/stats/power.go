package stats

import (
	"hash/fnv"
	"math/rand/v2"
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

// Draw fills counts with n independent draws from the shares.
func Draw(counts []int, n int, shares []float64, r *rand.Rand) {
	clear(counts)
	last := len(shares) - 1
	for range n {
		u, i := r.Float64(), 0
		for i < last && u >= shares[i] {
			u -= shares[i]
			i++
		}
		counts[i]++
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

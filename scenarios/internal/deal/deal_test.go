package deal

import (
	"math/rand/v2"
	"testing"
)

// Whatever the seed, every node has its part, and two nodes do not alternate.
func TestShuffled_EqualParts(t *testing.T) {
	t.Parallel()
	const count = 42
	for seed := range uint64(200) {
		for nodes := 1; nodes <= 4; nodes++ {
			out, taken, changes := Shuffled(rand.New(rand.NewPCG(seed, 1)), nodes, count), make([]int, nodes), 0
			for i, n := range out {
				taken[n]++
				if i > 0 && n != out[i-1] {
					changes++
				}
			}
			for n, got := range taken {
				if got < count/nodes || got > count/nodes+1 {
					t.Errorf("seed %d: node %d of %d has %d of %d sessions", seed, n, nodes, got, count)
				}
			}
			if nodes == 2 && changes == count-1 {
				t.Errorf("seed %d: two nodes alternate", seed)
			}
		}
	}
}

// What does not come out even is not always the same node's.
func TestShuffled_ChanceHasTheRemainder(t *testing.T) {
	t.Parallel()
	more := map[int]bool{}
	for seed := range uint64(50) {
		taken := make([]int, 3)
		for _, n := range Shuffled(rand.New(rand.NewPCG(seed, 1)), 3, 10) {
			taken[n]++
		}
		for n, got := range taken {
			if got == 4 {
				more[n] = true
			}
		}
	}
	if len(more) != 3 {
		t.Errorf("of 50 seeds only %v have one more", more)
	}
}

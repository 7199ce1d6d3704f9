package simcluster

import (
	"net/netip"
	"slices"
	"testing"
)

var (
	anyClient  = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	allOfFive  = []bool{true, true, true, true, true}
	withoutTwo = []bool{true, false, true, true, true}
)

// choices makes n choices, each connection ending before the next one.
func choices(p *picker, may []bool, n int) []int {
	var chosen []int
	for range n {
		c := p.pick(may, anyClient)
		if c >= 0 {
			p.release(c)
		}
		chosen = append(chosen, c)
	}
	return chosen
}

func counts(chosen []int, k int) []int {
	n := make([]int, k)
	for _, c := range chosen {
		n[c]++
	}
	return n
}

func TestTheSameSeedMakesTheSameChoices(t *testing.T) {
	t.Parallel()
	for _, b := range Balances() {
		t.Run(string(b), func(t *testing.T) {
			t.Parallel()
			sequence := func(seed, stream uint64) []int {
				return choices(newPicker(Config{Coordinators: 5, Balance: b, Seed: seed}, balancerPlan{}, stream), allOfFive, 60)
			}
			if !slices.Equal(sequence(7, 1), sequence(7, 1)) {
				t.Error("one seed, two sequences")
			}
			chancy := b == Random || b == FlowHash
			if chancy && slices.Equal(sequence(7, 1), sequence(8, 1)) {
				t.Error("two seeds, one sequence")
			}
			if chancy && slices.Equal(sequence(7, 1), sequence(7, 2)) {
				t.Error("two nodes, one sequence")
			}
		})
	}
}

func TestSharesFollowThePolicy(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		balance  Balance
		route    balancerPlan
		may      []bool
		n        int
		low, top []int // of each coordinator's count
	}{
		"round robin is exact":                {RoundRobin, balancerPlan{}, allOfFive, 500, []int{100, 100, 100, 100, 100}, []int{100, 100, 100, 100, 100}},
		"round robin keeps weights exactly":   {RoundRobin, balancerPlan{weights: []int{6, 1, 1, 1, 1}}, allOfFive, 100, []int{60, 10, 10, 10, 10}, []int{60, 10, 10, 10, 10}},
		"round robin skips the dead":          {RoundRobin, balancerPlan{}, withoutTwo, 100, []int{25, 0, 25, 25, 25}, []int{25, 0, 25, 25, 25}},
		"random is even":                      {Random, balancerPlan{}, allOfFive, 5000, []int{880, 880, 880, 880, 880}, []int{1120, 1120, 1120, 1120, 1120}},
		"random keeps weights":                {Random, balancerPlan{weights: []int{6, 1, 1, 1, 1}}, allOfFive, 5000, []int{2850, 410, 410, 410, 410}, []int{3150, 590, 590, 590, 590}},
		"random skips the dead":               {Random, balancerPlan{}, withoutTwo, 5000, []int{1120, 0, 1120, 1120, 1120}, []int{1380, 0, 1380, 1380, 1380}},
		"flow hash is even":                   {FlowHash, balancerPlan{}, allOfFive, 5000, []int{880, 880, 880, 880, 880}, []int{1120, 1120, 1120, 1120, 1120}},
		"leastconn goes round when all rest":  {LeastConn, balancerPlan{}, allOfFive, 500, []int{100, 100, 100, 100, 100}, []int{100, 100, 100, 100, 100}},
		"a weight of nothing gets nothing":    {Random, balancerPlan{weights: []int{0, 1, 0, 0, 0}}, allOfFive, 50, []int{0, 50, 0, 0, 0}, []int{0, 50, 0, 0, 0}},
		"nobody to choose is said, not faked": {RoundRobin, balancerPlan{}, make([]bool, 5), 0, make([]int, 5), make([]int, 5)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPicker(Config{Coordinators: 5, Balance: c.balance, Seed: 3}, c.route, 1)
			if c.n == 0 {
				if got := p.pick(c.may, anyClient); got != -1 {
					t.Fatalf("chose %d", got)
				}
			}
			for i, n := range counts(choices(p, c.may, c.n), 5) {
				if n < c.low[i] || n > c.top[i] {
					t.Errorf("coordinator %d: %d of %d, want %d to %d", i+1, n, c.n, c.low[i], c.top[i])
				}
			}
		})
	}
}

func TestLeastconnFillsTheEmptiest(t *testing.T) {
	t.Parallel()
	p := newPicker(Config{Coordinators: 3, Balance: LeastConn, Background: []int{4, 4, 0}}, balancerPlan{}, 1)
	all := []bool{true, true, true}
	var held []int
	for range 7 {
		held = append(held, p.pick(all, anyClient))
	}
	if n := counts(held, 3); n[2] != 5 || n[0] != 1 || n[1] != 1 {
		t.Errorf("held %v over a background of 4, 4, 0", n)
	}
	p.release(2)
	p.release(2)
	if got := p.pick(all, anyClient); got != 2 {
		t.Errorf("after two ended on coordinator 3, chose %d", got+1)
	}
}

func TestSourceKnowsTheClientOnAllNodesAlike(t *testing.T) {
	t.Parallel()
	c := Config{Coordinators: 5, Balance: Source, Seed: 1}
	one, two := newPicker(c, balancerPlan{}, 1), newPicker(c, balancerPlan{}, 2)
	seen := map[int]bool{}
	for i := range 40 {
		client := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
		chosen := one.pick(allOfFive, client)
		seen[chosen] = true
		if again, there := one.pick(allOfFive, client), two.pick(allOfFive, client); again != chosen || there != chosen {
			t.Fatalf("%v: %d, again %d, other node %d", client, chosen, again, there)
		}
	}
	if len(seen) != 5 {
		t.Errorf("40 clients reach %d of 5", len(seen))
	}
}

func TestStickyStaysAsOftenAsSaid(t *testing.T) {
	t.Parallel()
	p := newPicker(Config{Coordinators: 5, Balance: Random, Seed: 1}, balancerPlan{sticky: 0.7}, 1)
	seq, stays := choices(p, allOfFive, 4000), 0
	for i := 1; i < len(seq); i++ {
		if seq[i] == seq[i-1] {
			stays++
		}
	}
	if stays < 2900 || stays > 3180 { // 0.7 and a fifth of the rest: 3040
		t.Errorf("%d of 3999 stay", stays)
	}
}

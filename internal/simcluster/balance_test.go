package simcluster

import (
	"net/netip"
	"slices"
	"testing"
)

var (
	clientIP     = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	fiveEligible = []bool{true, true, true, true, true}
	fourEligible = []bool{true, false, true, true, true}
)

// pickInSequence makes n choices, closing each connection before the next.
func pickInSequence(p *picker, eligible []bool, n int) []int {
	var chosen []int
	for range n {
		c := p.pick(eligible, clientIP)
		if c >= 0 {
			p.release(c)
		}
		chosen = append(chosen, c)
	}
	return chosen
}

func countChoices(chosen []int, k int) []int {
	n := make([]int, k)
	for _, c := range chosen {
		n[c]++
	}
	return n
}

func TestPicker_DependsOnlyOnSeedAndStream(t *testing.T) {
	t.Parallel()
	for _, b := range Balances() {
		t.Run(string(b), func(t *testing.T) {
			t.Parallel()
			sequence := func(seed, stream uint64) []int {
				return pickInSequence(newPicker(Config{Coordinators: 5, Balance: b, Seed: seed}, balancerPlan{}, stream), fiveEligible, 60)
			}
			if !slices.Equal(sequence(7, 1), sequence(7, 1)) {
				t.Error("the same seed gave two sequences")
			}
			randomized := b == BalanceRandom || b == BalanceFlowHash
			if randomized && slices.Equal(sequence(7, 1), sequence(8, 1)) {
				t.Error("two seeds gave the same sequence")
			}
			if randomized && slices.Equal(sequence(7, 1), sequence(7, 2)) {
				t.Error("two nodes gave the same sequence")
			}
		})
	}
}

func TestPicker_Shares(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		balance  Balance
		faults   balancerPlan
		eligible []bool
		n        int
		min, max []int // sessions by coordinator
	}{
		"round robin is exact":                {balance: BalanceRoundRobin, eligible: fiveEligible, n: 500, min: []int{100, 100, 100, 100, 100}, max: []int{100, 100, 100, 100, 100}},
		"round robin with weights is exact":   {balance: BalanceRoundRobin, faults: balancerPlan{weights: []int{6, 1, 1, 1, 1}}, eligible: fiveEligible, n: 100, min: []int{60, 10, 10, 10, 10}, max: []int{60, 10, 10, 10, 10}},
		"round robin skips ineligible":        {balance: BalanceRoundRobin, eligible: fourEligible, n: 100, min: []int{25, 0, 25, 25, 25}, max: []int{25, 0, 25, 25, 25}},
		"random is even":                      {balance: BalanceRandom, eligible: fiveEligible, n: 5000, min: []int{880, 880, 880, 880, 880}, max: []int{1120, 1120, 1120, 1120, 1120}},
		"random follows weights":              {balance: BalanceRandom, faults: balancerPlan{weights: []int{6, 1, 1, 1, 1}}, eligible: fiveEligible, n: 5000, min: []int{2850, 410, 410, 410, 410}, max: []int{3150, 590, 590, 590, 590}},
		"random skips ineligible":             {balance: BalanceRandom, eligible: fourEligible, n: 5000, min: []int{1120, 0, 1120, 1120, 1120}, max: []int{1380, 0, 1380, 1380, 1380}},
		"flow hash is even":                   {balance: BalanceFlowHash, eligible: fiveEligible, n: 5000, min: []int{880, 880, 880, 880, 880}, max: []int{1120, 1120, 1120, 1120, 1120}},
		"leastconn rotates when all are idle": {balance: BalanceLeastConn, eligible: fiveEligible, n: 500, min: []int{100, 100, 100, 100, 100}, max: []int{100, 100, 100, 100, 100}},
		"weight 0 gets no sessions":           {balance: BalanceRandom, faults: balancerPlan{weights: []int{0, 1, 0, 0, 0}}, eligible: fiveEligible, n: 50, min: []int{0, 50, 0, 0, 0}, max: []int{0, 50, 0, 0, 0}},
		"none eligible":                       {balance: BalanceRoundRobin, eligible: make([]bool, 5), n: 0, min: make([]int, 5), max: make([]int, 5)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPicker(Config{Coordinators: 5, Balance: c.balance, Seed: 3}, c.faults, 1)
			if c.n == 0 {
				if got := p.pick(c.eligible, clientIP); got != -1 {
					t.Fatalf("chose %d", got)
				}
			}
			for i, n := range countChoices(pickInSequence(p, c.eligible, c.n), 5) {
				if n < c.min[i] || n > c.max[i] {
					t.Errorf("coordinator %d: %d of %d, want %d to %d", i+1, n, c.n, c.min[i], c.max[i])
				}
			}
		})
	}
}

func TestPicker_LeastConnCountsBackground(t *testing.T) {
	t.Parallel()
	p := newPicker(Config{Coordinators: 3, Balance: BalanceLeastConn, Background: []int{4, 4, 0}}, balancerPlan{}, 1)
	all := []bool{true, true, true}
	var held []int
	for range 7 {
		held = append(held, p.pick(all, clientIP))
	}
	if n := countChoices(held, 3); n[2] != 5 || n[0] != 1 || n[1] != 1 {
		t.Errorf("%v connections with a background of 4, 4, 0", n)
	}
	p.release(2)
	p.release(2)
	if got := p.pick(all, clientIP); got != 2 {
		t.Errorf("after two connections to coordinator 3 were closed, chose %d", got+1)
	}
}

func TestPicker_SourceIsTheSameOnAllNodes(t *testing.T) {
	t.Parallel()
	c := Config{Coordinators: 5, Balance: BalanceSource, Seed: 1}
	one, two := newPicker(c, balancerPlan{}, 1), newPicker(c, balancerPlan{}, 2)
	seen := map[int]bool{}
	for i := range 40 {
		client := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
		chosen := one.pick(fiveEligible, client)
		seen[chosen] = true
		if again, there := one.pick(fiveEligible, client), two.pick(fiveEligible, client); again != chosen || there != chosen {
			t.Fatalf("%v: %d, again %d, other node %d", client, chosen, again, there)
		}
	}
	if len(seen) != 5 {
		t.Errorf("40 clients reach %d of 5 coordinators", len(seen))
	}
}

func TestPicker_StickyProbability(t *testing.T) {
	t.Parallel()
	p := newPicker(Config{Coordinators: 5, Balance: BalanceRandom, Seed: 1}, balancerPlan{sticky: 0.7}, 1)
	seq, repeats := pickInSequence(p, fiveEligible, 4000), 0
	for i := 1; i < len(seq); i++ {
		if seq[i] == seq[i-1] {
			repeats++
		}
	}
	if repeats < 2900 || repeats > 3180 { // expected: 0.7 and a fifth of the rest, 3040
		t.Errorf("%d of 3999 repeated", repeats)
	}
}

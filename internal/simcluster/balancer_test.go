package simcluster

import (
	"slices"
	"testing"
	"time"
)

// newTestBalancer returns the balancer of a cluster of c with faults.
func newTestBalancer(t *testing.T, c Config, faults ...string) *balancer {
	t.Helper()
	for _, text := range faults {
		f, err := ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		c.Faults = append(c.Faults, f)
	}
	c, err := c.withDefaults()
	if err != nil {
		t.Fatal(err)
	}
	p, err := newPlan(c)
	if err != nil {
		t.Fatal(err)
	}
	return newBalancer(c, p)
}

// routeInTurn routes n connections over the nodes in turn, each closed before the next,
// and returns the coordinators' numbers, from 1: negative where the connection is lost,
// 0 where there is no coordinator.
func routeInTurn(b *balancer, nodes, n int) []int {
	var numbers []int
	for i := range n {
		r := b.route(0, protocolHS2, i%nodes, clientIP, -1)
		number := r.coordinator + 1
		if r.coordinator >= 0 {
			b.release(protocolHS2, i%nodes, r.coordinator)
		}
		if r.refused || r.cut {
			number = -number
		}
		numbers = append(numbers, number)
	}
	return numbers
}

func TestBalancer_Sequences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		coordinators, nodes int // 0: 3 and 1
		faults              []string
		want                []int
	}{
		"rotor per node":                {nodes: 2, want: []int{1, 1, 2, 2, 3, 3, 1, 1}},
		"shared rotor":                  {nodes: 2, faults: []string{"shared-rotor"}, want: []int{1, 2, 3, 1, 2, 3, 1, 2}},
		"two levels":                    {faults: []string{"two-level=2"}, want: []int{1, 1, 2, 2, 3, 3, 1, 1}},
		"three levels of two":           {coordinators: 2, faults: []string{"two-level=3"}, want: []int{1, 1, 1, 2, 2, 2, 1, 1, 1}},
		"dies and nobody notices":       {faults: []string{"dies-after=1@2"}, want: []int{1, 2, 3, 1, -2, 3, 1, -2}},
		"dies and is noticed":           {faults: []string{"dies-after=1:1@2"}, want: []int{1, 2, 3, 1, -2, 3, 3, 1, 3}},
		"leaves without a lost session": {faults: []string{"dies-after=1:0@2"}, want: []int{1, 2, 3, 3, 1, 3, 1}},
		"cuts":                          {faults: []string{"cuts=2:5"}, want: []int{1, -2, 3, 1, -2, 3, 1}},
		"pins after a cut":              {faults: []string{"cuts=2", "pins-after-loss"}, want: []int{1, -2, 3, 3, 3, 3}},
		"pins after a death":            {faults: []string{"dies-after=1:1@2", "pins-after-loss"}, want: []int{1, 2, 3, 1, -2, 3, 3, 3}},
		"nothing lost, not pinned":      {faults: []string{"pins-after-loss"}, want: []int{1, 2, 3, 1, 2, 3}},
		"stale list of one node":        {nodes: 2, faults: []string{"stale=2@1"}, want: []int{1, 1, 3, 2, 1, 3, 3, 1}},
		"overlapping lists":             {nodes: 3, faults: []string{"lists=1+2:2+3:3+1"}, want: []int{1, 2, 1, 2, 3, 3, 1, 2, 1}},
		"every coordinator is gone":     {coordinators: 1, faults: []string{"dies-after=1:0"}, want: []int{1, 0, 0}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			setDefault(&c.coordinators, 3)
			setDefault(&c.nodes, 1)
			b := newTestBalancer(t, Config{Coordinators: c.coordinators, Nodes: c.nodes, Balance: BalanceRoundRobin}, c.faults...)
			if got := routeInTurn(b, c.nodes, len(c.want)); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

func TestBalancer_CountsConcurrentConnections(t *testing.T) {
	t.Parallel()
	b := newTestBalancer(t, Config{Coordinators: 2, Nodes: 1, Balance: BalanceRoundRobin}, "dies-after=3:1@1")
	sent, lost := map[int]int{}, 0
	for range 20 { // all open at once
		r := b.route(0, protocolHS2, 0, clientIP, -1)
		sent[r.coordinator+1]++
		if r.refused {
			lost++
		}
	}
	if sent[1] != 4 || lost != 1 {
		t.Errorf("%v, %d lost: want 4 connections to coordinator 1, the last of them lost", sent, lost)
	}
}

func TestBalancer_OtherClientsAdvanceTheRotor(t *testing.T) {
	t.Parallel()
	b := newTestBalancer(t, Config{Coordinators: 5, Nodes: 1, Balance: BalanceRoundRobin, Seed: 2}, "other-clients=0.1")
	seq, skipped := routeInTurn(b, 1, 2000), 0
	for i := 1; i < len(seq); i++ {
		if seq[i] != seq[i-1]%5+1 {
			skipped++
		}
	}
	if skipped < 150 || skipped > 250 { // expected: a tenth
		t.Errorf("%d of 1999 connections were not the next in turn", skipped)
	}
}

func TestBalancer_OtherClientsStay(t *testing.T) {
	t.Parallel()
	b := newTestBalancer(t, Config{Coordinators: 5, Nodes: 1, Balance: BalanceLeastConn, Seed: 2}, "other-clients=0.3:300")
	routeInTurn(b, 1, 3000)
	open := sum(b.pickers[protocolHS2][0].open)
	if open < 60 || open > 120 { // expected: 90
		t.Errorf("%d connections of other clients are open", open)
	}
}

func TestAdmission_Limit(t *testing.T) {
	t.Parallel()
	a := admission{limit: limitPlan{n: 2}}
	got := []bool{a.admit(0), a.admit(0), a.admit(0)}
	a.open--
	if got = append(got, a.admit(0)); !slices.Equal(got, []bool{true, true, false, true}) {
		t.Errorf("%v", got)
	}
}

func TestAdmission_Rate(t *testing.T) {
	t.Parallel()
	a := admission{rate: limitPlan{n: 2}}
	var got []bool
	for _, at := range []time.Duration{0, 0, 0, 2500 * time.Millisecond, 5 * time.Second, 5 * time.Second, time.Minute, time.Minute, time.Minute} {
		got = append(got, a.admit(at))
	}
	if want := []bool{true, true, false, false, false, false, true, true, false}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestNewBalancer_IsThatOfACluster holds that the balancer without a cluster sends
// connections where the cluster's does.
func TestNewBalancer_IsThatOfACluster(t *testing.T) {
	t.Parallel()
	for _, balance := range Balances() {
		if balance == BalanceLeastConn {
			continue // when a cluster notices that a client has gone is a matter of goroutines
		}
		c := Config{Coordinators: 3, Nodes: 1, Balance: balance, Seed: 7}
		cl := start(t, c)
		b, err := NewBalancer(c)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(b.Names(), cl.Names()) {
			t.Errorf("%s: names %v, want %v", balance, b.Names(), cl.Names())
		}
		for i, who := range visits(t, cl.Nodes()[0], 20) {
			r := b.Connect(0, 0, clientIP)
			if b.Release(0, r.Coordinator); b.Names()[r.Coordinator] != who || r.Lost {
				t.Errorf("%s: connection %d goes to %s, want %s", balance, i+1, b.Names()[r.Coordinator], who)
			}
		}
	}
	if b, err := NewBalancer(Config{Coordinators: 1000}); err == nil {
		t.Errorf("%v for an invalid config", b)
	}
}

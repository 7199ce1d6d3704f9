package balance

import (
	"math"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
)

// sample is a look counted by the slots of the expected coordinators.
type sample struct {
	counts          []int // by slot, without the burst
	all             []int // by slot, with it
	undeclared      int   // sessions of undeclared coordinators, without the burst
	allUndeclared   int   // the same, with the burst
	unidentified    int   // sessions without a known coordinator, without the burst
	allUnidentified int   // the same, with it
	nodes           []netip.AddrPort
	nodesOf         []map[int]bool // by slot: the nodes (by index) it was reached from
	orders          []stats.Matches
	planned         int
	cut             bool
}

// sampleOf counts a look by slot.
func sampleOf(cs batch.CoordinatorSet, l batch.Look) sample {
	k := len(cs.Slots)
	s := sample{counts: make([]int, k), all: make([]int, k), nodesOf: make([]map[int]bool, k), planned: l.Planned, cut: l.Cut}
	all := l.All()
	for _, c := range all { // sorted by node; one without answers reaches no coordinator
		if _, ok := cs.SlotOf[c.Coordinator]; ok && !slices.Contains(s.nodes, c.Node) {
			s.nodes = append(s.nodes, c.Node)
		}
	}
	s.allUnidentified = max(0, all.Unidentified()-l.Local())
	s.unidentified = min(l.Tally.Unidentified(), s.allUnidentified)
	s.undeclared = addUp(cs, l.Tally.ByCoordinator(), s.counts)
	s.allUndeclared = addUp(cs, all.ByCoordinator(), s.all)
	for _, c := range all {
		if i, ok := cs.SlotOf[c.Coordinator]; ok {
			if s.nodesOf[i] == nil {
				s.nodesOf[i] = map[int]bool{}
			}
			s.nodesOf[i][slices.Index(s.nodes, c.Node)] = true
		}
	}
	for _, o := range l.Orders {
		s.orders = append(s.orders, sequence(o))
	}
	return s
}

// addUp adds up the sessions by slot and returns those of undeclared coordinators.
func addUp(cs batch.CoordinatorSet, by map[string]int, counts []int) (foreign int) {
	for name, n := range by {
		if i, ok := cs.SlotOf[name]; ok {
			counts[i] += n
		} else {
			foreign += n
		}
	}
	return foreign
}

// sequence is what the test of stickiness needs of an order.
func sequence(o scenarios.Order) stats.Matches {
	m := stats.Matches{}
	for _, n := range o.Counts {
		m.Counts = append(m.Counts, n)
	}
	slices.Sort(m.Counts) // a map's order would reach the seed
	if len(o.Lag) > 0 {
		m.M = o.Lag[0]
	}
	return m
}

// n is the number of attributed sessions, without the burst.
func (s sample) n() int { return stats.Sum(s.counts) + s.undeclared }

// nAll is the same with the burst.
func (s sample) nAll() int { return stats.Sum(s.all) + s.allUndeclared }

// withUnidentifiedAt returns the sample with the unidentified sessions given to one slot.
func (s sample) withUnidentifiedAt(seat int) sample {
	s.counts, s.all = slices.Clone(s.counts), slices.Clone(s.all)
	s.counts[seat] += s.unidentified
	s.all[seat] += s.allUnidentified
	s.unidentified, s.allUnidentified = 0, 0
	return s
}

// extreme is the slot with the most (1) or fewest (-1) sessions for its share.
func (s sample) extreme(cs batch.CoordinatorSet, sign float64) int {
	best, at := math.Inf(-1), 0
	for i, n := range s.all {
		if v := sign * float64(n) / cs.Slots[i].Share; v > best {
			best, at = v, i
		}
	}
	return at
}

// inOrder is how many sessions have an order.
func (s sample) inOrder() int {
	n := 0
	for _, q := range s.orders {
		for _, c := range q.Counts {
			n += c
		}
	}
	return n
}

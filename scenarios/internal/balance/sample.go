package balance

import (
	"math"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
)

// sample is a look laid over the roster.
type sample struct {
	counts          []int // by seat, without the burst
	all             []int // by seat, with it
	undeclared      int   // sessions of coordinators that nobody declared, without the burst
	allUndeclared   int   // the same, with the burst
	unattributed    int   // sessions of which nobody knows who answered, without the burst
	allUnattributed int   // the same, with it
	nodes           []netip.AddrPort
	nodesOf         []map[int]bool // by seat: the nodes (by index) it was reached from
	orders          []stats.Matches
	planned         int
	cut             bool
}

// sampleOf lays a look over the roster.
func sampleOf(r batch.CoordinatorSet, l batch.Look) sample {
	k := len(r.Slots)
	s := sample{counts: make([]int, k), all: make([]int, k), nodesOf: make([]map[int]bool, k), planned: l.Planned, cut: l.Cut}
	all := l.All()
	for _, c := range all { // sorted by node; one that nobody answered from reaches nobody
		if _, ok := r.SlotOf[c.Coordinator]; ok && !slices.Contains(s.nodes, c.Node) {
			s.nodes = append(s.nodes, c.Node)
		}
	}
	s.allUnattributed = max(0, all.Unattributed()-l.Local())
	s.unattributed = min(l.Tally.Unattributed(), s.allUnattributed)
	s.undeclared = addUp(r, l.Tally.ByCoordinator(), s.counts)
	s.allUndeclared = addUp(r, all.ByCoordinator(), s.all)
	for _, c := range all {
		if i, ok := r.SlotOf[c.Coordinator]; ok {
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

// addUp adds up the sessions by seat and returns those of nobody's.
func addUp(r batch.CoordinatorSet, by map[string]int, counts []int) (foreign int) {
	for name, n := range by {
		if i, ok := r.SlotOf[name]; ok {
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

// withUnattributedAt returns the sample with the lost sessions given to one seat.
func (s sample) withUnattributedAt(seat int) sample {
	s.counts, s.all = slices.Clone(s.counts), slices.Clone(s.all)
	s.counts[seat] += s.unattributed
	s.all[seat] += s.allUnattributed
	s.unattributed, s.allUnattributed = 0, 0
	return s
}

// extreme is the seat with the most (1) or fewest (-1) sessions for its share.
func (s sample) extreme(r batch.CoordinatorSet, sign float64) int {
	best, at := math.Inf(-1), 0
	for i, n := range s.all {
		if v := sign * float64(n) / r.Slots[i].Share; v > best {
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

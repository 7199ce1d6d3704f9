package judge

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// look is one batch as the judges read it. Several first looks in a row are one.
type look struct {
	kind    scenarios.LookKind
	planned int
	cut     bool
	refused int
	tally   scenarios.Tally
	burst   scenarios.Tally
	orders  []scenarios.Order
	errors  []scenarios.ErrorGroup
}

// pool turns the looks of a run into the batches that are judged.
func pool(looks []scenarios.Look) []look {
	var out []look
	for i, l := range looks {
		if i > 0 && l.Kind == scenarios.First && looks[i-1].Kind == scenarios.First {
			out[len(out)-1].grow(l)
			continue
		}
		out = append(out, look{kind: l.Kind, planned: l.Planned, cut: l.Cut, refused: l.Refused,
			tally: l.Tally, burst: l.Burst, orders: l.Orders, errors: l.Errors})
	}
	return out
}

// grow appends a further first look. The two sequences of a node stay apart:
// nobody knows who answered between them.
func (l *look) grow(more scenarios.Look) {
	l.planned += more.Planned
	l.cut = l.cut || more.Cut
	l.refused += more.Refused
	l.tally = slices.Clone(l.tally)
	l.tally.Merge(more.Tally)
	l.burst = slices.Clone(l.burst)
	l.burst.Merge(more.Burst)
	l.orders = append(slices.Clone(l.orders), more.Orders...)
	l.errors = append(slices.Clone(l.errors), more.Errors...)
}

// all is every session of the look.
func (l look) all() scenarios.Tally {
	all := slices.Clone(l.tally)
	all.Merge(l.burst)
	return all
}

// failed counts the sessions that failed, those of this machine's own left out.
func (l look) failed() int {
	_, _, f, _ := l.all().Total()
	return max(0, f-l.local())
}

// sessions counts all of them, those that failed on this machine left out.
func (l look) sessions() int {
	n, _, _, _ := l.all().Total()
	return max(0, n-l.local())
}

// local counts the sessions that failed for want of something of this machine, and
// so never came to the balancer.
func (l look) local() int {
	n := 0
	for _, g := range l.errors {
		if g.Class.IsLocal() {
			n += g.Count
		}
	}
	return n
}

// localFailures counts them over all looks.
func localFailures(looks []look) int {
	n := 0
	for _, l := range looks {
		n += l.local()
	}
	return n
}

// final reports whether no further look can follow.
func (l look) final() bool { return l.cut || l.kind == scenarios.Whole }

// noSession says why there is none to judge: none was left of those whose
// certificate was refused, or none was measured, which is inconclusive.
func noSession(refused int) (scenarios.Status, string) {
	if refused > 0 {
		return scenarios.Skipped, fmt.Sprintf("no session was left: the certificate was refused on %s", count(refused, "connection"))
	}
	return scenarios.Inconclusive, "no session was measured"
}

// namesSeen lists the coordinators of all looks, sorted.
func namesSeen(looks []look) []string {
	var all scenarios.Tally
	for _, l := range looks {
		all.Merge(l.tally)
		all.Merge(l.burst)
	}
	return all.Coordinators()
}

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
func sampleOf(r coordinatorSet, l look) sample {
	k := len(r.slots)
	s := sample{counts: make([]int, k), all: make([]int, k), nodesOf: make([]map[int]bool, k), planned: l.planned, cut: l.cut}
	all := l.all()
	for _, c := range all { // sorted by node; one that nobody answered from reaches nobody
		if _, ok := r.slotOf[c.Coordinator]; ok && !slices.Contains(s.nodes, c.Node) {
			s.nodes = append(s.nodes, c.Node)
		}
	}
	s.allUnattributed = max(0, all.Unattributed()-l.local())
	s.unattributed = min(l.tally.Unattributed(), s.allUnattributed)
	s.undeclared = addUp(r, l.tally.ByCoordinator(), s.counts)
	s.allUndeclared = addUp(r, all.ByCoordinator(), s.all)
	for _, c := range all {
		if i, ok := r.slotOf[c.Coordinator]; ok {
			if s.nodesOf[i] == nil {
				s.nodesOf[i] = map[int]bool{}
			}
			s.nodesOf[i][slices.Index(s.nodes, c.Node)] = true
		}
	}
	for _, o := range l.orders {
		s.orders = append(s.orders, sequence(o))
	}
	return s
}

// addUp adds up the sessions by seat and returns those of nobody's.
func addUp(r coordinatorSet, by map[string]int, counts []int) (foreign int) {
	for name, n := range by {
		if i, ok := r.slotOf[name]; ok {
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

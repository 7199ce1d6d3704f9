package balance

import (
	"math"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// reachStats is what a look says of nodes and the coordinators that they reach.
type reachStats struct {
	due       []float64 // shares by slot: those expected, or those that zones imply
	zone      []int     // by slot: the zone that reaches it, from 0; nil: there are none
	zoneOf    []int     // by node
	deviation float64   // largest relative one of an implied share

	independence stats.Independence
	limit        float64      // of its P
	gapLimit     float64      // of the chance of a gap
	unreached    []unreached  // gaps beyond their limit
	pinned       map[int]int  // node that reaches one coordinator alone: its slot
	reached      map[int]bool // by node and slot, see pair
}

// unreached is a node that does not reach a coordinator that others do.
type unreached struct {
	node, slot int
	gap        gap
	chance     float64
}

// pair numbers a node and a value.
func (s sample) pair(node, value int) int { return node*s.values + value }

// judgeReach asks whether every node reaches every coordinator alike: by the shares,
// (a), and by who has not answered on one of them, (b).
func (l *lookStats) judgeReach() {
	l.reach = reachStats{due: l.shares, reached: map[int]bool{}}
	for _, e := range l.events {
		if e.value != unknown {
			l.reach.reached[l.pair(e.node, e.value)] = true
		}
	}
	a := &l.answers[reachRule]
	switch {
	case l.policy == scenarios.PolicyLeastConn:
		*a = answer{why: "under leastconn other clients' sessions decide which coordinator a node reaches"}
		return
	case len(l.nodes) < 2:
		*a = answer{why: "sessions over one node alone were answered: there is no other to compare it with"}
		return
	case len(l.seen()) < 2:
		*a = answer{why: "one coordinator was seen: the nodes cannot differ"}
		return
	}
	shares, gaps := l.independent(), l.gapsByNode()
	switch {
	case shares.state == alarm || gaps.state == alarm:
		*a = answer{state: alarm}
		l.nameReach(a)
	case shares.state == doubt:
		*a = shares
	case gaps.state == doubt && (!l.whole || !gaps.near), gaps.state == idle && !l.whole:
		*a = gaps
	case !l.sequenced:
		*a = answer{why: noSequence}
	default:
		*a = answer{state: quiet, near: gaps.near}
	}
}

// independent is (a): whether who answers depends on the node.
func (l *lookStats) independent() answer {
	table, unidentified := l.table()
	l.reach.limit = l.alpha / 2
	pooled := make([]float64, l.values)
	for _, row := range table {
		for i, n := range row {
			pooled[i] += float64(n)
		}
	}
	total := float64(l.identified())
	for i := range pooled {
		pooled[i] /= total
	}
	filled := func(fill func([]int, []float64, int) []int) stats.Independence {
		out := make([][]int, len(table))
		for i, row := range table {
			out[i] = fill(row, pooled, unidentified[i])
		}
		of := stats.IndependenceOf(out)
		if thin := l.thin(); thin < 1 {
			of.X2 *= thin
			of.P = of.Tail(of.X2)
		}
		return of
	}
	l.reach.independence = filled(stats.FillColdest)
	switch {
	case l.reach.independence.P <= l.reach.limit*(1+rounding):
		return answer{state: alarm}
	case stats.Sum(unidentified) > 0 && filled(stats.FillHottest).P <= l.reach.limit*(1+rounding):
		return answer{state: doubt, why: l.dependsOnUnidentified()}
	}
	return answer{state: quiet}
}

// gapsByNode is (b): whether a coordinator that answers has not done so on one node.
func (l *lookStats) gapsByNode() answer {
	out, waits := answer{state: quiet}, false
	tests := l.gapTests()
	l.reach.gapLimit = l.alpha / tests
	for node := range l.nodes {
		for slot, g := range l.gaps(node) {
			if !g.never && !l.sequenced {
				continue
			}
			if l.isUncovered(slot) {
				// Coverage has to say first whether it is missing altogether.
				waits = waits || l.all[slot] > 0 && g.state(l.shares[slot], l.thin(), l.reach.gapLimit, budget.Near/tests) != quiet
				continue
			}
			switch certain, possible := g.chances(l.shares[slot], l.thin()); g.state(l.shares[slot], l.thin(), l.reach.gapLimit, budget.Near/tests) {
			case alarm:
				out.state = alarm
				l.reach.unreached = append(l.reach.unreached, unreached{node, slot, g, certain})
			case doubt:
				out.state = max(out.state, doubt)
				out.near = out.near || possible > l.reach.gapLimit
			}
		}
	}
	switch {
	case out.state == doubt && !out.near:
		out.why = l.dependsOnUnidentified()
	case out.state == quiet && waits:
		return answer{state: idle, why: "a coordinator that one node may not reach may be missing altogether; see balance.coverage"}
	}
	return out
}

// gapTests is how many gaps are tested, one of every slot on each node, and the shares
// as often.
func (l *lookStats) gapTests() float64 { return 2 * float64(l.k) * float64(len(l.nodes)) }

// isUncovered reports whether coverage has to say who a slot is missing to.
func (l *lookStats) isUncovered(slot int) bool {
	return l.all[slot] == 0 || slices.Contains(l.coverage.missing, slot) || slices.Contains(l.coverage.near, slot)
}

// nameReach says what an alarm is about. Zones that take no coordinator's share away
// are no fault.
func (l *lookStats) nameReach(a *answer) {
	l.findZones()
	if l.reach.zone != nil {
		if !l.big(l.reach.deviation) || len(l.present()) < l.k {
			a.state = quiet
		}
		return
	}
	l.reach.pinned = map[int]int{}
	for node := range l.nodes {
		if reached := l.reachedBy(node, l.values); len(reached) == 1 && reached[0] < l.k {
			l.reach.pinned[node] = reached[0]
		}
	}
}

// reachedBy returns those of the first count values that a node reached: with as many
// as there are slots, those of coordinators that belong to the service.
func (l *lookStats) reachedBy(node, count int) []int {
	var out []int
	for value := range count {
		if l.reach.reached[l.pair(node, value)] {
			out = append(out, value)
		}
	}
	return out
}

// findZones finds nodes that have no coordinator in common with the others, and the
// shares that follow for the coordinators.
func (l *lookStats) findZones() {
	zoneOf := make([]int, len(l.nodes))
	for i := range zoneOf {
		zoneOf[i] = i
	}
	for changed := true; changed; {
		changed = false
		for value := range l.values {
			lowest := len(l.nodes)
			for node := range l.nodes {
				if l.reach.reached[l.pair(node, value)] {
					lowest = min(lowest, zoneOf[node])
				}
			}
			for node := range l.nodes {
				if l.reach.reached[l.pair(node, value)] && zoneOf[node] > lowest {
					zoneOf[node], changed = lowest, true
				}
			}
		}
	}
	if slices.Max(zoneOf) == 0 {
		return
	}
	l.reach.zoneOf, l.reach.zone = zoneOf, make([]int, l.k)
	l.setZoneShares()
}

func (l *lookStats) setZoneShares() {
	r := &l.reach
	nodes, shares := make([]float64, len(l.nodes)), make([]float64, len(l.nodes))
	for _, zone := range r.zoneOf {
		nodes[zone]++
	}
	for slot := range l.k {
		r.zone[slot] = -1
		for node := range l.nodes {
			if r.reached[l.pair(node, slot)] {
				r.zone[slot] = r.zoneOf[node]
			}
		}
		if z := r.zone[slot]; z >= 0 {
			shares[z] += l.shares[slot]
		}
	}
	r.due = slices.Clone(l.shares)
	for slot, zone := range r.zone {
		if zone >= 0 {
			r.due[slot] = l.shares[slot] / shares[zone] * nodes[zone] / float64(len(l.nodes))
			r.deviation = max(r.deviation, math.Abs(r.due[slot]/l.shares[slot]-1))
		}
	}
	r.due = stats.Fractions(r.due)
}

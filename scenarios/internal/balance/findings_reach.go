package balance

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// reach says whether every node reaches every coordinator.
func (w findingWriter) reach() scenarios.Finding {
	f, l, told := w.start(reachRule)
	if told {
		return f
	}
	r := l.reach
	f.P, f.Limit = phrase.Num(r.independence.P), phrase.Num(r.limit)
	f.Explain = fmt.Sprintf("Node and coordinator: X2 = %.2f, P = %s, limit %s", r.independence.X2, phrase.Chance(r.independence.P), phrase.Chance(r.limit))
	switch a := l.answers[reachRule]; {
	case r.zone != nil:
		w.zoneFinding(&f, l)
	case a.state == doubt:
		f.Message = "a coordinator has not answered on one node for long, which may be chance"
	case a.state == alarm:
		w.unlike(&f, l)
	default:
		f.Message = fmt.Sprintf("coordinators were reached from %s alike", phrase.Count(len(l.nodes), "node"))
		w.showReachPower(&f, l)
	}
	return f
}

// zoneFinding says what follows where nodes have no coordinator in common.
func (w findingWriter) zoneFinding(f *scenarios.Finding, l lookStats) {
	f.Observed, f.P, f.Limit = phrase.Num(l.reach.deviation), nil, phrase.Num(l.tolerance)
	f.Explain = "A coordinator's implied share is its zone's part of the nodes over the coordinators of the zone: " + w.zones(l)
	if l.answers[reachRule].state == alarm {
		f.Message = fmt.Sprintf("nodes reach only coordinators of their own, and unevenly: %s; an even split over the nodes gives shares up to %s off", w.zones(l), phrase.Percent(l.reach.deviation))
		f.Fix = phrase.Try("switch cross-zone load balancing on", "register as many coordinators in every zone")
		return
	}
	f.Message = "nodes reach only coordinators of their own, evenly enough"
	if len(l.present()) < l.k {
		f.Message = "nodes reach only coordinators of their own"
	}
	f.Note = phrase.Join(f.Note, fmt.Sprintf("Cross-zone load balancing seems to be off: %s. Losing a zone loses its node", w.zones(l)))
}

// unlike says how the nodes differ.
func (w findingWriter) unlike(f *scenarios.Finding, l lookStats) {
	f.Fix = phrase.Try("compare the lists of targets of the balancer's nodes, and the health checks of each")
	f.Fix = slices.Concat(f.Fix, l.otherPolicy())
	var parts []string
	for node := range l.nodes {
		if slot, ok := l.reach.pinned[node]; ok {
			parts = append(parts, fmt.Sprintf("%s reaches %s alone, in all of %s", l.nodes[node], w.nameOf(slot), phrase.Count(l.sessionsOf(node), "session")))
		}
	}
	if len(parts) > 0 {
		f.Message = "a node is pinned: " + phrase.List(parts)
		return
	}
	for _, u := range l.reach.unreached {
		since := fmt.Sprintf("in %s", phrase.Count(u.gap.sessions, "session"))
		if !u.gap.never {
			since = fmt.Sprintf("any more, in the last %s", phrase.Count(u.gap.sessions, "session"))
		}
		parts = append(parts, fmt.Sprintf("%s does not reach %s %s", l.nodes[u.node], w.nameOf(u.slot), since))
	}
	if len(parts) > 0 {
		u := l.reach.unreached[0]
		f.Message = "the nodes have different lists: " + phrase.List(parts)
		f.P, f.Limit = phrase.Num(u.chance), phrase.Num(l.reach.gapLimit)
		f.Explain += fmt.Sprintf("; the first of the gaps: P = %s, limit %s", phrase.Chance(u.chance), phrase.Chance(l.reach.gapLimit))
		return
	}
	f.Message = fmt.Sprintf("which coordinator answers depends on the node (P = %s)", phrase.Chance(l.reach.independence.P))
	if partial := w.partial(l); len(partial) > 0 {
		f.Message += ": " + strings.Join(partial, "; ")
	}
}

// partial says what those nodes reached that did not reach every coordinator. That they
// do not is not proven of any single pair.
func (w findingWriter) partial(l lookStats) []string {
	var parts []string
	for node, address := range l.nodes {
		if reached := l.reachedBy(node, l.k); len(reached) < l.k {
			parts = append(parts, fmt.Sprintf("%s reached only %s", address, w.namesOf(reached)))
		}
	}
	return parts
}

// showReachPower says what the gaps could have shown: a coordinator that one node
// does not reach.
func (w findingWriter) showReachPower(f *scenarios.Finding, l lookStats) {
	rarest := slices.Min(l.shares)
	need := stats.DrawsToSee(rarest, budget.Near/l.gapTests())
	fewest := l.sessionsOf(0)
	for node := range l.nodes {
		fewest = min(fewest, l.sessionsOf(node))
	}
	if fewest >= need {
		f.Explain += fmt.Sprintf("; a coordinator missing from one node only shows after %s of the node, and the node with the fewest has %d", phrase.Count(need, "session"), fewest)
		return
	}
	n := budget.DefaultLook(w.scenario, len(l.nodes))
	f.Note = phrase.Join(f.Note, fmt.Sprintf("A coordinator missing from one node only would not show: that takes %d sessions in a look", n))
	f.Fix = phrase.Set("load.sessions", strconv.Itoa(n), "")
}

// zones says which nodes reach which coordinators.
func (w findingWriter) zones(l lookStats) string {
	var parts []string
	for node, address := range l.nodes {
		parts = append(parts, fmt.Sprintf("%s reaches %s", address, w.namesOf(l.reachedBy(node, l.k))))
	}
	return strings.Join(parts, "; ")
}

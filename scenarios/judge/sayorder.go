package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// order says whether the balancer re-uses the last coordinator.
func (v findingWriter) order() scenarios.Finding {
	f, said := v.start(orderRule)
	o := v.last(orderRule)
	if o.policy == scenarios.SourcePolicy {
		return v.sourceFinding(f)
	}
	if said {
		return f
	}
	f.Observed, f.Expected, f.P, f.Limit = num(o.matches), num(o.expectedMatches), num(o.pSticky), num(o.alpha)
	f.Explain = fmt.Sprintf("%.0f neighbours of %s in order went to one coordinator, where %.1f do by chance with these counts: P = %s, limit %s. Estimated re-use: %s, so %d sessions are worth %.0f",
		o.matches, count(o.inOrder(), "session"), o.expectedMatches, chance(o.pSticky), chance(o.alpha), percent(o.reuse), o.n(), o.independent(o.n()))
	switch {
	case f.Status == scenarios.Skipped && o.policy == scenarios.LeastConn:
		f = scenarios.Finding{ID: f.ID, Status: f.Status, Message: "under leastconn the sessions of others decide who comes next, so order says nothing"}
	case f.Status == scenarios.Skipped:
		f = scenarios.Finding{ID: f.ID, Status: f.Status, Message: "one coordinator was seen: there is no order to judge"}
	case o.state[orderRule] == alarmed && f.Status != scenarios.Pass:
		f.Message = fmt.Sprintf("sticky: a session often goes where the one before it went, about %s of the time more than by chance", percent(o.reuse))
		f.Fix = slices.Concat(try("look for session stickiness or affinity on the listener"), set("expect.balance.policy", "source", "if stickiness is intended"))
	default:
		f.Message = "neighbouring sessions agree no more often than chance has it"
	}
	return f
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

// sourceFinding judges the one thing that source promises: this client always meets
// the same coordinator.
func (v findingWriter) sourceFinding(f scenarios.Finding) scenarios.Finding {
	o := v.last(orderRule)
	k := v.declared
	if k == 0 {
		k = 2
	}
	need := neededForSource(k, o.alpha)
	f.Observed, f.Expected = num(o.values()), num(1)
	f.Explain = fmt.Sprintf("With %d coordinators, 1 + ln(1/%s)/ln %d = %d sessions on one of them are no chance", k, chance(o.alpha), k, need)
	switch {
	case o.spread():
		f.Message = fmt.Sprintf("policy source was declared, but one node handed this client to several coordinators: %s", v.namesPresent(o))
		f.Fix = slices.Concat(try("check the policy of the listener"), set("expect.balance.policy", "", "declare another policy"))
	case o.n() < need:
		f.Status, f.Message = scenarios.Inconclusive, fmt.Sprintf("%s on one coordinator could be chance: %d are needed", count(o.n(), "session"), need)
		f.Fix = set("load.sessions", strconv.Itoa(need), "")
	default:
		f.Message = fmt.Sprintf("every session went to %s, as policy source has it; what the other coordinators do cannot be seen from one address", v.namesPresent(o))
		if o.values() > 1 {
			f.Note = "The nodes do not agree on the coordinator of this client"
		}
	}
	return f
}

// namesPresent names the seats that a look saw.
func (v findingWriter) namesPresent(o lookStats) string {
	var names []string
	for i, n := range o.all {
		if n > 0 {
			names = append(names, v.slots[i].name)
		}
	}
	if o.allUndeclared > 0 {
		names = append(names, v.undeclared...)
	}
	return list(names)
}

// reach says whether every node reaches every coordinator.
func (v findingWriter) reach() scenarios.Finding {
	f, said := v.start(reachRule)
	if said {
		return f
	}
	o := v.last(reachRule)
	if o.zoned {
		f.Observed, f.Limit = num(o.zoneDeviation), num(o.tolerance)
		f.Explain = "A coordinator's implied share is 1 / (nodes x coordinators of its node): " + v.zones(o)
	}
	switch {
	case f.Status == scenarios.Skipped && o.policy == scenarios.SourcePolicy:
		f.Message = "one client address shows one coordinator under policy source"
	case o.n() < len(v.slots):
		f.Status, f.Message = v.tooFew(o)
	case f.Status == scenarios.Skipped:
		f.Message = "one node was dialled: there is no other to compare it with"
	case o.state[reachRule] == alarmed && f.Status != scenarios.Pass:
		f.Message = fmt.Sprintf("every node reaches only coordinators of its own, and unevenly: %s; an even split over the nodes gives shares up to %s off", v.zones(o), percent(o.zoneDeviation))
		f.Fix = try("switch cross-zone load balancing on", "register as many coordinators in every zone")
	case o.zoned:
		f.Message = "every node reaches only coordinators of its own, evenly enough"
		f.Note = join(f.Note, fmt.Sprintf("Cross-zone load balancing seems to be off: %s. Losing a zone loses its node", v.zones(o)))
	default:
		f.Message = fmt.Sprintf("coordinators were reached from %s alike", count(len(o.nodes), "node"))
	}
	return f
}

// zones says which node reaches whom.
func (v findingWriter) zones(o lookStats) string {
	var parts []string
	for i, node := range o.nodes {
		var names []string
		for s := range v.slots {
			if o.nodesOf[s][i] {
				names = append(names, v.slots[s].name)
			}
		}
		parts = append(parts, fmt.Sprintf("%s reaches %s", node, list(names)))
	}
	return strings.Join(parts, "; ")
}

// tooFew is the reading of a look with fewer sessions than coordinators.
func (v findingWriter) tooFew(o lookStats) (scenarios.Status, string) {
	return scenarios.Inconclusive, fmt.Sprintf("%s cannot show %d coordinators", count(o.n(), "session"), len(v.slots))
}

package balance

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// order says whether the balancer re-uses the last coordinator.
func (w findingWriter) order() scenarios.Finding {
	f, l, told := w.start(orderRule)
	if l.policy == scenarios.PolicySource {
		return w.sourceFinding(f, l, told)
	}
	if told {
		return f
	}
	o := l.order.alarmed
	f.Observed, f.Expected, f.P, f.Limit = phrase.Num(o.matches), phrase.Num(o.mean), phrase.Num(o.p), phrase.Num(l.order.limit)
	f.Explain = w.explainOrder(l)
	counts := fmt.Sprintf("%d of %d consecutive pairs of sessions hit the same coordinator, where %.1f are expected by chance (P = %s)", o.matches, o.asked, o.mean, phrase.Chance(o.p))
	reuse := fmt.Sprintf("a session goes where the one before it went, about %s of the time more than by chance", phrase.Percent(l.order.reuse))
	switch {
	case l.answers[orderRule].state != alarm && l.order.rotation:
		f.Message = counts + "; the order is a rotation"
		f.Note = phrase.Join(f.Note, "Rotation through two levels, as of one round robin behind another")
	case l.answers[orderRule].state != alarm:
		f.Message = counts
	case l.policyUndeclared():
		f.Message = "sticky or least-connections: " + reuse + "; the order cannot tell which"
		f.Fix = slices.Concat(phrase.Set("expect.balance.policy", "", "declare the policy"), phrase.Try("look for session stickiness or affinity on the listener"))
	default:
		f.Message = fmt.Sprintf("sticky, although policy %s was declared: %s", l.policy, reuse)
		f.Fix = slices.Concat(phrase.Try("look for session stickiness or affinity on the listener"), phrase.Set("expect.balance.policy", "source", "if stickiness is intended"))
	}
	return f
}

// explainOrder is the arithmetic of order.
func (w findingWriter) explainOrder(l lookStats) string {
	text := func(m matchStats) string {
		return fmt.Sprintf("%d of %d pairs, %.1f by chance, P = %s", m.matches, m.asked, m.mean, phrase.Chance(m.p))
	}
	out := "On each node: " + text(l.order.perNode)
	if len(l.nodes) > 1 {
		out += "; over all nodes: " + text(l.order.merged)
	}
	return fmt.Sprintf("%s; limit %s of each. P is exact, of all orders of the same counts", out, phrase.Chance(l.order.limit))
}

// sourceFinding judges what source promises: each client address meets one
// coordinator on each node.
func (w findingWriter) sourceFinding(f scenarios.Finding, l lookStats, told bool) scenarios.Finding {
	if l.source.toDiffer > 0 {
		f.Explain = fmt.Sprintf("A client address must meet one coordinator on each node; %d sessions on one rule out chance", l.source.toDiffer)
	}
	switch {
	case told && f.Status == scenarios.StatusInconclusive && l.source.toDiffer > 0:
		f.Fix = phrase.Set("load.sessions", strconv.Itoa(l.source.toDiffer), "")
	case told:
	case len(l.source.split) > 0:
		s := l.source.split[0]
		from := ""
		if s.local.IsValid() {
			from = fmt.Sprintf(" %s", s.local)
		}
		f.Observed, f.Expected = phrase.Num(len(s.values)), phrase.Num(1)
		f.Message = fmt.Sprintf("policy source was declared, but %s gave%s several coordinators: %s", l.nodes[s.node], from, w.namesOf(s.values))
		f.Fix = slices.Concat(phrase.Try("check the policy of the listener"), phrase.Set("expect.balance.policy", "", "declare another policy"))
	case l.source.addresses == 1 && len(l.seen()) == 1:
		f.Message = fmt.Sprintf("every session went to %s, as expected with policy source", w.namesOf(l.seen()))
	case l.source.addresses == 1:
		f.Message = "every node kept to one coordinator, as expected with policy source"
		f.Note = phrase.Join(f.Note, "The nodes do not agree on the coordinator of this client")
	default:
		f.Message = fmt.Sprintf("each of %d client addresses met one coordinator on each node, as expected with policy source", l.source.addresses)
	}
	return f
}

package run

import (
	"context"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
)

// scout reports what the run may cost, then executes one session, so that what is
// wrong for all of them shows once. It reports whether the run may go on:
// not after a failure, of which there is no second attempt. A node whose
// certificate is refused is left out, and the next one scouted.
func (r *run) scout(ctx context.Context) bool {
	r.budget = r.opt.plan(r.s, len(r.nodes.All()))
	text, lasts := limits.Cost(r.s, r.budget.Typical, r.budget.Ceiling)
	r.collect.event(Event{Kind: EventBudget, Total: r.budget.Ceiling, Done: r.budget.Typical, For: lasts, Text: text})
	r.beginSchedule()
	for _, n := range r.nodes.All() {
		r.collect.event(Event{Kind: EventScout, Text: "one session alone to " + n.Addr.String()})
		o, ran := r.session(ctx, job{node: n, part: scenarios.PartScout, due: r.reserve(1), noQuery: r.kind.scoutNoQuery})
		switch {
		case !ran || ctx.Err() != nil:
			return false
		case o.Refused:
			continue
		case o.Outcome != scenarios.OutcomeOK:
			r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: o.Class, Text: o.Text, Hint: o.Hint})
			return false
		}
		return !r.stopped()
	}
	r.stopWithoutNodes()
	return false
}

// stopWithoutNodes ends a run of which every node's certificate was refused.
func (r *run) stopWithoutNodes() {
	r.collect.addEmptyLook(r.budget.Look)
	r.collect.stop(scenarios.Stop{By: scenarios.StopCertificate, Text: "no node has a trusted certificate left"})
}

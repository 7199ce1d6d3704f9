package run

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
)

// scout reports what the run may cost, then opens sessions alone, so that what is
// wrong for all of them shows once. It reports whether the run may go on: once a
// session was good on any node. What failed on others is what the run is there to
// measure.
func (r *run) scout(ctx context.Context) bool {
	r.budget = r.budgetOver(len(r.nodes.All()))
	r.dealer.planned = r.budget.Look
	cost := r.budget.Of(r.opt.Shard).WithScouts(len(r.nodes.All()))
	text, lasts := limits.Cost(r.s, cost.Look, cost.Burst, cost.Scouts, cost.Ceiling)
	if !r.opt.Shard.IsWhole() {
		text, lasts = limits.ShardCost(r.s, r.opt.Shard, len(r.nodes.All()))
	}
	r.collect.event(Event{Kind: EventBudget, Total: cost.Ceiling, Done: cost.Typical, For: lasts, Text: text})
	r.beginSchedule()
	s := newScouting(r)
	gotIn := s.getIn(ctx)
	r.scouts = s.met
	switch {
	case ctx.Err() != nil || r.stopped():
		return false
	case gotIn:
		r.remark(lasts)
		return true
	case len(r.nodes.Dialable()) == 0:
		r.stopWithoutNodes()
	default:
		stop, furthest := stopOutside(s.met)
		r.collect.stop(r.explain(ctx, stop, furthest))
	}
	return false
}

// remark has the caller say what is to be known before the run goes on for so long.
func (r *run) remark(lasts time.Duration) {
	if r.opt.Remark == nil {
		return
	}
	if text := r.opt.Remark(time.Now().Add(lasts)); text != "" {
		r.collect.note(text)
		r.collect.event(Event{Kind: EventRemark, Text: text})
	}
}

// stopWithoutNodes ends a run of which every node's certificate was refused, but for
// nodes that are silent.
func (r *run) stopWithoutNodes() {
	text := "no node has a trusted certificate left"
	if r.leftOut {
		text = "no node is left: those that answer have no trusted certificate, and the others are silent"
	}
	r.collect.addEmptyLook(r.share(r.budget.Look))
	r.collect.stop(scenarios.Stop{By: scenarios.StopCertificate, Text: text})
}

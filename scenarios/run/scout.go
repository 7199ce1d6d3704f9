package run

import (
	"context"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// scout says what the run may cost, then has one session alone, so that what is
// wrong for all of them is asked once. It reports whether the run may go on:
// not after a failure, of which there is no second attempt. A node whose
// certificate is refused is left out, and the next one scouted.
func (r *run) scout(ctx context.Context) bool {
	r.budget = r.opt.plan(r.s, len(r.nodes.all()))
	typically := r.lasts()
	r.collect.event(Event{
		Kind: EventBudget, Total: r.budget.Ceiling, Done: r.budget.Typical, For: typically,
		Text: r.cost(typically),
	})
	for _, n := range r.nodes.all() {
		r.collect.event(Event{Kind: EventScout, Text: "one session alone to " + n.Addr.String()})
		o, ran := r.session(ctx, job{node: n, part: scenarios.Scout, due: r.row(1), mute: r.s.Kind == scenarios.KindQuery})
		switch {
		case !ran || ctx.Err() != nil:
			return false
		case o.Refused:
			continue
		case o.Outcome != scenarios.OK:
			r.collect.stop(scenarios.Stop{By: scenarios.StopScout, Class: o.Class, Text: o.Text, Hint: o.Hint})
			return false
		}
		return !r.stopped()
	}
	r.noNodes()
	return false
}

// noNodes ends a run of which every node's certificate was refused.
func (r *run) noNodes() {
	r.collect.sayWhyEmpty(r.budget.Look)
	r.collect.stop(scenarios.Stop{By: scenarios.StopCertificate, Text: "no node is left whose certificate is good"})
}

// lasts estimates how long the run takes.
func (r *run) lasts() time.Duration {
	if d := demandOf(r.s); d.text != "" {
		return d.lasts
	}
	return lasting(r.s, r.budget.Typical)
}

// cost says what the run may take. Where nothing is paced the service alone
// says how long that lasts.
func (r *run) cost(typically time.Duration) string {
	if d := demandOf(r.s); d.text != "" {
		return d.text
	}
	text := fmt.Sprintf("up to %d sessions; typically %d", r.budget.Ceiling, r.budget.Typical)
	if r.unpaced() {
		return text
	}
	return text + fmt.Sprintf(", about %s", max(typically, time.Second).Round(time.Second))
}

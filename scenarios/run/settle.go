package run

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// settle waits, after a restart, until as many coordinators as are expected
// have answered and a whole round had no error, or until its time is over. Its
// sessions, one per node and round, are recorded and never judged.
func (r *run) settle(ctx context.Context) {
	var (
		begin = r.since()
		end   = begin + time.Duration(r.s.Load.Settle)
		every = time.Duration(r.s.Load.SettleEvery)
		want  = max(1, r.s.Expect.Coordinators.K())
		seen  = map[string]bool{}
	)
	for at := begin; at < end; at = max(at+every, r.since()) {
		if !r.wait(r.startCtx, at) {
			return
		}
		r.collect.event(Event{
			Kind: EventSettle, Done: len(seen), Total: want,
			Text: fmt.Sprintf("%d of %d coordinators have answered", len(seen), want),
		})
		round, good := r.round(ctx, at)
		for _, o := range round {
			if o.Who.Coordinator != "" {
				seen[o.Who.Coordinator] = true
			}
		}
		if good && len(seen) >= want || len(r.nodes.Dialable()) == 0 {
			break
		}
	}
	r.beginSchedule()
}

// round has one session on each node, together, and reports whether all were good.
func (r *run) round(ctx context.Context, at time.Duration) ([]scenarios.Observation, bool) {
	nodes := r.nodes.Dialable()
	out := make([]scenarios.Observation, len(nodes))
	var all sync.WaitGroup
	for i, n := range nodes {
		all.Go(func() {
			out[i], _ = r.session(ctx, job{node: n, part: scenarios.PartSettle, due: at})
		})
	}
	all.Wait()
	good := true
	for _, o := range out {
		good = good && (o.Outcome == scenarios.OutcomeOK || o.Refused)
	}
	return out, good
}

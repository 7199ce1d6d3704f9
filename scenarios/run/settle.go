package run

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// settleEnd is until when the service may take to come up, on the run's clock: names
// that do not resolve yet and logins that fail are part of settling. 0: it is up.
func (r *run) settleEnd() time.Duration { return time.Duration(r.s.Load.Settle) }

// nextRound is when the round after one that was due at `at` begins. The last one is
// when settling ends, however long the time between two.
func (r *run) nextRound(at time.Duration) time.Duration {
	next := at + time.Duration(r.s.Load.SettleEvery)
	if end := r.settleEnd(); at < end {
		next = min(next, end)
	}
	return max(next, r.since())
}

// settle waits, after a restart, until as many coordinators as are expected
// have answered and a whole round had no error, or until its time is over. Its
// sessions, one per node and round, are recorded and never judged.
func (r *run) settle(ctx context.Context) {
	var (
		end  = r.settleEnd()
		want = r.s.Expect.Coordinators.K()
		seen = map[string]bool{}
	)
	for at := min(r.since(), end); at <= end && end > 0; at = r.nextRound(at) {
		if !r.wait(r.startCtx, at) {
			return
		}
		r.collect.event(Event{Kind: EventSettle, Done: len(seen), Total: want, Text: settleText(len(seen), want)})
		round, good := r.round(ctx, at)
		for _, o := range round {
			if o.Who.Coordinator != "" {
				seen[o.Who.Coordinator] = true
			}
		}
		if len(r.nodes.Dialable()) == 0 {
			break
		}
		if settled := good && len(seen) >= want; settled || r.nextRound(at) > end {
			r.noteSettled(settled, len(seen), want)
			break
		}
	}
	r.beginSchedule()
}

// settleText is how far settling is.
func settleText(seen, want int) string {
	if want == 0 {
		return fmt.Sprintf("waiting for a round without an error; %s %s answered", phrase.Count(seen, "coordinator"), phrase.Agree(seen, "has", "have"))
	}
	return answeredText(seen, want)
}

func answeredText(seen, want int) string {
	return fmt.Sprintf("%d of %s %s answered", seen, phrase.Count(want, "coordinator"), phrase.Agree(seen, "has", "have"))
}

// noteSettled remarks what was waited for, and whether it came.
func (r *run) noteSettled(settled bool, seen, want int) {
	took, answered := r.since().Round(100*time.Millisecond), answeredText(seen, want)
	switch {
	case settled && want == 0:
		r.collect.note(fmt.Sprintf("settled after %s: a round of sessions had no error; no coordinators are declared, so none was waited for", took))
	case settled:
		r.collect.note(fmt.Sprintf("settled after %s: %s, and a round of sessions had no error", took, answered))
	case want == 0:
		r.collect.note(fmt.Sprintf("not settled after %s: every round of sessions had an error", took))
	default:
		r.collect.note(fmt.Sprintf("not settled after %s: %s, and the last round of sessions may have had an error", took, answered))
	}
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

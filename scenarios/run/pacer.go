package run

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Pacer says when each session of a row is due: a pure function of its number,
// so that a late start shows as lag instead of moving the later ones. The zero
// value does not pace: every session is due at once.
type Pacer struct {
	Rate scenarios.Rate // sessions per second
}

// Due returns when session n (0-based) should start, since the row began.
func (p Pacer) Due(n int) time.Duration {
	if p.Rate <= 0 {
		return 0
	}
	return time.Duration(float64(n) / float64(p.Rate) * float64(time.Second))
}

// row reserves times for n sessions and returns when the first is due: now, or
// one interval after the last of the row before, so that rows that follow each
// other keep the rate.
func (r *run) row(n int) time.Duration {
	begin := max(r.since(), r.free)
	r.free = begin + r.pacer.Due(n)
	return begin
}

func (r *run) unpaced() bool { return r.pacer.Rate <= 0 }

// since is the time on the run's own clock.
func (r *run) since() time.Duration { return time.Since(r.started) }

// wait returns true once the run's clock shows at, false where ctx ends before.
func (r *run) wait(ctx context.Context, at time.Duration) bool {
	d := at - r.since()
	if d > 0 && ctx.Err() == nil {
		r.opt.sleep(ctx, d)
	}
	return ctx.Err() == nil
}

// sleep returns after d, or where ctx ends.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

package lbcheck

import (
	"context"
	"errors"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// openGrace is how long a session that is being opened may go on after the run was
// told to end. A coordinator that was asked for a session opens it, whether or not
// its answer is read: only a client that reads it can close the session.
const openGrace = 2 * time.Second

// withGrace lets open finish within openGrace once the caller's context has ended.
// The run then closes the session, since nothing else can be done with it. What the
// run gives up itself gets no more time.
func withGrace(caller context.Context, open run.OpenFunc) run.OpenFunc {
	return func(ctx context.Context, n run.Node, o *scenarios.Observation) (run.Session, error) {
		ctx, cancel := outlasting(ctx, caller, openGrace)
		defer cancel()
		return open(ctx, n, o)
	}
}

// outlasting is ctx, but that its end comes grace later where it is that of caller. A
// deadline of the run's own stays one.
func outlasting(ctx, caller context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	bounded, release := context.WithoutCancel(ctx), context.CancelFunc(func() {})
	end, own := ctx.Deadline()
	if own = own && !endsAt(caller, end); own {
		bounded, release = context.WithDeadline(bounded, end)
	}
	late, cancel := context.WithCancelCause(bounded)
	stop := context.AfterFunc(ctx, func() {
		switch {
		case caller.Err() != nil:
		case own && errors.Is(ctx.Err(), context.DeadlineExceeded):
			return // late ends by it, too
		default:
			grace = 0
		}
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-timer.C:
			cancel(context.Cause(ctx))
		case <-late.Done():
		}
	})
	return late, func() { stop(); cancel(nil); release() }
}

// endsAt reports whether ctx has a deadline, and this one.
func endsAt(ctx context.Context, end time.Time) bool {
	at, ok := ctx.Deadline()
	return ok && at.Equal(end)
}

package grace

import (
	"context"
	"errors"
	"time"
)

// Outlasting is ctx, but that its end comes grace later where it is that of caller, of which
// ctx is made, or which it is. A deadline of its own stays one. cancel releases what it takes.
func Outlasting(ctx, caller context.Context, grace time.Duration) (late context.Context, cancel context.CancelFunc) {
	bounded, release := context.WithoutCancel(ctx), context.CancelFunc(func() {})
	end, own := ctx.Deadline()
	if own = own && !endsAt(caller, end); own {
		bounded, release = context.WithDeadline(bounded, end)
	}
	late, endLate := context.WithCancelCause(bounded)
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
			endLate(context.Cause(ctx))
		case <-late.Done():
		}
	})
	return late, func() { stop(); endLate(nil); release() }
}

// endsAt reports whether ctx has a deadline, and this one.
func endsAt(ctx context.Context, end time.Time) bool {
	at, ok := ctx.Deadline()
	return ok && at.Equal(end)
}

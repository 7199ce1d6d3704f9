package main

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// openGrace is how long a session that is being opened may go on after the run was
// told to end. A coordinator that was asked for a session has it, whoever stops
// listening: only who waits for the answer can close it.
const openGrace = 2 * time.Second

// finishing lets open finish within openGrace of a signal. The run then closes the
// session, since nothing else can be done with it.
func finishing(open run.OpenFunc) run.OpenFunc {
	return func(ctx context.Context, n run.Node, o *scenarios.Observation) (run.Session, error) {
		ctx, cancel := outlasting(ctx, openGrace)
		defer cancel()
		return open(ctx, n, o)
	}
}

// outlasting is ctx, but that the end which a signal brings comes grace later.
func outlasting(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	late, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if _, ok := interruption(ctx); !ok {
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
	return late, func() { stop(); cancel(nil) }
}

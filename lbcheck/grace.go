package lbcheck

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/grace"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// openGrace is how long a session that is being opened, or a call of one, may go on after
// the run was told to end. A coordinator that was asked for a session opens it, whether or
// not its answer is read: only a client that reads it can close the session. And over a
// connection that was left in the middle of a call no session can be closed.
const openGrace = 2 * time.Second

// withGrace lets open, and each call of the session, finish within openGrace once the
// caller's context has ended. The run then closes the session, since nothing else can be
// done with it. What the run gives up itself gets no more time.
func withGrace(caller context.Context, open run.OpenFunc) run.OpenFunc {
	return func(ctx context.Context, n run.Node, o *scenarios.Observation) (run.Session, error) {
		ctx, cancel := grace.Outlasting(ctx, caller, openGrace)
		defer cancel()
		s, err := open(ctx, n, o)
		if owner, ok := s.(run.HandleSession); ok && err == nil { // each of ours is one
			return graceful{owner, caller}, nil
		}
		return s, err
	}
}

// graceful is a session whose calls may finish after the run was told to end.
type graceful struct {
	run.HandleSession
	caller context.Context
}

func (s graceful) Query(ctx context.Context) error {
	ctx, cancel := grace.Outlasting(ctx, s.caller, openGrace)
	defer cancel()
	return s.HandleSession.Query(ctx)
}

func (s graceful) Identify(ctx context.Context) error {
	ctx, cancel := grace.Outlasting(ctx, s.caller, openGrace)
	defer cancel()
	return s.HandleSession.Identify(ctx)
}

func (s graceful) Ping(ctx context.Context) error {
	ctx, cancel := grace.Outlasting(ctx, s.caller, openGrace)
	defer cancel()
	return s.HandleSession.Ping(ctx)
}

func (s graceful) PingAs(ctx context.Context, h run.Handle) (scenarios.Identity, error) {
	ctx, cancel := grace.Outlasting(ctx, s.caller, openGrace)
	defer cancel()
	return s.HandleSession.PingAs(ctx, h)
}

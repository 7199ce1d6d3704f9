package lbcheck

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// calling is a session of which each call waits for the end of its context.
type calling struct{ run.HandleSession }

func (calling) Query(ctx context.Context) error    { <-ctx.Done(); return ctx.Err() }
func (calling) Identify(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
func (calling) Ping(ctx context.Context) error     { <-ctx.Done(); return ctx.Err() }
func (calling) PingAs(ctx context.Context, _ run.Handle) (scenarios.Identity, error) {
	<-ctx.Done()
	return scenarios.Identity{}, ctx.Err()
}

// A call that goes on when the run is told to end has time to be answered: a connection that
// is left in the middle of one cannot close its session.
func TestWithGrace_LetsCallsFinish(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(context.Context, run.HandleSession) error{
		"Query":    func(ctx context.Context, s run.HandleSession) error { return s.Query(ctx) },
		"Identify": func(ctx context.Context, s run.HandleSession) error { return s.Identify(ctx) },
		"Ping":     func(ctx context.Context, s run.HandleSession) error { return s.Ping(ctx) },
		"PingAs":   func(ctx context.Context, s run.HandleSession) error { _, err := s.PingAs(ctx, nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				caller, end := context.WithCancel(t.Context())
				open := withGrace(caller, func(context.Context, run.Node, *scenarios.Observation) (run.Session, error) { return calling{}, nil })
				s, err := open(caller, run.Node{}, &scenarios.Observation{})
				if err != nil {
					t.Fatal(err)
				}
				time.AfterFunc(time.Second, end)
				began := time.Now()
				if err := call(caller, s.(run.HandleSession)); err == nil || time.Since(began) != time.Second+openGrace {
					t.Errorf("%v after %v, want %v", err, time.Since(began), time.Second+openGrace)
				}
			})
		})
	}
}

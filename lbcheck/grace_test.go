package lbcheck

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

func TestOutlasting(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		byCaller bool
		want     time.Duration
	}{
		"the caller ends the run":  {byCaller: true, want: openGrace},
		"the run gives up a login": {byCaller: false, want: 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				caller, endCaller := context.WithCancel(context.Background())
				defer endCaller()
				ctx, giveUp := context.WithCancel(caller)
				defer giveUp()
				late, cancel := outlasting(ctx, caller, openGrace)
				defer cancel()
				begin := time.Now()
				if c.byCaller {
					endCaller()
				} else {
					giveUp()
				}
				<-late.Done()
				if took := time.Since(begin); took != c.want {
					t.Errorf("it ended after %v, want %v", took, c.want)
				}
			})
		})
	}
}

func TestOutlasting_DeadlineOfTheRunIsATimeout(t *testing.T) {
	t.Parallel()
	for range 100 {
		synctest.Test(t, func(t *testing.T) {
			caller, endCaller := context.WithTimeout(context.Background(), time.Hour)
			defer endCaller()
			ctx, giveUp := context.WithTimeout(caller, time.Second)
			defer giveUp()
			late, cancel := outlasting(ctx, caller, openGrace)
			defer cancel()
			begin := time.Now()
			<-late.Done()
			if took := time.Since(begin); took != time.Second || !errors.Is(late.Err(), context.DeadlineExceeded) {
				t.Fatalf("it ended after %v: %v", took, late.Err())
			}
		})
	}
}

func TestOutlasting_DeadlineOfTheCallerHasGrace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		caller, endCaller := context.WithTimeout(context.Background(), time.Second)
		defer endCaller()
		late, cancel := outlasting(caller, caller, openGrace)
		defer cancel()
		begin := time.Now()
		<-late.Done()
		if took := time.Since(begin); took != time.Second+openGrace {
			t.Errorf("it ended after %v", took)
		}
	})
}

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

package run_test

import (
	"context"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// session stands for a client's.
type session struct{}

func (session) Query(context.Context) error { return nil }
func (session) Close(context.Context) error { return nil }
func (session) Ping(context.Context) error  { return nil }

func (session) Identify(context.Context) error { return nil }

func (session) Wait(context.Context, time.Duration) error { return nil }

func ExampleRun() {
	s, err := scenarios.Builtin("smoke")
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Target.Endpoints = []string{"127.0.0.1:21050"}
	s.Expect.Coordinators.Count = 3
	s.Load.Rate, s.Load.BurstHold = 0, 0 // loopback needs no pacing

	n := 0 // a balancer that goes round
	open := func(_ context.Context, _ run.Node, o *scenarios.Observation) (run.Session, error) {
		o.Who = scenarios.Identity{Coordinator: fmt.Sprintf("coord-%d:25000", n%3+1), Source: scenarios.SourcePing}
		n++
		return session{}, nil
	}
	s.Load.Burst = 0 // which would count n in parallel
	r := run.Run(context.Background(), open, s, run.Options{})
	fmt.Println(r.Verdict, r.Sessions.OK, r.Policy.Inferred)
	for _, c := range r.Coords {
		fmt.Println(c.Name, c.Sessions)
	}
	// Output:
	// pass 42 round-robin
	// coord-1:25000 14
	// coord-2:25000 14
	// coord-3:25000 14
}

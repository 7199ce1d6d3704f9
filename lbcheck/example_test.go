package lbcheck_test

import (
	"context"
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Another program checks a balancer, here a simulated one.
func ExampleRun() {
	cluster, err := simcluster.Start(simcluster.Config{Coordinators: 3, Nodes: 1, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cluster.Close()

	s, err := scenarios.Builtin("smoke")
	if err != nil {
		fmt.Println(err)
		return
	}
	s.Target.Endpoints = []string{cluster.Nodes()[0].String()}
	s.Expect.Coordinators.Names = cluster.Names()
	s.Load.Rate, s.Load.BurstHold = 0, 0 // a loopback target needs no pacing
	r, err := lbcheck.Run(context.Background(), s, lbcheck.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Verdict, r.Sessions.Failed)
	for _, c := range r.Coords {
		fmt.Println(c.Name)
	}
	// Output:
	// pass 0
	// coord-a1:25000
	// coord-a2:25000
	// coord-b1:25000
}

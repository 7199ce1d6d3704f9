package judge_test

import (
	"fmt"
	"net/netip"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

func ExampleJudge() {
	var s scenarios.Scenario
	s.Expect.Coordinators.Names = []string{"a.example.com", "b.example.com", "c.example.com"}
	look := scenarios.Look{Kind: scenarios.First, Planned: 42}
	for i := range 42 {
		name := []string{"a.example.com:25000", "b.example.com:25000"}[i*5/3%2] // c never answers
		look.Add(scenarios.Observation{
			Part: scenarios.Ordered, Node: netip.MustParseAddrPort("127.0.0.2:21050"), Outcome: scenarios.OK,
			Who: scenarios.Identity{Coordinator: name, Source: scenarios.FromPing},
		})
	}
	e := scenarios.Measured{Scenario: s, Looks: []scenarios.Look{look}}
	first := judge.Judge(e)
	fmt.Printf("%v: another look of %d, since %s\n", first.Verdict, first.Next.Sessions, first.Next.Why)

	look.Kind = first.Next.Kind // the fresh look turns out alike
	e.Looks = append(e.Looks, look)
	for _, f := range judge.Judge(e).Findings {
		if f.Status == scenarios.Fail {
			fmt.Printf("%s: %s\n", f.ID, f.Message)
		}
	}
	// Output:
	// inconclusive: another look of 42, since balance.coverage alarmed
	// balance.coverage: c.example.com never answered in 42 sessions, where 14 were due
}

func ExamplePlan() {
	var s scenarios.Scenario
	s.Expect.Coordinators.Count = 10
	b := judge.Plan(s, 2)
	fmt.Printf("a look of %d sessions; %d in all at most\n", b.Look, b.Ceiling)
	// Output: a look of 90 sessions; 991 in all at most
}

func ExampleSize() {
	even, chance := judge.Size(400, 64, scenarios.LeastConn), judge.Size(400, 64, scenarios.FlowHash)
	fmt.Printf("evenly: %d coordinators, %d to lose one\n", even.Coordinators, even.OneDown)
	fmt.Printf("by chance: %d, %d to lose one; or %d with %d threads\n", chance.Coordinators, chance.OneDown, chance.Coordinators, chance.Threads)
	fmt.Printf("%d hold %+v\n", 10, judge.Ceilings(scenarios.FlowHash, 10, 64))
	// Output:
	// evenly: 7 coordinators, 8 to lose one
	// by chance: 10, 11 to lose one; or 10 with 69 threads
	// 10 hold {Nominal:640 NominalLost:576 Safe:404 SafeLost:366}
}

func ExampleParseThreshold() {
	t, err := judge.ParseThreshold("session.open", "p(99) < 2s")
	fmt.Println(t.Agg, t.Quantile, t.Needs(), err)
	_, err = judge.ParseThreshold("session.open", "avg < 2s")
	fmt.Println(err)
	// Output:
	// p 0.99 100 <nil>
	// threshold "session.open: avg < 2s": no such aggregation; there are p(99), med, min, max, count and error_rate
}

func ExampleMissingIssuer() {
	fmt.Println(judge.MissingIssuer([]string{"/C=US/O=Amazon"}, "CN=ca,O=Another,C=US"))
	// Output: O=Amazon
}

func ExampleTagsWanted() {
	s := scenarios.Scenario{Thresholds: map[string][]string{"session.open{coordinator=*}": {"p(95) < 300ms", "count > 3"}}}
	for _, t := range judge.TagsWanted(s) {
		fmt.Println(t.Metric, "by", t.Tag)
	}
	// Output: session.open by coordinator
}

func ExampleCheckThresholds() {
	s := scenarios.Scenario{Kind: scenarios.KindCapacity, Capacity: scenarios.CapacityConfig{Hold: 50}}
	s.Thresholds = map[string][]string{"session.open": {"p(99) < 2s"}}
	fmt.Println(judge.CheckThresholds(s))
	// Output: threshold "session.open: p(99) < 2s": needs 100 sessions, and this run takes 50 at most
}

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
	look := scenarios.Look{Kind: scenarios.LookFirst, Planned: 42}
	for i := range 42 {
		name := []string{"a.example.com:25000", "b.example.com:25000"}[i*5/3%2] // c never answers
		look.Add(scenarios.Observation{
			Part: scenarios.PartOrdered, Node: netip.MustParseAddrPort("127.0.0.2:21050"), Outcome: scenarios.OutcomeOK,
			Who: scenarios.Identity{Coordinator: name, Source: scenarios.SourcePing},
		})
	}
	e := scenarios.Measured{Scenario: s, Looks: []scenarios.Look{look}}
	first := judge.Judge(e)
	fmt.Printf("%v: another look of %d, since %s\n", first.Verdict, first.Next.Sessions, first.Next.Why)

	look.Kind = first.Next.Kind // the fresh look turns out alike
	e.Looks = append(e.Looks, look)
	for _, f := range judge.Judge(e).Findings {
		if f.Status == scenarios.StatusFail {
			fmt.Printf("%s: %s\n", f.ID, f.Message)
		}
	}
	// Output:
	// inconclusive: another look of 42, since balance.coverage alarmed
	// balance.coverage: c.example.com never answered in 84 sessions in 2 looks, where 28 were expected
}

func ExampleMissingIssuer() {
	fmt.Println(judge.MissingIssuer([]string{"/C=US/O=Amazon"}, "CN=ca,O=Another,C=US"))
	// Output: O=Amazon
}

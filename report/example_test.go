package report_test

import (
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// aRun is a small run of two coordinators behind one node.
func aRun() scenarios.Result {
	half := .5
	r := scenarios.Result{
		Schema: scenarios.Schema, Run: "20260102T150405Z-0001", Tool: "0.1.0", Seed: 1, Complete: true,
		Started: time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC), Seconds: 1.5,
		Verdict: scenarios.StatusPass,
		Coords: []scenarios.CoordTally{
			{Name: "c1:25000", PIDs: []int32{4711}, Sessions: 6, Share: .6, Expected: &half},
			{Name: "c2:25000", PIDs: []int32{4712}, Sessions: 4, Share: .4, Expected: &half},
		},
		Findings: []scenarios.Finding{{ID: scenarios.BalanceImbalance, Status: scenarios.StatusPass, Message: "the shares are as uneven as chance makes them"}},
		Measured: scenarios.Measured{
			Sessions: scenarios.Sessions{Attempted: 10, OK: 10},
			Nodes:    []scenarios.NodeTally{{Address: netip.MustParseAddrPort("192.0.2.1:21050"), Sessions: 10}},
		},
	}
	r.Scenario.Name = "smoke"
	r.Scenario.Target.Endpoints = []string{"impala.example.com"}
	r.Scenario.Expect.Coordinators.Count = 2
	return r
}

func ExampleWrite() {
	if err := report.Write(os.Stdout, report.FormatText, aRun(), report.Style{Width: 80}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// impala-lbcheck smoke impala.example.com
	//   nodes       192.0.2.1:21050
	//   connection  hs2, no login, no TLS
	//   sessions    10 (10 ok, 0 failed)
	//   started     2026-01-02 15:04:05 UTC, took 1.5 s
	//   run         20260102T150405Z-0001, seed 1, impala-lbcheck 0.1.0
	//
	// Coordinators
	//   coordinator  pid   sessions  failed   share  expected  │ = expected
	//   ──────────────────────────────────────────────────────────────────────────────
	//   c1:25000     4711         6       0  60.0 %    50.0 %  ██████████████████│███
	//   c2:25000     4712         4       0  40.0 %    50.0 %  ██████████████▌   │
	//
	// Findings
	//   pass  balance.imbalance  the shares are as uneven as chance makes them
	//
	// PASS: 10 sessions over 1 node reached all 2 coordinators; no share is off by more than chance and 50 %.
}

func ExampleSentence() {
	fmt.Println(report.Sentence(aRun()))
	// Output:
	// PASS: 10 sessions over 1 node reached all 2 coordinators; no share is off by more than chance and 50 %.
}

func ExampleParseOut() {
	for _, arg := range []string{"result.json", "junit=report"} {
		out, err := report.ParseOut(arg)
		fmt.Println(out.Format, out.Path, err)
	}
	// Output:
	// json result.json <nil>
	// junit report <nil>
}

func ExampleNeutralize() {
	fmt.Println(report.Neutralize("access denied\x1b[2J\nfor svc-ci", 40))
	// Output: access denied\x1b[2J for svc-ci
}

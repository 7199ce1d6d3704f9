package report_test

import (
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	sc "github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	five := make([]sc.CoordTally, 5)
	for i := range five {
		five[i].Sessions = 8
	}
	two := make([]sc.NodeTally, 2)
	even := sc.Finding{ID: sc.BalanceImbalance, Status: sc.Pass}
	missing := sc.Finding{ID: sc.BalanceCoverage, Status: sc.Fail, Subject: "c2:25000", Message: "got none of 40 sessions where 8 were due."}
	var declared sc.Scenario
	declared.Expect.Coordinators.Count = 5
	kind := func(k sc.Kind) sc.Scenario { return sc.Scenario{Kind: k, Expect: declared.Expect} }
	slow := sc.LoadStats{}
	slow.Login.Record(400 * time.Millisecond)
	for name, c := range map[string]struct {
		r sc.Result
	}{
		"a capacity is told by its finding and the note on it": {
			sc.Result{Verdict: sc.Pass, Complete: true, Coords: five,
				Findings: []sc.Finding{even, {ID: sc.CapacityHeld, Status: sc.Pass, Message: "400 sessions stayed logged in.", Note: "Not if one coordinator dies: then 366."}}, Measured: sc.Measured{Scenario: kind(sc.KindCapacity), Sessions: sc.Sessions{Attempted: 400}, Nodes: two}},
		},
		"the notes on others are pointed at": {
			sc.Result{Verdict: sc.Pass, Complete: true,
				Findings: []sc.Finding{{ID: sc.IdleCut, Status: sc.Pass, Message: "nothing is cut"}, {ID: sc.PagesKeepalive, Status: sc.Pass, Note: "n"}}, Measured: sc.Measured{Scenario: kind(sc.KindIdle)}},
		},
		"a watch is told by its finding": {
			sc.Result{Verdict: sc.Pass, Complete: true, Findings: []sc.Finding{{ID: sc.WatchOutage, Status: sc.Pass, Message: "none of 600 new sessions failed"}}, Measured: sc.Measured{Scenario: kind(sc.KindWatch)}},
		},
		"a statement is told by its finding": {
			sc.Result{Verdict: sc.Pass, Complete: true, Findings: []sc.Finding{{ID: sc.QuerySucceeds, Status: sc.Pass, Message: "10 of 10 runs succeeded"}}, Measured: sc.Measured{Scenario: kind(sc.KindQuery)}},
		},
		"a capacity that nobody judged claims no evenness": {
			sc.Result{Verdict: sc.Pass, Complete: true, Coords: five, Findings: []sc.Finding{even}, Measured: sc.Measured{Scenario: kind(sc.KindCapacity), Sessions: sc.Sessions{Attempted: 56}, Nodes: two}},
		},
		"stages say how long a login took": {
			sc.Result{Verdict: sc.Pass, Complete: true, Coords: five, Findings: []sc.Finding{even}, Measured: sc.Measured{Scenario: kind(sc.KindStages), Sessions: sc.Sessions{Attempted: 56}, Nodes: two, Load: &slow}},
		},
		"a capacity that failed is told as any failure": {
			sc.Result{Verdict: sc.Fail, Complete: true, Findings: []sc.Finding{{ID: sc.CapacityHeld, Status: sc.Fail, Message: "24 of 40 sessions got in", Note: "n"}, even}, Measured: sc.Measured{Scenario: kind(sc.KindCapacity)}},
		},
		"nothing sent because of what the pages say": {
			sc.Result{Measured: sc.Measured{Scenario: kind(sc.KindCapacity), Stopped: &sc.Stop{By: sc.StopGuard, Text: "400 sessions would take 70 of 64 threads."}}},
		},
		"a pass says what was reached and what would have shown": {
			sc.Result{Verdict: sc.Pass, Complete: true, Coords: five,
				Findings: []sc.Finding{even}, Detect: &sc.Detectable{Sessions: 40, Hot3x: .97}, Measured: sc.Measured{Scenario: declared, Sessions: sc.Sessions{Attempted: 56}, Nodes: two}},
		},
		"a pass does not claim an evenness that was not judged": {
			sc.Result{Verdict: sc.Pass, Complete: true, Coords: five[:1], Measured: sc.Measured{Scenario: declared, Sessions: sc.Sessions{Attempted: 1}, Nodes: two[:1]}},
		},
		"a pass without a declared set says so, and points at notes": {
			sc.Result{Verdict: sc.Pass, Complete: true, Coords: five,
				Findings: []sc.Finding{{ID: sc.VersionsSame, Status: sc.Pass, Note: "2 versions"}}, Measured: sc.Measured{Sessions: sc.Sessions{Attempted: 40}, Nodes: two}},
		},
		"certificates alone": {
			sc.Result{Verdict: sc.Pass, Complete: true, Measured: sc.Measured{TLS: []sc.Cert{{NotAfter: sc.Cert{}.Seen.AddDate(0, 0, 57)}}}},
		},
		"a failure names the first finding": {
			sc.Result{Verdict: sc.Fail, Complete: true, Findings: []sc.Finding{even, missing}},
		},
		"a failure says that a breaker ended the run": {
			sc.Result{Verdict: sc.Fail, Findings: []sc.Finding{missing}, Measured: sc.Measured{Stopped: &sc.Stop{By: sc.StopRejected, Class: vocabtest.Class("sasl.rejected"), Text: "two logins were refused"}}},
		},
		"nothing measured": {
			sc.Result{Measured: sc.Measured{Stopped: &sc.Stop{By: sc.StopScout, Class: vocabtest.Class("tcp.refused"), Text: "the first session failed (tcp.refused 127.0.0.1:1): connection refused."}}},
		},
		"interrupted": {
			sc.Result{Measured: sc.Measured{Sessions: sc.Sessions{Attempted: 23}, Stopped: &sc.Stop{By: sc.StopInterrupted}}},
		},
		"an open question": {
			sc.Result{Complete: true, Findings: []sc.Finding{even, {ID: sc.IdentitySound, Message: "nothing tells the coordinators apart"}}, Measured: sc.Measured{Sessions: sc.Sessions{Attempted: 40}}},
		},
		"nothing to judge": {
			sc.Result{Verdict: sc.Skipped, Complete: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			words(t, report.Sentence(c.r)+"\n")
		})
	}
}

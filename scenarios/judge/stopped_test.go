package judge

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// Nobody got in: what the coordinators' own pages say of that was measured.
func TestStopped_NobodyGotIn(t *testing.T) {
	t.Parallel()
	pages := func(free ...int) []scenarios.Page {
		var out []scenarios.Page
		for i, f := range free {
			inUse := 8 - f
			out = append(out, scenarios.Page{Coordinator: judgetest.CoordName(i), When: scenarios.PageBefore, Threads: 8, InUse: &inUse})
		}
		return out
	}
	for name, c := range map[string]struct {
		class  string
		pages  []scenarios.Page
		waited scenarios.Seconds
		want   scenarios.Status
		exit   int
	}{
		"closed after a silence":                    {"open.eof", nil, 3.004, scenarios.StatusInconclusive, scenarios.ExitUnmeasured},
		"closed at once":                            {"open.eof", nil, .002, scenarios.StatusInconclusive, scenarios.ExitUnmeasured},
		"without pages":                             {"open.timeout", nil, 2, scenarios.StatusInconclusive, scenarios.ExitUnmeasured},
		"threads are free":                          {"open.timeout", pages(3, 2, 1), 2, scenarios.StatusInconclusive, scenarios.ExitUnmeasured},
		"no thread is free":                         {"open.timeout", pages(0, 0, 0), 2, scenarios.StatusFail, scenarios.ExitFail},
		"no thread is free, but nobody answers TCP": {"tcp.timeout", pages(0, 0, 0), 2, scenarios.StatusInconclusive, scenarios.ExitUnmeasured},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stop := &scenarios.Stop{By: scenarios.StopScout, Class: vocabtest.Class(c.class), Text: "OpenSession: no answer", Hint: scenarios.Fixes{{Setting: "auth.mechanism", Value: "ldap"}}}
			scouts := []scenarios.Scout{{Address: judgetest.NodeAddr(0), Attempts: 3, Outcome: scenarios.OutcomeFailed, Class: stop.Class, Waited: c.waited}}
			r := Rejudge(scenarios.Result{Measured: scenarios.Measured{Scenario: judgetest.Declared(3), Stopped: stop, Pages: c.pages, Scouts: scouts}})
			f := judgetest.Find(t, r.Findings, scenarios.ErrorsRate)[0]
			if f.Status != c.want || r.Exit != c.exit {
				t.Errorf("%v, exit %d; want %v, exit %d", f.Status, r.Exit, c.want, c.exit)
			}
			judgetest.Prose(t, f)
		})
	}
}

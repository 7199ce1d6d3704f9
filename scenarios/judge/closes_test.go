package judge

import (
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestSessionsClosed(t *testing.T) {
	t.Parallel()
	good := judgetest.LookOf(scenarios.LookFirst, 2, judgetest.Dealt([]int{14, 14, 14, 14}, 0))
	tally := func(c, closes, failed int) scenarios.CloseTally {
		out := scenarios.CloseTally{Coordinator: judgetest.CoordName(c), Closes: closes, Failed: failed}
		if failed > 0 {
			out.Class, out.Example = vocabtest.Class("close.timeout"), "CloseSession: i/o timeout"
		}
		return out
	}
	var phases scenarios.PhaseStats
	for range 50 {
		phases.Record([scenarios.NumPhases]time.Duration{scenarios.PhaseClose: time.Millisecond})
	}
	for name, c := range map[string]struct {
		measured scenarios.Measured
		want     scenarios.Status
		subject  string
		note     bool
	}{
		"all closed":           {scenarios.Measured{Closes: []scenarios.CloseTally{tally(0, 28, 0), tally(1, 28, 0)}}, scenarios.StatusPass, "", false},
		"all hang":             {scenarios.Measured{Closes: []scenarios.CloseTally{tally(0, 28, 28), tally(1, 28, 28)}}, scenarios.StatusFail, "", false},
		"nearly all":           {scenarios.Measured{Closes: []scenarios.CloseTally{tally(0, 28, 26), tally(1, 28, 27)}}, scenarios.StatusFail, "", false},
		"all of one":           {scenarios.Measured{Closes: []scenarios.CloseTally{tally(0, 28, 0), tally(1, 18, 18), tally(2, 10, 1)}}, scenarios.StatusFail, judgetest.CoordName(1), false},
		"one":                  {scenarios.Measured{Closes: []scenarios.CloseTally{tally(0, 28, 1), tally(1, 28, 0)}}, scenarios.StatusPass, "", true},
		"one of one":           {scenarios.Measured{Closes: []scenarios.CloseTally{tally(0, 28, 0), tally(1, 1, 1)}}, scenarios.StatusPass, "", true},
		"none was":             {scenarios.Measured{Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, []int{-1, -1})}}, scenarios.StatusInconclusive, "", false},
		"no session":           {scenarios.Measured{Looks: []scenarios.Look{}}, scenarios.StatusInconclusive, "", false},
		"an earlier version's": {scenarios.Measured{Phases: phases}, scenarios.StatusPass, "", false},
		"an earlier version's, with one left open": {scenarios.Measured{Phases: phases, Sessions: scenarios.Sessions{LeftOpen: 1}}, scenarios.StatusSkipped, "", false},
		"what kept none": {scenarios.Measured{}, scenarios.StatusSkipped, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := c.measured
			if e.Scenario = judgetest.Declared(4); e.Looks == nil {
				e.Looks = []scenarios.Look{good}
			}
			f := judgetest.Find(t, Judge(e).Findings, scenarios.SessionsClosed)[0]
			if f.Status != c.want || f.Subject != c.subject || (f.Note != "") != c.note {
				t.Errorf("%v of %q, note %q; want %v of %q", f.Status, f.Subject, f.Note, c.want, c.subject)
			}
			judgetest.Prose(t, f)
		})
	}
}

package cause

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestOfStatement(t *testing.T) {
	t.Parallel()
	tally := func(c int, class, text string, failed int) scenarios.QueryTally {
		return scenarios.QueryTally{Coordinator: judgetest.CoordName(c), Runs: 2, Failed: failed, Class: vocabtest.Class(class), Example: text}
	}
	for name, c := range map[string]struct {
		failed []scenarios.QueryTally
		others int // coordinators where it ran
		want   string
	}{
		"no executors anywhere":         {[]scenarios.QueryTally{tally(0, "execute.admission", "Waiting for executors", 2), tally(1, "execute.admission", "No healthy executor groups", 2)}, 0, "no executors"},
		"no executors for one of two":   {[]scenarios.QueryTally{tally(0, "execute.admission", "Waiting for executors", 2)}, 1, "admission"},
		"a full pool":                   {[]scenarios.QueryTally{tally(0, "execute.admission", "queue full", 2), tally(1, "execute.admission", "queue full", 2)}, 0, "admission"},
		"slower than we wait":           {[]scenarios.QueryTally{tally(0, "execute.timeout", "i/o timeout", 2), tally(1, "fetch.timeout", "i/o timeout", 2)}, 0, ReasonOwnLimit},
		"slow on one of two":            {[]scenarios.QueryTally{tally(0, "execute.timeout", "i/o timeout", 2)}, 1, "some"},
		"slow once on each":             {[]scenarios.QueryTally{tally(0, "execute.timeout", "i/o timeout", 1), tally(1, "execute.timeout", "i/o timeout", 2)}, 0, "some"},
		"no such table":                 {[]scenarios.QueryTally{tally(0, "execute.error", "Could not resolve table", 2), tally(1, "execute.error", "Could not resolve table", 2)}, 0, "alike everywhere"},
		"no such table, on one of them": {[]scenarios.QueryTally{tally(0, "execute.error", "Could not resolve table", 2)}, 1, "some"},
		"the only coordinator":          {[]scenarios.QueryTally{tally(0, "execute.error", "Could not resolve table", 2)}, 0, "some"},
		"calls that went astray":        {[]scenarios.QueryTally{tally(0, "execute.foreign-handle", "Invalid session id", 1), tally(1, "close.foreign-handle", "Invalid session id", 1)}, 1, "other coordinators"},
		"all die of it":                 {[]scenarios.QueryTally{tally(0, "execute.eof", "EOF", 2), tally(1, "execute.eof", "EOF", 2)}, 0, "some"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ran := c.failed
			for i := range c.others {
				ran = append(ran[:len(ran):len(ran)], tally(5+i, "", "", 0))
			}
			var e scenarios.Measured
			e.Scenario.Load.Timeout = scenarios.Duration(2 * time.Second)
			got := OfStatement(e, c.failed, ran)
			if got.Pattern != c.want {
				t.Errorf("pattern %q, want %q", got.Pattern, c.want)
			}
			text := got.Says
			for _, fix := range got.Fix {
				text += "\nfix: " + judgetest.Describe(fix)
			}
			golden.Section(t, filepath.Join("testdata", "golden", "TestOfStatement.txt"), text+"\n")
		})
	}
}

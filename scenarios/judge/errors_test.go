package judge

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestErrorsRate(t *testing.T) {
	t.Parallel()
	clean, lone, double := dealt([]int{8, 8, 8, 8, 8}, 0), dealt([]int{8, 8, 8, 8, 7}, 1), dealt([]int{8, 8, 8, 8, 6}, 2)
	cut := func(l scenarios.Look) scenarios.Look { l.Cut = true; return l }
	look := func(kind scenarios.LookKind, seq []int) scenarios.Look { return lookOf(kind, 2, seq) }
	burst := look(scenarios.First, clean)
	for range 2 {
		o := observed(nodeAddr(0), -1)
		o.Part = scenarios.Burst
		burst.Add(o)
	}
	refused := scenarios.Look{Planned: 40, Cut: true, Refused: 2}
	for name, tc := range map[string]struct {
		looks  []scenarios.Look
		strict bool
		want   scenarios.Status
		ask    int
		says   string
	}{
		"no failure passes":                                {looks: []scenarios.Look{look(scenarios.First, clean)}, want: scenarios.Pass, says: "none of 40 sessions failed"},
		"two failures in a look fail":                      {looks: []scenarios.Look{look(scenarios.First, double)}, want: scenarios.Fail, says: "2 of 40 failed"},
		"two failures fail though a breaker cut the look":  {looks: []scenarios.Look{cut(look(scenarios.First, double))}, want: scenarios.Fail, says: "open.timeout"},
		"two failures in the burst fail":                   {looks: []scenarios.Look{burst}, want: scenarios.Fail, says: "2 of 42 failed"},
		"a lone failure waits for a fresh look":            {looks: []scenarios.Look{look(scenarios.First, lone)}, want: scenarios.Inconclusive, ask: 40, says: "waits for a fresh look of 40"},
		"a lone failure is enough where errors are strict": {looks: []scenarios.Look{look(scenarios.First, lone)}, strict: true, want: scenarios.Fail, says: "1 of 40"},
		"a lone failure that comes again fails":            {looks: []scenarios.Look{look(scenarios.First, lone), look(scenarios.Confirm, lone)}, want: scenarios.Fail, says: "2 of 80"},
		"a lone failure that does not come again passes":   {looks: []scenarios.Look{look(scenarios.First, lone), look(scenarios.Confirm, clean)}, want: scenarios.Pass, says: "ONE SESSION FAILED"},
		"a lone failure in a cut look stays open":          {looks: []scenarios.Look{cut(look(scenarios.First, lone))}, want: scenarios.Inconclusive, says: "No further look could be had"},
		"a look cut short without failures proves nothing": {looks: []scenarios.Look{cut(look(scenarios.First, clean[:7]))}, want: scenarios.Inconclusive, says: "ended early"},
		"no session at all":                                {looks: nil, want: scenarios.Inconclusive, says: "no session was measured"},
		"no session but refused certificates":              {looks: []scenarios.Look{refused}, want: scenarios.Skipped, says: "certificate was refused on 2 connections"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := declared(5)
			s.StrictErrors = tc.strict
			j := All(Evidence{Scenario: s, Looks: tc.looks})
			f := find(t, j.Findings, scenarios.ErrorsRate)[0]
			if f.Status != tc.want || !strings.Contains(f.Message+" "+f.Note, tc.says) {
				t.Errorf("%v: %q, note %q; want %v with %q", f.Status, f.Message, f.Note, tc.want, tc.says)
			}
			if tc.ask != j.Ask.Sessions {
				t.Errorf("asks for %+v, want %d sessions", j.Ask, tc.ask)
			}
		})
	}
}

// A failure that says where it happened is counted there.
func TestAFailureThatNamesItsCoordinatorIsAttributed(t *testing.T) {
	t.Parallel()
	l := scenarios.Look{Planned: 40}
	for i, c := range dealt([]int{8, 8, 8, 8, 8}, 0) {
		o := observed(nodeAddr(i%2), c)
		if c == 2 {
			o.Outcome, o.Failed, o.Class = scenarios.Failed, scenarios.Execute, "execute.reset"
		}
		l.Add(o)
	}
	j := All(Evidence{Scenario: declared(5), Looks: []scenarios.Look{l}})
	f := find(t, j.Findings, scenarios.ErrorsRate)[0]
	if want := "8 of 40 failed, as one broken of five would: execute.reset; on coord-2.example.com:25000"; f.Message != want {
		t.Errorf("says %q, want %q", f.Message, want)
	}
	if got := find(t, j.Findings, scenarios.BalanceCoverage)[0]; got.Status != scenarios.Pass {
		t.Errorf("coverage is %v: %s", got.Status, got.Message)
	}
}

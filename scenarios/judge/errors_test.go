package judge

import (
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestErrorsRate(t *testing.T) {
	t.Parallel()
	clean, lone, double := judgetest.Dealt([]int{8, 8, 8, 8, 8}, 0), judgetest.Dealt([]int{8, 8, 8, 8, 7}, 1), judgetest.Dealt([]int{8, 8, 8, 8, 6}, 2)
	cut := func(l scenarios.Look) scenarios.Look { l.Cut = true; return l }
	look := func(kind scenarios.LookKind, seq []int) scenarios.Look { return judgetest.LookOf(kind, 2, seq) }
	burst := look(scenarios.LookFirst, clean)
	for range 2 {
		o := judgetest.Observed(judgetest.NodeAddr(0), -1)
		o.Part = scenarios.PartBurst
		burst.Add(o)
	}
	refused := scenarios.Look{Planned: 40, Cut: true, Refused: 2}
	for name, tc := range map[string]struct {
		looks  []scenarios.Look
		strict bool
		want   scenarios.Status
		next   int
	}{
		"no failure passes":                                {looks: []scenarios.Look{look(scenarios.LookFirst, clean)}, want: scenarios.StatusPass},
		"two failures in a look fail":                      {looks: []scenarios.Look{look(scenarios.LookFirst, double)}, want: scenarios.StatusFail},
		"two failures fail though a breaker cut the look":  {looks: []scenarios.Look{cut(look(scenarios.LookFirst, double))}, want: scenarios.StatusFail},
		"two failures in the burst fail":                   {looks: []scenarios.Look{burst}, want: scenarios.StatusFail},
		"a lone failure waits for a fresh look":            {looks: []scenarios.Look{look(scenarios.LookFirst, lone)}, want: scenarios.StatusInconclusive, next: 40},
		"a lone failure is enough where errors are strict": {looks: []scenarios.Look{look(scenarios.LookFirst, lone)}, strict: true, want: scenarios.StatusFail},
		"a lone failure that comes again fails":            {looks: []scenarios.Look{look(scenarios.LookFirst, lone), look(scenarios.LookConfirm, lone)}, want: scenarios.StatusFail},
		"a lone failure that does not come again passes":   {looks: []scenarios.Look{look(scenarios.LookFirst, lone), look(scenarios.LookConfirm, clean)}, want: scenarios.StatusPass},
		"a lone failure in a cut look stays open":          {looks: []scenarios.Look{cut(look(scenarios.LookFirst, lone))}, want: scenarios.StatusInconclusive},
		"a look cut short without failures proves nothing": {looks: []scenarios.Look{cut(look(scenarios.LookFirst, clean[:7]))}, want: scenarios.StatusInconclusive},
		"no session at all":                                {looks: nil, want: scenarios.StatusInconclusive},
		"no session but refused certificates":              {looks: []scenarios.Look{refused}, want: scenarios.StatusSkipped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(5)
			s.StrictErrors = tc.strict
			j := Judge(scenarios.Measured{Scenario: s, Looks: tc.looks})
			f := judgetest.Find(t, j.Findings, scenarios.ErrorsRate)[0]
			if f.Status != tc.want {
				t.Errorf("%v, want %v: %q, note %q", f.Status, tc.want, f.Message, f.Note)
			}
			judgetest.Prose(t, f)
			if tc.next != j.Next.Sessions {
				t.Errorf("asks for %+v, want %d sessions", j.Next, tc.next)
			}
		})
	}
}

// A failure that says where it happened is counted there.
func TestErrorsRate_Attributed(t *testing.T) {
	t.Parallel()
	l := scenarios.Look{Planned: 40}
	for i, c := range judgetest.Dealt([]int{8, 8, 8, 8, 8}, 0) {
		o := judgetest.Observed(judgetest.NodeAddr(i%2), c)
		if c == 2 {
			o.Outcome, o.Failed, o.Class = scenarios.OutcomeFailed, scenarios.PhaseExecute, vocabtest.Class("execute.reset")
		}
		l.Add(o)
	}
	j := Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{l}})
	f := judgetest.Find(t, j.Findings, scenarios.ErrorsRate)[0]
	judgetest.Prose(t, f)
	if got := judgetest.Find(t, j.Findings, scenarios.BalanceCoverage)[0]; got.Status != scenarios.StatusPass {
		t.Errorf("coverage is %v: %s", got.Status, got.Message)
	}
}

func TestErrorsRate_Stages(t *testing.T) {
	t.Parallel()
	const limit = "error_rate < 5%"
	for name, tc := range map[string]struct {
		limits map[string][]string
		failed int
		want   scenarios.Status
	}{
		"a declared rate decides in its place":         {map[string][]string{"session": {limit}}, 2, scenarios.StatusSkipped},
		"and so does one on every coordinator":         {map[string][]string{"session{coordinator=*}": {limit}}, 2, scenarios.StatusSkipped},
		"one on a single phase does not":               {map[string][]string{"session.open": {limit}}, 2, scenarios.StatusFail},
		"nor one on a single coordinator":              {map[string][]string{"session{coordinator=a}": {limit}}, 2, scenarios.StatusFail},
		"a lone failure stays open, with no look left": {nil, 1, scenarios.StatusInconclusive},
		"no failure passes":                            {nil, 0, scenarios.StatusPass},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(5)
			s.Kind, s.Thresholds = scenarios.KindStages, tc.limits
			j := Judge(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookWhole, 2, judgetest.Dealt([]int{8, 8, 8, 8, 8 - tc.failed}, tc.failed))}})
			judgetest.Check(t, j.Findings, judgetest.Want{scenarios.ErrorsRate: tc.want})
			judgetest.Prose(t, judgetest.Find(t, j.Findings, scenarios.ErrorsRate)...)
			if j.Next != (scenarios.NextLook{}) {
				t.Errorf("asks for %+v of a run that is not made of looks", j.Next)
			}
		})
	}
}

// The hint of one session suspects its settings; where others got in with the
// same, it is not the settings.
func TestErrorsRate_Fix(t *testing.T) {
	t.Parallel()
	login := vocab.Fix{Setting: "auth.mechanism", Value: "ldap", Why: "the port may require a login"}
	other := vocab.Fix{Why: "look at the coordinator's log"}
	look := func(class string, hint vocab.Fix, good, bad int) scenarios.Look {
		l := judgetest.LookOf(scenarios.LookFirst, 1, judgetest.Dealt([]int{good}, 0))
		for range bad {
			o := judgetest.Observed(judgetest.NodeAddr(0), -1)
			o.Class, o.Hint = vocabtest.Class(class), scenarios.Fixes{hint}
			l.Add(o)
		}
		return l
	}
	for name, tc := range map[string]struct {
		class string
		hint  vocab.Fix
		good  int
		ours  bool // the fix is the session's own hint
	}{
		"nobody got in":                    {"open.timeout", login, 0, true},
		"others got in, and one hangs":     {"open.timeout", login, 38, false},
		"others got in, and one refuses":   {"sasl.rejected", login, 38, false},
		"what has nothing to do with that": {"open.shutting-down", other, 38, true},
		"a statement":                      {"execute.timeout", other, 38, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(scenarios.Measured{Scenario: judgetest.Declared(1), Looks: []scenarios.Look{look(tc.class, tc.hint, tc.good, 2)}})
			f := judgetest.Find(t, j.Findings, scenarios.ErrorsRate)[0]
			if len(f.Fix) != 1 || (f.Fix[0] == tc.hint) != tc.ours {
				t.Errorf("suggests %v", f.Fix)
			}
			judgetest.Prose(t, f)
		})
	}
}

package judge

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
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
			j := Judge(Evidence{Measured: scenarios.Measured{Scenario: s, Looks: tc.looks}})
			f := find(t, j.Findings, scenarios.ErrorsRate)[0]
			if f.Status != tc.want || !strings.Contains(f.Message+" "+f.Note, tc.says) {
				t.Errorf("%v: %q, note %q; want %v with %q", f.Status, f.Message, f.Note, tc.want, tc.says)
			}
			if tc.ask != j.Next.Sessions {
				t.Errorf("asks for %+v, want %d sessions", j.Next, tc.ask)
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
			o.Outcome, o.Failed, o.Class = scenarios.Failed, scenarios.Execute, vocabtest.Class("execute.reset")
		}
		l.Add(o)
	}
	j := Judge(Evidence{Measured: scenarios.Measured{Scenario: declared(5), Looks: []scenarios.Look{l}}})
	f := find(t, j.Findings, scenarios.ErrorsRate)[0]
	if want := "8 of 40 failed, as one broken of five would: execute.reset; on coord-2.example.com:25000"; f.Message != want {
		t.Errorf("says %q, want %q", f.Message, want)
	}
	if got := find(t, j.Findings, scenarios.BalanceCoverage)[0]; got.Status != scenarios.Pass {
		t.Errorf("coverage is %v: %s", got.Status, got.Message)
	}
}

func TestErrorsOfStages(t *testing.T) {
	t.Parallel()
	const limit = "error_rate < 5%"
	for name, tc := range map[string]struct {
		limits map[string][]string
		failed int
		want   scenarios.Status
		says   string
	}{
		"a declared rate decides in its place":         {map[string][]string{"session": {limit}}, 2, scenarios.Skipped, `2 of 40 sessions failed; the threshold "session: error_rate < 5%" says how many may`},
		"and so does one on every coordinator":         {map[string][]string{"session{coordinator=*}": {limit}}, 2, scenarios.Skipped, "session{coordinator=*}"},
		"one on a single phase does not":               {map[string][]string{"session.open": {limit}}, 2, scenarios.Fail, "2 of 40 failed"},
		"nor one on a single coordinator":              {map[string][]string{"session{coordinator=a}": {limit}}, 2, scenarios.Fail, "2 of 40 failed"},
		"a lone failure stays open, with no look left": {nil, 1, scenarios.Inconclusive, "No further look could be had"},
		"no failure passes":                            {nil, 0, scenarios.Pass, "none of 40"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := declared(5)
			s.Kind, s.Thresholds = scenarios.KindStages, tc.limits
			j := Judge(Evidence{Measured: scenarios.Measured{Scenario: s, Looks: []scenarios.Look{lookOf(scenarios.Whole, 2, dealt([]int{8, 8, 8, 8, 8 - tc.failed}, tc.failed))}}})
			check(t, j, []one{{scenarios.ErrorsRate, tc.want, tc.says}})
			if j.Next != (NextLook{}) {
				t.Errorf("asks for %+v of a run that is not made of looks", j.Next)
			}
		})
	}
}

// The hint of one session suspects its settings; where others got in with the
// same, it is not the settings.
func TestTheFixKnowsWhetherOthersGotIn(t *testing.T) {
	t.Parallel()
	look := func(class string, good, bad int) scenarios.Look {
		l := lookOf(scenarios.First, 1, dealt([]int{good}, 0))
		for range bad {
			o := observed(nodeAddr(0), -1)
			o.Class, o.Hint = vocabtest.Class(class), "the port may ask for a login"
			l.Add(o)
		}
		return l
	}
	for name, tc := range map[string]struct {
		class string
		good  int
		want  string
	}{
		"nobody got in":                    {"open.timeout", 0, "the port may ask for a login"},
		"others got in, and one hangs":     {"open.timeout", 38, "others got in the same way, so it is not the settings: a coordinator hangs"},
		"others got in, and one refuses":   {"sasl.rejected", 38, "a coordinator's login is configured unlike"},
		"what has nothing to do with that": {"open.shutting-down", 38, "the port may ask for a login"},
		"a statement":                      {"execute.timeout", 38, "the port may ask for a login"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(Evidence{Measured: scenarios.Measured{Scenario: declared(1), Looks: []scenarios.Look{look(tc.class, tc.good, 2)}}})
			if f := find(t, j.Findings, scenarios.ErrorsRate)[0]; !strings.Contains(f.Fix, tc.want) {
				t.Errorf("suggests %q, want %q", f.Fix, tc.want)
			}
		})
	}
}

package judge

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// A run whose counts do not add up has not passed, whatever the judges found, and says which
// of them contradict each other.
func TestConclude_CountsThatDoNotAddUp(t *testing.T) {
	t.Parallel()
	of := func(attempted int) scenarios.Result {
		var r scenarios.Result
		r.Scenario = judgetest.Declared(2)
		r.Scenario.Inconclusive = scenarios.OnInconclusivePass // of a question that the service leaves open
		r.Looks = []scenarios.Look{judgetest.LookOf(scenarios.LookWhole, 2, judgetest.Dealt([]int{20, 20}, 0))}
		all := r.Pooled()
		r.Sessions.Count(all)
		for _, n := range all.Nodes() {
			r.Nodes = append(r.Nodes, scenarios.NodeTallyOf(n, all))
		}
		r.Sessions.Attempted = attempted
		Conclude(&r, Judgement{Verdict: scenarios.StatusPass, Findings: []scenarios.Finding{{ID: scenarios.ErrorsRate, Status: scenarios.StatusPass}}})
		return r
	}
	if r := of(40); r.Verdict != scenarios.StatusPass || r.Exit != scenarios.ExitPass || len(r.Findings) != 1 {
		t.Fatalf("%s, exit %d: %+v", r.Verdict, r.Exit, r.Findings)
	}
	r := of(41)
	if r.Verdict != scenarios.StatusInconclusive || r.Exit != scenarios.ExitInconclusive || len(r.Findings) != 2 {
		t.Fatalf("%s, exit %d: %+v", r.Verdict, r.Exit, r.Findings)
	}
	f := r.Findings[1]
	if f.ID != scenarios.CountsAgree || f.Status != scenarios.StatusInconclusive || !strings.Contains(f.Message, "sessions: 41 attempted, but 40 ok, 0 failed and 0 unknown") {
		t.Errorf("%+v", f)
	}
	if again := Rejudge(r); again.Verdict == scenarios.StatusPass {
		t.Error("judged again, it passes")
	}
}

// While a run goes on its counts are read one after the other, and sessions end meanwhile.
func TestConcludeSoFar_FindsNothing(t *testing.T) {
	t.Parallel()
	var r scenarios.Result
	r.Scenario = judgetest.Declared(2)
	r.Looks = []scenarios.Look{judgetest.LookOf(scenarios.LookWhole, 2, judgetest.Dealt([]int{20, 20}, 0))}
	r.Sessions.Attempted = 41
	if r.CheckCounts() == nil {
		t.Fatal("the counts agree")
	}
	ConcludeSoFar(&r)
	if len(r.Findings) > 0 || r.Complete || r.Verdict != scenarios.StatusInconclusive || r.Exit != r.ExitCode() || len(r.Coords) != 2 {
		t.Errorf("complete %v, verdict %s, exit %d: %+v", r.Complete, r.Verdict, r.Exit, r.Findings)
	}
}

package judge

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// rung is one step of a ladder in a test.
func rung(after, at scenarios.Seconds, o scenarios.Outcome, cut scenarios.Cut, class string) scenarios.IdleStep {
	return scenarios.IdleStep{After: after, At: at, Outcome: o, Cut: cut, Class: vocabtest.Class(class), Node: judgetest.NodeAddr(0), Coordinator: judgetest.CoordName(0)}
}

func lives(after scenarios.Seconds) scenarios.IdleStep {
	return rung(after, 0, scenarios.OutcomeOK, "", "")
}

func closes(after, at scenarios.Seconds) scenarios.IdleStep {
	return rung(after, at, scenarios.OutcomeFailed, scenarios.CutFIN, "execute.eof")
}

func resets(after scenarios.Seconds) scenarios.IdleStep {
	return rung(after, 0, scenarios.OutcomeFailed, scenarios.CutRST, "execute.reset")
}

func hangs(after scenarios.Seconds) scenarios.IdleStep {
	return rung(after, 0, scenarios.OutcomeFailed, scenarios.CutSilent, "execute.timeout")
}

func through(node int, s scenarios.IdleStep) scenarios.IdleStep {
	s.Node = judgetest.NodeAddr(node)
	return s
}

// idled is the evidence of a ladder; the scenario has the steps that it shows.
func idled(minIdle time.Duration, scale float64, steps ...scenarios.IdleStep) scenarios.Measured {
	e := scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindIdle}, Idle: &scenarios.IdleSeen{Steps: steps}}
	e.Scenario.Expect.MinIdle = scenarios.Duration(minIdle)
	e.Scenario.Idle.Scale = scale
	for _, s := range steps {
		d := float64(s.After)
		if scale > 0 {
			d /= scale
		}
		e.Scenario.Idle.Steps = append(e.Scenario.Idle.Steps, scenarios.Duration(d*1e9))
	}
	e.Idle.Summarize()
	return e
}

func TestIdle(t *testing.T) {
	t.Parallel()
	const five = 300 * time.Second
	missing := idled(five, 0, lives(55), lives(345))
	missing.Scenario.Idle.Steps = append(missing.Scenario.Idle.Steps, scenarios.Duration(355*time.Second))
	refused := scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindIdle}, Looks: []scenarios.Look{{Refused: 2}}}
	expired := rung(605, 0, scenarios.OutcomeFailed, scenarios.CutOther, "execute.invalid-session")
	overHTTP := func(e scenarios.Measured) scenarios.Measured {
		e.Scenario.Target.Protocol = scenarios.ProtocolHS2HTTP
		return e
	}
	unopened := rung(175, 0, scenarios.OutcomeUnknown, "", "open.timeout")
	for name, c := range map[string]struct {
		e      scenarios.Measured
		status scenarios.Status
	}{
		"nothing is cut": {idled(five, 0, lives(55), lives(355), lives(605)),
			scenarios.StatusPass},
		"cut beyond what they must live, seen": {idled(five, 0, lives(55), lives(345), closes(355, 350), closes(605, 350.1)),
			scenarios.StatusPass},
		"reset beyond what they must live, found by asking": {idled(five, 0, lives(55), lives(345), resets(355)),
			scenarios.StatusPass},
		"cut too soon by a Classic ELB's default": {idled(five, 0, lives(55), closes(65, 60.01), closes(345, 60)),
			scenarios.StatusFail},
		"cut too soon by some proxy": {idled(five, 0, lives(55), lives(65), closes(175, 120)),
			scenarios.StatusFail},
		"over HTTP, cut too soon by some proxy": {overHTTP(idled(five, 0, lives(55), lives(65), closes(175, 120))),
			scenarios.StatusFail},
		"over HTTP, cut too soon by nginx's default": {overHTTP(idled(five, 0, lives(55), lives(65), closes(175, 75.1))),
			scenarios.StatusFail},
		"over HTTP, cut too soon by an ALB's default": {overHTTP(idled(five, 0, lives(55), closes(65, 60))),
			scenarios.StatusFail},
		"over HTTP, cut in silence": {overHTTP(idled(five, 0, lives(345), hangs(355))),
			scenarios.StatusFail},
		"cut before the shortest step": {idled(five, 0, closes(55, 2), closes(65, 2)),
			scenarios.StatusFail},
		"cut at the very time": {idled(time.Minute, 0, lives(55), closes(65, 60)),
			scenarios.StatusFail},
		"reset too soon, as an NLB does": {idled(600*time.Second, 0, lives(345), resets(355), resets(595)),
			scenarios.StatusFail},
		"without a demand they must live as long as the last step": {idled(0, 0, lives(345), resets(355)),
			scenarios.StatusFail},
		"cut in silence, though late": {idled(five, 0, lives(345), hangs(355)),
			scenarios.StatusFail},
		"cut in silence after a cut by FIN that was late enough": {idled(five, 0, lives(345), closes(355, 350), hangs(605)),
			scenarios.StatusFail},
		"the demand lies in the bracket and nobody saw when": {idled(five, 0, lives(175), resets(345)),
			scenarios.StatusInconclusive},
		"the demand lies in the bracket and it was seen later": {idled(five, 0, lives(175), closes(345, 310)),
			scenarios.StatusPass},
		"a step came to no end": {idled(five, 0, lives(55), unopened, lives(345)),
			scenarios.StatusInconclusive},
		"a step is missing": {missing,
			scenarios.StatusInconclusive},
		"a step came to no end, and another died too soon": {idled(five, 0, closes(55, 50), unopened),
			scenarios.StatusFail},
		"a longer one lives over the same node": {idled(five, 0, closes(55, 50), lives(345)),
			scenarios.StatusInconclusive},
		"one node cuts and the other does not": {idled(five, 0, lives(55), through(1, lives(60)), closes(65, 60), through(1, lives(345))),
			scenarios.StatusFail},
		"the session expired": {idled(0, 0, lives(595), expired),
			scenarios.StatusFail},
		"the server spoke nonsense": {idled(0, 0, rung(55, 3, scenarios.OutcomeFailed, scenarios.CutOther, "execute.garbage")),
			scenarios.StatusFail},
		"scaled down, and cut by a scaled Classic ELB": {idled(five, .01, lives(.55), closes(.65, .601)),
			scenarios.StatusFail},
		"scaled down, and long enough": {idled(five, .01, lives(3.45), closes(3.55, 3.5)),
			scenarios.StatusPass},
		"no step was decided": {idled(five, 0, unopened),
			scenarios.StatusInconclusive},
		"nothing was measured": {scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindIdle}},
			scenarios.StatusInconclusive},
		"every certificate was refused": {refused,
			scenarios.StatusSkipped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs, next := idleJudge(c.e)
			if len(fs) != 1 || next.Sessions != 0 {
				t.Fatalf("findings = %+v, next = %+v", fs, next)
			}
			f := fs[0]
			if f.ID != scenarios.IdleCut || f.Status != c.status {
				t.Errorf("%s %s, want %s: %q", f.ID, f.Status, c.status, f.Message)
			}
			judgetest.Prose(t, f)
		})
	}
}

func TestIdle_Explain(t *testing.T) {
	t.Parallel()
	e := idled(0, 0, lives(55), closes(65, 60), hangs(70), rung(75, 0, scenarios.OutcomeUnknown, "", "open.timeout"), scenarios.IdleStep{After: 80})
	e.Scenario.Idle.Steps = append(e.Scenario.Idle.Steps, 1)
	fs, _ := idleJudge(e)
	judgetest.Prose(t, fs[0])
	if *fs[0].Observed != 60 || *fs[0].Limit != 80 {
		t.Errorf("observed %v, limit %v", *fs[0].Observed, *fs[0].Limit)
	}
}

func TestIdle_Stored(t *testing.T) {
	t.Parallel()
	e := idled(300*time.Second, 0, lives(55), closes(65, 60.000001))
	b, err := json.Marshal(scenarios.Result{Measured: scenarios.Measured{Scenario: e.Scenario, Idle: e.Idle}})
	if err != nil {
		t.Fatal(err)
	}
	var r scenarios.Result
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	before, _ := idleJudge(e)
	after, _ := idleJudge(r.Measured)
	if before[0].Message != after[0].Message || before[0].Status != after[0].Status || before[0].Explain != after[0].Explain {
		t.Errorf("before: %+v\nafter: %+v", before[0], after[0])
	}
}

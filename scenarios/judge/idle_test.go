package judge

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// rung is one step of a ladder in a test.
func rung(after, at scenarios.Seconds, o scenarios.Outcome, cut scenarios.Cut, class string) scenarios.IdleStep {
	return scenarios.IdleStep{After: after, At: at, Outcome: o, Cut: cut, Class: vocabtest.Class(class), Node: nodeAddr(0), Coordinator: coordName(0)}
}

func lives(after scenarios.Seconds) scenarios.IdleStep {
	return rung(after, 0, scenarios.OK, "", "")
}

func closes(after, at scenarios.Seconds) scenarios.IdleStep {
	return rung(after, at, scenarios.Failed, scenarios.CutFIN, "execute.eof")
}

func resets(after scenarios.Seconds) scenarios.IdleStep {
	return rung(after, 0, scenarios.Failed, scenarios.CutRST, "execute.reset")
}

func hangs(after scenarios.Seconds) scenarios.IdleStep {
	return rung(after, 0, scenarios.Failed, scenarios.CutSilent, "execute.timeout")
}

func through(node int, s scenarios.IdleStep) scenarios.IdleStep {
	s.Node = nodeAddr(node)
	return s
}

// idled is the evidence of a ladder; the scenario has the steps that it shows.
func idled(minIdle time.Duration, scale float64, steps ...scenarios.IdleStep) Evidence {
	e := Evidence{Measured: scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindIdle}, Idle: &scenarios.IdleSeen{Steps: steps}}}
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

func TestHowIdleConnectionsAreJudged(t *testing.T) {
	t.Parallel()
	const five = 300 * time.Second
	missing := idled(five, 0, lives(55), lives(345))
	missing.Scenario.Idle.Steps = append(missing.Scenario.Idle.Steps, scenarios.Duration(355*time.Second))
	refused := Evidence{Measured: scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindIdle}, Looks: []scenarios.Look{{Refused: 2}}}}
	expired := rung(605, 0, scenarios.Failed, scenarios.CutOther, "execute.invalid-session")
	unopened := rung(175, 0, scenarios.Unknown, "", "open.timeout")
	for name, c := range map[string]struct {
		e       Evidence
		status  scenarios.Status
		message string
		fix     string // part of it; "": there is none
	}{
		"nothing is cut": {idled(five, 0, lives(55), lives(355), lives(605)),
			scenarios.Pass, "no idle connection was cut: 3 sessions answered, the last after 605 s", ""},
		"cut beyond what they must live, seen": {idled(five, 0, lives(55), lives(345), closes(355, 350), closes(605, 350.1)),
			scenarios.Pass, "idle connections are cut between 345 s and 355 s (seen at 350.0 s), by FIN, after the 300 s that they must live", ""},
		"reset beyond what they must live, found by asking": {idled(five, 0, lives(55), lives(345), resets(355)),
			scenarios.Pass, "idle connections are cut between 345 s and 355 s, by RST, after the 300 s that they must live", ""},
		"cut too soon by a Classic ELB's default": {idled(five, 0, lives(55), closes(65, 60.01), closes(345, 60)),
			scenarios.Fail, "idle connections are cut between 55 s and 65 s (seen at 60.0 s), by FIN; they must live for 300 s", "Classic ELB"},
		"cut too soon by some proxy": {idled(five, 0, lives(55), lives(65), closes(175, 120)),
			scenarios.Fail, "idle connections are cut between 65 s and 175 s (seen at 120.0 s), by FIN; they must live for 300 s", "HAProxy"},
		"cut before the shortest step": {idled(five, 0, closes(55, 2), closes(65, 2)),
			scenarios.Fail, "idle connections are cut within 55 s (seen at 2.00 s), by FIN; they must live for 300 s", "HAProxy"},
		"cut at the very time": {idled(time.Minute, 0, lives(55), closes(65, 60)),
			scenarios.Fail, "idle connections are cut between 55 s and 65 s (seen at 60.0 s), by FIN; they must live for 60 s", "Classic ELB"},
		"reset too soon, as an NLB does": {idled(600*time.Second, 0, lives(345), resets(355), resets(595)),
			scenarios.Fail, "idle connections are cut between 345 s and 355 s, by RST; they must live for 600 s", "NLB, which resets"},
		"without a demand they must live as long as the last step": {idled(0, 0, lives(345), resets(355)),
			scenarios.Fail, "idle connections are cut between 345 s and 355 s, by RST; they must live for 355 s", "NLB"},
		"cut in silence, though late": {idled(five, 0, lives(345), hangs(355)),
			scenarios.Fail, "idle connections are cut between 345 s and 355 s, in silence: who speaks again hangs until a deadline of its own", "firewall"},
		"cut in silence after a cut by FIN that was late enough": {idled(five, 0, lives(345), closes(355, 350), hangs(605)),
			scenarios.Fail, "idle connections are cut between 345 s and 605 s, in silence: who speaks again hangs until a deadline of its own", "firewall"},
		"the demand lies in the bracket and nobody saw when": {idled(five, 0, lives(175), resets(345)),
			scenarios.Inconclusive, "idle connections are cut between 175 s and 345 s, by RST; whether before the 300 s that they must live was not seen", "raise the idle timeout"},
		"the demand lies in the bracket and it was seen later": {idled(five, 0, lives(175), closes(345, 310)),
			scenarios.Pass, "idle connections are cut between 175 s and 345 s (seen at 310.0 s), by FIN, after the 300 s that they must live", ""},
		"a step came to no end": {idled(five, 0, lives(55), unopened, lives(345)),
			scenarios.Inconclusive, "1 of 3 steps came to no end; no idle connection was cut: 2 sessions answered, the last after 345 s", ""},
		"a step is missing": {missing,
			scenarios.Inconclusive, "1 of 3 steps came to no end; no idle connection was cut: 2 sessions answered, the last after 345 s", ""},
		"a step came to no end, and another died too soon": {idled(five, 0, closes(55, 50), unopened),
			scenarios.Fail, "idle connections are cut within 55 s (seen at 50.0 s), by FIN; they must live for 300 s", "HAProxy"},
		"a longer one lives over the same node": {idled(five, 0, closes(55, 50), lives(345)),
			scenarios.Inconclusive, "unsteady: a connection was dead after 50 s and another over the same node alive after 345 s, which no idle timeout does", "restarted meanwhile"},
		"one node cuts and the other does not": {idled(five, 0, lives(55), through(1, lives(60)), closes(65, 60), through(1, lives(345))),
			scenarios.Fail, "idle connections are cut between 55 s and 65 s (seen at 60.0 s) over 127.0.0.2:21050, by FIN; they must live for 300 s", "Classic ELB"},
		"the session expired": {idled(0, 0, lives(595), expired),
			scenarios.Fail, "idle connections are cut between 595 s and 605 s, with execute.invalid-session; they must live for 605 s", "--idle_session_timeout"},
		"the server spoke nonsense": {idled(0, 0, rung(55, 3, scenarios.Failed, scenarios.CutOther, "execute.garbage")),
			scenarios.Fail, "idle connections are cut within 55 s (seen at 3.00 s), with execute.garbage; they must live for 55 s", "no cut as balancers make them"},
		"scaled down, and cut by a scaled Classic ELB": {idled(five, .01, lives(.55), closes(.65, .601)),
			scenarios.Fail, "idle connections are cut between 0.55 s and 0.65 s (seen at 0.60 s), by FIN; they must live for 3 s", "Classic ELB"},
		"scaled down, and long enough": {idled(five, .01, lives(3.45), closes(3.55, 3.5)),
			scenarios.Pass, "idle connections are cut between 3.45 s and 3.55 s (seen at 3.50 s), by FIN, after the 3 s that they must live", ""},
		"no step was decided": {idled(five, 0, unopened),
			scenarios.Inconclusive, "no idle session came to its end", ""},
		"nothing was measured": {Evidence{Measured: scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindIdle}}},
			scenarios.Inconclusive, "no session was measured", ""},
		"every certificate was refused": {refused,
			scenarios.Skipped, "no session was left: the certificate was refused on 2 connections", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs, ask := idleJudge(c.e)
			if len(fs) != 1 || ask.Sessions != 0 {
				t.Fatalf("findings = %+v, ask = %+v", fs, ask)
			}
			f := fs[0]
			if f.ID != scenarios.IdleCut || f.Status != c.status || f.Message != c.message {
				t.Errorf("%s %s: %q, want %s: %q", f.ID, f.Status, f.Message, c.status, c.message)
			}
			if !strings.Contains(f.Fix, c.fix) || (f.Fix == "") != (c.fix == "") {
				t.Errorf("fix = %q, want %q", f.Fix, c.fix)
			}
			if scaled := c.e.Scenario.Idle.Scale != 0; strings.Contains(f.Note, "0.01 times") != scaled {
				t.Errorf("note = %q, scale = %v", f.Note, c.e.Scenario.Idle.Scale)
			}
		})
	}
}

func TestAnIdleFindingExplainsItsSteps(t *testing.T) {
	t.Parallel()
	e := idled(0, 0, lives(55), closes(65, 60), hangs(70), rung(75, 0, scenarios.Unknown, "", "open.timeout"), scenarios.IdleStep{After: 80})
	e.Scenario.Idle.Steps = append(e.Scenario.Idle.Steps, 1)
	fs, _ := idleJudge(e)
	const at = " (127.0.0.2:21050, coord-0.example.com:25000)"
	want := "55 s: alive" + at + "; 65 s: cut at 60.0 s by FIN" + at + "; 70 s: dead when asked, in silence" + at +
		"; 75 s: never opened, open.timeout" + at + "; 80 s: not known; 1 step was not begun"
	if fs[0].Explain != want {
		t.Errorf("explain = %q, want %q", fs[0].Explain, want)
	}
	if *fs[0].Observed != 60 || *fs[0].Limit != 80 {
		t.Errorf("observed %v, limit %v", *fs[0].Observed, *fs[0].Limit)
	}
}

func TestAnIdleResultIsJudgedAlikeAfterItWasStored(t *testing.T) {
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
	after, _ := idleJudge(FromResult(r))
	if before[0].Message != after[0].Message || before[0].Status != after[0].Status || before[0].Explain != after[0].Explain {
		t.Errorf("before: %+v\nafter: %+v", before[0], after[0])
	}
}

package judge

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// aResult is a stored look at five coordinators, all well.
func aResult(t *testing.T) scenarios.Result {
	t.Helper()
	m := scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 2, judgetest.Dealt([]int{8, 8, 8, 8, 8}, 0))}}
	m.Scenario.Target.Endpoints = []string{"impala.example.com"}
	m.Scenario.Load.Concurrency, m.Scenario.Load.Timeout = 16, scenarios.Duration(time.Second)
	m.Scenario.Thresholds = map[string][]string{"session.open{node=*}": {"max < 1s"}}
	var times scenarios.Times
	times.Record(5 * time.Millisecond)
	for i := range 2 {
		m.Tags = append(m.Tags, scenarios.TagTimes{Metric: "session.open", Tag: "node", Value: judgetest.NodeAddr(i).String(), Times: times})
	}
	r, err := scenarios.DecodeResult(stored(t, m))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRejudgeWith(t *testing.T) {
	t.Parallel()
	r := aResult(t)
	if r.Verdict != scenarios.StatusPass {
		t.Fatalf("the verdict is %s: %+v", r.Verdict, r.Findings)
	}
	for name, c := range map[string]struct {
		spoil func(*scenarios.Scenario)
		want  judgetest.Want
		exit  int
	}{
		"its own":                      {func(*scenarios.Scenario) {}, nil, scenarios.ExitPass},
		"fewer nodes":                  {func(s *scenarios.Scenario) { s.Expect.Nodes = 3 }, judgetest.Want{scenarios.DNSNodes: scenarios.StatusFail}, scenarios.ExitFail},
		"a limit on a tag it recorded": {func(s *scenarios.Scenario) { s.Thresholds = map[string][]string{"session.open{node=*}": {"max < 1ms"}} }, judgetest.Want{"threshold.session.open{node=*}: max < 1ms": scenarios.StatusFail}, scenarios.ExitFail},
		"a limit on another tag": {func(s *scenarios.Scenario) {
			s.Thresholds = map[string][]string{"session.open{coordinator=*}": {"max < 1h"}}
		},
			judgetest.Want{"threshold.session.open{coordinator=*}: max < 1h": scenarios.StatusInconclusive}, scenarios.ExitInconclusive},
		"what is open is to fail": {func(s *scenarios.Scenario) {
			s.Thresholds, s.Inconclusive = map[string][]string{"query": {"max < 1h"}}, scenarios.OnInconclusiveFail
		}, judgetest.Want{"threshold.query: max < 1h": scenarios.StatusInconclusive}, scenarios.ExitFail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			by := r.Scenario
			c.spoil(&by)
			got, err := RejudgeWith(r, by)
			if err != nil {
				t.Fatal(err)
			}
			judgetest.Check(t, got.Findings, c.want)
			judgetest.ProseOf(t, got.Findings, c.want.IDs()...)
			if got.Exit != c.exit {
				t.Errorf("exit %d, want %d", got.Exit, c.exit)
			}
			if diff := cmp.Diff(got.Findings, Rejudge(got).Findings); diff != "" {
				t.Errorf("judged again:\n%s", diff)
			}
			back, err := RejudgeWith(got, r.Scenario)
			if diff := cmp.Diff(r.Findings, back.Findings); diff != "" || err != nil || back.Exit != r.Exit || len(back.Unrecorded) != 0 {
				t.Errorf("by its own scenario again: %v\n%s", err, diff)
			}
		})
	}
}

func TestRejudgeWith_Refused(t *testing.T) {
	t.Parallel()
	r := aResult(t)
	for want, spoil := range map[string]func(*scenarios.Scenario){
		"a run of kind looks cannot be judged by a scenario of kind watch": func(s *scenarios.Scenario) { s.Kind = scenarios.KindWatch },
		"no session has TLS": func(s *scenarios.Scenario) { s.Thresholds = map[string][]string{"session.tls": {"max < 1s"}} },
		"weights":            func(s *scenarios.Scenario) { s.Expect.Balance.Weights = []float64{1} },
	} {
		by := r.Scenario
		spoil(&by)
		if _, err := RejudgeWith(r, by); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Under fails with %v, want %q", err, want)
		}
	}
}

func TestRejudge_Interrupted(t *testing.T) {
	t.Parallel()
	r := aResult(t)
	r.Stopped, r.Exit = &scenarios.Stop{By: scenarios.StopInterrupted, Text: "interrupted"}, 130
	if again := Rejudge(r); again.Exit != 130 || again.Verdict != scenarios.StatusInconclusive || again.Complete {
		t.Errorf("judged again: exit %d, %s, complete %v", again.Exit, again.Verdict, again.Complete)
	}
	got, err := RejudgeWith(r, r.Scenario)
	if err != nil || got.Exit != scenarios.ExitInconclusive {
		t.Errorf("exit %d, %v", got.Exit, err)
	}
	f := judgetest.Find(t, got.Findings, scenarios.ErrorsRate)[0]
	if f.Status != scenarios.StatusInconclusive {
		t.Errorf("errors.rate is %v", f.Status)
	}
	judgetest.Prose(t, f)
}

package judge

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// sec is a time of a watch.
func sec(s float64) *scenarios.Seconds {
	v := scenarios.Seconds(s)
	return &v
}

// steady is a watch of ten minutes at one session a second, over two healthy
// coordinators, five sessions long; change says what happened.
func steady(maxOutage time.Duration, command string, change func(*scenarios.Measured)) scenarios.Measured {
	e := scenarios.Measured{
		Scenario: scenarios.Scenario{Kind: scenarios.KindWatch, Watch: scenarios.WatchConfig{
			For: scenarios.Duration(10 * time.Minute), Long: 5, OnEvent: command, EventAfter: scenarios.Duration(10 * time.Second),
		}},
		Looks: []scenarios.Look{{Kind: scenarios.LookWhole, Planned: 605}},
		Watch: &scenarios.WatchSeen{For: 600, Sessions: 600, Coords: []scenarios.Appearance{
			{Name: judgetest.CoordName(0), Sessions: 300, First: 1, Last: 600, PIDs: []int32{7}},
			{Name: judgetest.CoordName(1), Sessions: 300, First: 2, Last: 599, PIDs: []int32{8}},
		}},
	}
	e.Scenario.Expect.MaxOutage = scenarios.Duration(maxOutage)
	for i := range 5 {
		e.Watch.Long = append(e.Watch.Long, scenarios.LongSession{Node: judgetest.NodeAddr(0).String(), Coordinator: judgetest.CoordName(i % 2), Outcome: scenarios.OutcomeOK})
	}
	if command != "" {
		e.Watch.Event, e.Watch.EventEnd = sec(12), sec(13)
	}
	if change != nil {
		change(&e)
	}
	return e
}

// failing has so many new sessions fail for a time, from a second after the command on.
func failing(n int, outage scenarios.Seconds, class string) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		w := e.Watch
		w.Errors, w.Outage, w.Noticed, w.FirstErr, w.LastErr = n, outage, sec(12.8), sec(12.6), sec(12.6+float64(outage)-.5)
		e.Looks[0].Errors = scenarios.MergeErrors(e.Looks[0].Errors, scenarios.ErrorGroup{Class: vocabtest.Class(class), Count: n, Example: "i/o", Hint: scenarios.Fixes{{Why: "a hint"}}})
	}
}

// losing has so many long sessions of a coordinator end.
func losing(n, coordinator int, cut scenarios.Cut, class string) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		for i := range e.Watch.Long {
			f := &e.Watch.Long[i]
			if n > 0 && f.Coordinator == judgetest.CoordName(coordinator) && f.Outcome == scenarios.OutcomeOK {
				n--
				f.Outcome, f.At, f.Cut, f.Class = scenarios.OutcomeFailed, 12.5, cut, vocabtest.Class(class)
				e.Looks[0].Errors = scenarios.MergeErrors(e.Looks[0].Errors, scenarios.ErrorGroup{Class: vocabtest.Class(class), Coordinator: f.Coordinator, Count: 1})
			}
		}
		e.Watch.Noticed = sec(12.5)
	}
}

// neverOpening has the first long sessions fail to open.
func neverOpening(n int, class string) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		for i := range n {
			l := &e.Watch.Long[i]
			l.Coordinator, l.Outcome, l.Class = "", scenarios.OutcomeUnknown, vocabtest.Class(class)
			e.Looks[0].Errors = scenarios.MergeErrors(e.Looks[0].Errors, scenarios.ErrorGroup{Class: l.Class, Count: 1, Hint: scenarios.Fixes{{Why: "a hint"}}})
		}
	}
}

// interrupted has the first long sessions end with the run.
func interrupted(n int) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		for i := range n {
			e.Watch.Long[i].Outcome = scenarios.OutcomeUnknown
		}
	}
}

func gone(back *scenarios.Seconds, peak float64, pids ...int32) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		c := &e.Watch.Coords[1]
		c.Gone, c.Back, c.Peak, c.PIDs = sec(12), back, peak, append(c.PIDs, pids...)
	}
}

func together(changes ...func(*scenarios.Measured)) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		for _, change := range changes {
			change(e)
		}
	}
}

func cutAt(s scenarios.Seconds) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		e.Looks[0].Cut, e.Watch.For = true, s
		if s < 10 {
			e.Watch.Event, e.Watch.EventEnd = nil, nil
		}
	}
}

func neverStarted(e *scenarios.Measured) { e.Watch.Event, e.Watch.EventEnd = nil, nil }

func commandFails(e *scenarios.Measured) { e.Watch.EventText = "exit status 1" }

func TestWatch(t *testing.T) {
	t.Parallel()
	const restart = "ssh coord-1 restart"
	for name, c := range map[string]struct {
		e      scenarios.Measured
		status scenarios.Status
	}{
		"nothing was done, and nothing happened":                 {steady(0, "", nil), scenarios.StatusPass},
		"a command that nobody noticed":                          {steady(0, restart, nil), scenarios.StatusPass},
		"a drain that costs nothing":                             {steady(0, "", gone(sec(64), .4)), scenarios.StatusPass},
		"one session fails":                                      {steady(0, restart, failing(1, .5, "open.eof")), scenarios.StatusFail},
		"a kill":                                                 {steady(0, restart, together(failing(8, 4, "open.eof"), losing(2, 1, scenarios.CutRST, "execute.reset"), gone(sec(64), 1, 9))), scenarios.StatusFail},
		"a kill within what is allowed":                          {steady(5*time.Second, restart, failing(8, 4, "open.eof")), scenarios.StatusPass},
		"a kill for just as long as is allowed":                  {steady(4*time.Second, restart, failing(8, 4, "open.eof")), scenarios.StatusPass},
		"a kill beyond what is allowed":                          {steady(3*time.Second, restart, failing(12, 4, "tcp.timeout")), scenarios.StatusFail},
		"a drain that the balancer does not know of":             {steady(0, "", failing(30, 60, "open.shutting-down")), scenarios.StatusFail},
		"something of its own kind":                              {steady(0, "", failing(2, 1, "open.session-limit")), scenarios.StatusFail},
		"long sessions are lost and no new one fails":            {steady(0, restart, losing(3, 0, scenarios.CutFIN, "execute.eof")), scenarios.StatusPass},
		"long sessions are lost on two coordinators":             {steady(0, restart, together(losing(1, 1, scenarios.CutSilent, "execute.timeout"), losing(1, 0, scenarios.CutFIN, "execute.eof"))), scenarios.StatusPass},
		"long sessions do not open":                              {steady(0, restart, neverOpening(2, "open.reset")), scenarios.StatusFail},
		"long sessions do not open, and others may fail":         {steady(5*time.Second, restart, neverOpening(2, "open.reset")), scenarios.StatusPass},
		"long sessions end with the run":                         {steady(0, restart, interrupted(2)), scenarios.StatusPass},
		"one long session ends with the run":                     {steady(0, restart, interrupted(1)), scenarios.StatusPass},
		"a long session does not open, and a new one fails":      {steady(0, restart, together(neverOpening(1, "open.timeout"), interrupted(1), failing(1, .5, "open.eof"))), scenarios.StatusFail},
		"it failed before the command":                           {steady(0, restart, together(failing(1, .5, "open.eof"), func(e *scenarios.Measured) { e.Watch.Noticed = sec(5) })), scenarios.StatusFail},
		"a restart too short to be missed":                       {steady(0, restart, func(e *scenarios.Measured) { e.Watch.Coords[1].PIDs = []int32{8, 9} }), scenarios.StatusPass},
		"the command failed and nothing happened":                {steady(0, restart, commandFails), scenarios.StatusInconclusive},
		"the command failed and a coordinator went nevertheless": {steady(0, restart, together(commandFails, gone(nil, 0))), scenarios.StatusPass},
		"the command failed and sessions too":                    {steady(0, restart, together(commandFails, failing(1, .5, "open.eof"))), scenarios.StatusFail},
		"cut before the command":                                 {steady(0, restart, cutAt(9)), scenarios.StatusInconclusive},
		"cut when the command was due":                           {steady(0, restart, together(cutAt(10), neverStarted)), scenarios.StatusInconclusive},
		"cut before the operator was to act":                     {steady(0, "", cutAt(9)), scenarios.StatusInconclusive},
		"cut by the operator who has seen enough":                {steady(0, "", together(gone(sec(64), .2), cutAt(100))), scenarios.StatusPass},
		"cut while sessions fail":                                {steady(time.Minute, "", together(failing(2, .5, "sasl.rejected"), cutAt(20))), scenarios.StatusInconclusive},
		"nothing was watched":                                    {scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindWatch}}, scenarios.StatusInconclusive},
		"every certificate was refused":                          {scenarios.Measured{Looks: []scenarios.Look{{Refused: 1}}, Watch: &scenarios.WatchSeen{}}, scenarios.StatusSkipped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fs, next := watchJudge(c.e)
			if len(fs) != 1 || next.Sessions != 0 {
				t.Fatalf("findings = %+v, next = %+v", fs, next)
			}
			f := fs[0]
			if f.ID != scenarios.WatchOutage || f.Status != c.status {
				t.Errorf("%s %s, want %s: %q", f.ID, f.Status, c.status, f.Message)
			}
			judgetest.Prose(t, f)
		})
	}
}

// Where sessions were lost is said in one order, whichever was opened first.
func TestWatch_LostSessionsAreNamedInOrder(t *testing.T) {
	t.Parallel()
	e := steady(0, "", together(losing(1, 0, scenarios.CutFIN, "execute.eof"), losing(1, 1, scenarios.CutFIN, "execute.eof")))
	slices.Reverse(e.Watch.Long)
	fs, _ := watchJudge(e)
	if want := "on " + judgetest.CoordName(0) + " and " + judgetest.CoordName(1); !strings.Contains(fs[0].Message, want) {
		t.Errorf("%q does not have %q", fs[0].Message, want)
	}
}

func TestWatch_Explain(t *testing.T) {
	t.Parallel()
	fs, _ := watchJudge(steady(0, "restart", together(failing(8, 4, "open.eof"), losing(1, 1, scenarios.CutRST, "execute.reset"))))
	judgetest.Prose(t, fs[0])
	if *fs[0].Observed != 4 || *fs[0].Limit != 0 {
		t.Errorf("observed %v, limit %v", *fs[0].Observed, *fs[0].Limit)
	}
}

func TestWatch_Bounded(t *testing.T) {
	t.Parallel()
	fs, _ := watchJudge(steady(0, "", func(e *scenarios.Measured) {
		for i := range 300 {
			e.Watch.Coords = append(e.Watch.Coords, scenarios.Appearance{Name: fmt.Sprint("c", i), Gone: sec(5)})
		}
	}))
	if f := fs[0]; !strings.HasSuffix(f.Message, "and 292 more") || !strings.HasSuffix(f.Explain, "and 263 more") {
		t.Errorf("message = %q\nexplain = %q", f.Message, f.Explain)
	}
}

func TestWatch_Stored(t *testing.T) {
	t.Parallel()
	e := steady(0, "restart", together(failing(8, 4, "open.eof"), losing(2, 1, scenarios.CutRST, "execute.reset"), gone(sec(64), 1, 9)))
	b, err := json.Marshal(scenarios.Result{Measured: scenarios.Measured{Scenario: e.Scenario, Watch: e.Watch, Looks: e.Looks}})
	if err != nil {
		t.Fatal(err)
	}
	var r scenarios.Result
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	before, _ := watchJudge(e)
	after, _ := watchJudge(r.Measured)
	if before[0].Message != after[0].Message || before[0].Status != after[0].Status || before[0].Explain != after[0].Explain {
		t.Errorf("before: %+v\nafter: %+v", before[0], after[0])
	}
}

package judge

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// reused is a run of kind handle-reuse with so many declared coordinators.
func reused(declared int, handles ...scenarios.HandleTally) scenarios.Measured {
	e := scenarios.Measured{Handles: handles, Scenario: scenarios.Default()}
	e.Scenario.Kind = scenarios.KindHandleReuse
	e.Scenario.Expect.Coordinators.Count = declared
	return e
}

func TestHandles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		e      scenarios.Measured
		status scenarios.Status
		says   string
	}{
		"some met another coordinator": {reused(5, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 6}, scenarios.HandleTally{Opened: "a", Answered: "b", Foreign: 14}),
			scenarios.StatusFail, "14 of 20 sessions were unknown to the coordinator that another connection reached: the balancer chooses a coordinator anew for each connection"},
		"one is enough": {reused(2, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 19}, scenarios.HandleTally{Opened: "a", Answered: "b", Foreign: 1}),
			scenarios.StatusFail, "1 of 20 sessions was unknown"},
		"each node for itself": {reused(2, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 10}, scenarios.HandleTally{Opened: "a", Answered: "b", OtherNode: true, Foreign: 10}),
			scenarios.StatusFail, "all of them over another node of the balancer, none of 10 over the same"},
		"all reached": {reused(0, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 10}, scenarios.HandleTally{Opened: "b", Answered: "b", Reached: 10}),
			scenarios.StatusPass, "another connection reached each of 20 sessions"},
		"all reached, of one of five": {reused(5, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 20}),
			scenarios.StatusPass, "another connection reached each of 20 sessions"},
		"one coordinator": {reused(1, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 20}),
			scenarios.StatusInconclusive, "but a answered all: without another coordinator nothing can be told"},
		"nobody knows how many": {reused(0, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 20}),
			scenarios.StatusInconclusive, "but a answered all"},
		"nobody says who": {reused(0, scenarios.HandleTally{Reached: 20}),
			scenarios.StatusInconclusive, "nobody said which coordinator answers"},
		"too few": {reused(2, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 3}),
			scenarios.StatusInconclusive, "which a balancer without persistence does as well in 12"},
		"no answer that tells": {reused(2, scenarios.HandleTally{Opened: "a", Unknown: 3}),
			scenarios.StatusInconclusive, "of none of 3 sessions it is known"},
		"nothing": {reused(2), scenarios.StatusInconclusive, "no session"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, _ := handlesJudge(c.e)
			if f := found[0]; f.ID != scenarios.AffinityHandles || f.Status != c.status || !strings.Contains(f.Message, c.says) {
				t.Errorf("%s, %q; want %s, %q", f.Status, f.Message, c.status, c.says)
			}
		})
	}
}

// How many coordinators there are is asked of who has not said it.
func TestHandles_AsksForTheNumberOfCoordinators(t *testing.T) {
	t.Parallel()
	for declared, want := range map[int]bool{0: true, 1: false} {
		found, _ := handlesJudge(reused(declared, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 20}))
		if fix := found[0].Fix; (len(fix) > 0) != want || want && fix[0].Setting != "expect.coordinators" {
			t.Errorf("%d declared: %+v", declared, fix)
		}
	}
}

// A client has its cookies for a connection, and loses them with it.
func TestHandles_CookiesAreNoRemedy(t *testing.T) {
	t.Parallel()
	e := reused(2, scenarios.HandleTally{Opened: "a", Answered: "b", Foreign: 20})
	e.Scenario.Target.Protocol = scenarios.ProtocolHS2HTTP
	found, _ := handlesJudge(e)
	for _, fix := range found[0].Fix {
		if strings.Contains(fix.Why, "cookie") || !strings.Contains(fix.Why, "client address") {
			t.Errorf("fix %+v", fix)
		}
	}
	if len(found[0].Fix) == 0 {
		t.Error("nothing to do")
	}
}

func TestHandles_AskForAsManyAsItTakes(t *testing.T) {
	t.Parallel()
	found, _ := handlesJudge(reused(2, scenarios.HandleTally{Opened: "a", Answered: "a", Reached: 3}))
	if fix := found[0].Fix; len(fix) != 1 || fix[0].Setting != "reuse.handles" || fix[0].Value != "10" {
		t.Errorf("fix %+v", fix)
	}
}

// overHTTP is a run of looks of which so many sessions were good and so many met another
// coordinator.
func overHTTP(ok, foreign int) scenarios.Measured {
	node1 := netip.MustParseAddrPort("127.0.0.2:28000")
	e := scenarios.Measured{Scenario: scenarios.Default()}
	e.Scenario.Target.Protocol = scenarios.ProtocolHS2HTTP
	look := scenarios.Look{}
	for range ok {
		look.Tally.Add(node1, "a", scenarios.OutcomeOK)
	}
	for range foreign {
		look.Tally.Add(node1, "a", scenarios.OutcomeFailed)
	}
	if foreign > 0 {
		look.Errors = []scenarios.ErrorGroup{{Class: vocab.Class{Phase: vocab.PhaseExecute, Kind: vocab.KindForeignHandle}, Coordinator: "a", Count: foreign, Example: "Invalid session id"}}
	}
	e.Looks = []scenarios.Look{look}
	return e
}

func TestCalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		e      scenarios.Measured
		status scenarios.Status
		says   string
	}{
		"all at home":      {overHTTP(40, 0), scenarios.StatusPass, "every call of 40 sessions reached the coordinator that opened the session"},
		"some went astray": {overHTTP(10, 30), scenarios.StatusFail, "in 30 of 40 sessions a call was answered by another coordinator"},
		"nothing to go by": {overHTTP(0, 0), scenarios.StatusInconclusive, "no session"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, _ := callsJudge(c.e)
			if f := found[0]; f.ID != scenarios.AffinityCalls || f.Status != c.status || !strings.Contains(f.Message, c.says) {
				t.Errorf("%s, %q; want %s, %q", f.Status, f.Message, c.status, c.says)
			}
		})
	}
	strayed := overHTTP(30, 0)
	strayed.Sessions.Scout = 2
	strayed.Closes = []scenarios.CloseTally{
		{Coordinator: "a", Closes: 20, Failed: 2, Class: vocab.Class{Phase: vocab.PhaseClose, Kind: vocab.KindForeignHandle}, Example: "Invalid session id"},
		{Coordinator: "b", Closes: 12, Failed: 1, Class: vocab.Class{Phase: vocab.PhaseClose, Kind: vocab.KindTimeout}},
	}
	if found, _ := callsJudge(strayed); found[0].Status != scenarios.StatusFail || !strings.Contains(found[0].Message, "in 2 of 32 sessions a call was answered by another") {
		t.Errorf("closes that reached another coordinator: %+v", found[0])
	}
	if found, _ := closesJudge(strayed); !strings.Contains(found[0].Fix[0].Why, "persistence") {
		t.Errorf("what to do about them: %+v", found[0].Fix)
	}
	again := overHTTP(40, 0)
	again.HTTP = &scenarios.HTTPCounts{Requests: 320, Connections: 40, Reauthentications: 3}
	if found, _ := callsJudge(again); !strings.Contains(found[0].Note, "3 calls were sent once more") || !strings.Contains(found[0].Explain, "320 requests over 40 connections") {
		t.Errorf("%+v", found[0])
	}
	binary := overHTTP(40, 0)
	binary.Scenario.Target.Protocol = scenarios.ProtocolHS2
	if found, _ := callsJudge(binary); len(found) != 0 {
		t.Errorf("a session over one connection has calls to judge: %+v", found)
	}
}

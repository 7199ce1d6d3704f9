package judge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// kept is a run that held so many on each of its coordinators. change may be nil.
func kept(target int, held []int, change func(*scenarios.Measured)) scenarios.Measured {
	c := scenarios.Capacity{Target: target, For: 600}
	look := scenarios.Look{Kind: scenarios.LookWhole, Planned: target}
	for i, n := range held {
		c.Held += n
		c.Holders = append(c.Holders, scenarios.Holder{Name: judgetest.CoordName(i), Held: n})
		for range n {
			o := judgetest.Observed(judgetest.NodeAddr(0), i)
			o.Part = scenarios.PartHeld
			look.Add(o)
		}
	}
	c.Survived = c.Held
	e := scenarios.Measured{Scenario: judgetest.Declared(len(held)), Looks: []scenarios.Look{look}, Capacity: &c}
	e.Scenario.Kind = scenarios.KindCapacity
	e.Scenario.Capacity = scenarios.CapacityConfig{Hold: target, UntilFull: target == 0}
	if change != nil {
		change(&e)
	}
	return e
}

// stall lets so many sessions wait in vain.
func stall(n int, in scenarios.Phase) func(*scenarios.Measured) {
	return fails(n, in, in.String()+".timeout")
}

func fails(n int, in scenarios.Phase, class string) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		for range n {
			o := judgetest.Observed(judgetest.NodeAddr(0), -1)
			o.Failed, o.Class = in, vocabtest.Class(class)
			e.Looks[0].Add(o)
		}
		e.Capacity.StoppedBy, e.Capacity.Phase = vocabtest.Class(class), in.String()
	}
}

func policy(p scenarios.Policy) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) { e.Scenario.Expect.Balance.Policy = p }
}

func threadsDeclared(n int) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) { e.Scenario.Capacity.Threads = n }
}

func entered(e *scenarios.Measured) { e.Capacity.Entered = true }

// during are pages of coordinators with so many threads and so many in use.
func during(threads int, inUse ...int) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		for i, n := range inUse {
			e.Pages = append(e.Pages, scenarios.Page{Coordinator: judgetest.CoordName(i), When: scenarios.PageDuring, Threads: threads, InUse: &n})
		}
	}
}

func both(changes ...func(*scenarios.Measured)) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		for _, change := range changes {
			change(e)
		}
	}
}

func lasted(s scenarios.Seconds) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) { e.Capacity.For = s }
}

func TestCapacity(t *testing.T) {
	t.Parallel()
	ten := []int{58, 31, 39, 40, 41, 42, 36, 38, 37, 38}
	eights := []int{8, 8, 8}
	logins := func(e *scenarios.Measured) {
		e.Load = &scenarios.LoadStats{}
		e.Load.Login.Record(400 * time.Millisecond)
	}
	for name, tc := range map[string]struct {
		e    scenarios.Measured
		want scenarios.Status
	}{
		"all that were asked for": {
			kept(400, ten, logins), scenarios.StatusPass,
		},
		"all, and enough for the loss of one": {
			kept(300, slicesOf(10, 30), threadsDeclared(64)), scenarios.StatusPass,
		},
		"all, by luck": {
			kept(500, dealt(10, 500), threadsDeclared(64)), scenarios.StatusPass,
		},
		"all, and so evenly that it is no luck": {
			kept(500, slicesOf(10, 50), threadsDeclared(64)), scenarios.StatusPass,
		},
		"all, where a balancer's limit was not reached": {
			kept(20, slicesOf(4, 5), both(threadsDeclared(8), policy(scenarios.PolicyRoundRobin))), scenarios.StatusPass,
		},
		"all, where one has more than its share": {
			kept(60, []int{40, 10, 10}, both(threadsDeclared(64), policy(scenarios.PolicyRoundRobin))), scenarios.StatusPass,
		},
		"until one of four is full": {
			kept(0, []int{64, 0, 0, 0}, both(stall(1, scenarios.PhaseOpen), threadsDeclared(64), lasted(0))), scenarios.StatusPass,
		},
		"until one is full before its time": {
			kept(0, []int{8, 4, 4, 4}, both(stall(1, scenarios.PhaseOpen), threadsDeclared(8), policy(scenarios.PolicyRoundRobin), lasted(0))), scenarios.StatusPass,
		},
		"until all of five are full": {
			kept(0, slicesOf(5, 64), both(stall(1, scenarios.PhaseOpen), threadsDeclared(64), entered, lasted(0))), scenarios.StatusPass,
		},
		"more than were declared": {
			kept(40, []int{10, 10, 10, 10}, both(threadsDeclared(64), func(e *scenarios.Measured) { e.Scenario.Expect.Coordinators = scenarios.ExpectCoordinators{Count: 3} })), scenarios.StatusPass,
		},
		"all, by connections": {
			kept(500, slicesOf(10, 50), both(threadsDeclared(64), policy(scenarios.PolicyLeastConn))), scenarios.StatusPass,
		},
		"all, on the only coordinator": {
			kept(40, []int{40}, threadsDeclared(64)), scenarios.StatusPass,
		},
		"all, where one of the coordinators had none": {
			kept(60, []int{30, 30, 0}, policy(scenarios.PolicyLeastConn)), scenarios.StatusPass,
		},
		"more on one than it is said to have threads": {
			kept(18, []int{9, 9}, threadsDeclared(8)), scenarios.StatusPass,
		},
		"until full": {
			kept(0, eights, both(stall(1, scenarios.PhaseOpen), policy(scenarios.PolicyLeastConn), entered, lasted(0))), scenarios.StatusPass,
		},
		"until full, and the threads are known": {
			kept(0, eights, both(stall(1, scenarios.PhaseOpen), policy(scenarios.PolicyLeastConn), threadsDeclared(8), lasted(0))), scenarios.StatusPass,
		},
		"until a balancer is full, and the threads are known": {
			kept(0, eights, both(stall(1, scenarios.PhaseOpen), policy(scenarios.PolicyLeastConn), threadsDeclared(64), lasted(0))), scenarios.StatusPass,
		},
		"until a balancer is full, and the pages say so": {
			kept(0, eights, both(stall(1, scenarios.PhaseOpen), during(64, 9, 9, 9), lasted(0))), scenarios.StatusPass,
		},
		"until a connection is not accepted": {
			kept(0, eights, both(stall(1, scenarios.PhaseTCP), lasted(0))), scenarios.StatusPass,
		},
		"until full, up to a number": {
			kept(0, eights, both(lasted(60), func(e *scenarios.Measured) { e.Capacity.Target, e.Scenario.Capacity.Hold = 24, 24 })), scenarios.StatusPass,
		},
		"until full, before a number": {
			kept(0, eights, both(stall(1, scenarios.PhaseOpen), threadsDeclared(8), lasted(0), func(e *scenarios.Measured) { e.Capacity.Target, e.Scenario.Capacity.Hold = 40, 40 })), scenarios.StatusPass,
		},
		"until full, and nothing says why it ended": {
			kept(0, eights, nil), scenarios.StatusInconclusive,
		},
		"until one hangs": {
			kept(0, []int{2, 0, 2}, stall(1, scenarios.PhaseOpen)), scenarios.StatusInconclusive,
		},
		"not all, and the threads are known": {
			kept(40, eights, both(stall(16, scenarios.PhaseOpen), policy(scenarios.PolicyLeastConn), threadsDeclared(8))), scenarios.StatusFail,
		},
		"not all, and nobody knows why": {
			kept(40, eights, both(stall(16, scenarios.PhaseOpen), policy(scenarios.PolicyLeastConn))), scenarios.StatusFail,
		},
		"not all, for the balancer": {
			kept(40, eights, both(stall(1, scenarios.PhaseOpen), during(64, 8, 8, 8))), scenarios.StatusFail,
		},
		"not one": {
			kept(40, nil, stall(1, scenarios.PhaseOpen)), scenarios.StatusFail,
		},
		"not one, until full": {
			kept(0, nil, stall(1, scenarios.PhaseOpen)), scenarios.StatusFail,
		},
		"some were cut": {
			kept(24, eights, func(e *scenarios.Measured) { e.Capacity.Lost, e.Capacity.Survived = 2, 22 }), scenarios.StatusFail,
		},
		"one did not say who it is": {
			kept(40, eights, fails(1, scenarios.PhaseExecute, "execute.timeout")), scenarios.StatusFail,
		},
		"some were closed": {
			kept(40, eights, both(fails(2, scenarios.PhaseOpen, "open.eof"), threadsDeclared(64))), scenarios.StatusFail,
		},
		"one was turned away": {
			kept(40, eights, fails(1, scenarios.PhaseOpen, "open.shutting-down")), scenarios.StatusFail,
		},
		"one failed, and the others made the number": {
			kept(24, eights, both(fails(1, scenarios.PhaseSASL, "sasl.reset"), func(e *scenarios.Measured) { e.Capacity.StoppedBy = scenarios.Class{} })), scenarios.StatusFail,
		},
		"only a class says what failed": {
			kept(40, eights, func(e *scenarios.Measured) { e.Capacity.StoppedBy = vocabtest.Class("sasl.rejected") }), scenarios.StatusFail,
		},
		"this machine had no port left": {
			kept(40, eights, fails(1, scenarios.PhaseTCP, "tcp.local-ports")), scenarios.StatusInconclusive,
		},
		"cut short": {
			kept(40, eights, func(e *scenarios.Measured) { e.Looks[0].Cut = true }), scenarios.StatusInconclusive,
		},
		"not all were asked": {
			kept(24, eights, func(e *scenarios.Measured) { e.Capacity.Survived = 20 }), scenarios.StatusInconclusive,
		},
		"nothing says why not more": {
			kept(40, eights, nil), scenarios.StatusInconclusive,
		},
		"nobody said who he is": {
			kept(24, nil, func(e *scenarios.Measured) {
				e.Capacity.Held, e.Capacity.Survived, e.Capacity.Holders = 24, 24, []scenarios.Holder{{Held: 24}}
			}), scenarios.StatusPass,
		},
		"nothing was measured": {
			scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindCapacity}}, scenarios.StatusInconclusive,
		},
		"every certificate was refused": {
			scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindCapacity}, Looks: []scenarios.Look{{Cut: true, Refused: 2}}}, scenarios.StatusSkipped,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := judgetest.Find(t, decide(tc.e).Findings, scenarios.CapacityHeld)[0]
			if f.Status != tc.want {
				t.Errorf("%v, want %v: %s", f.Status, tc.want, f.Message)
			}
			judgetest.Prose(t, f)
		})
	}
}

// dealt is n sessions on an even number of coordinators, spread as chance spreads them.
func dealt(k, n int) []int {
	out := slicesOf(k, n/k)
	for i := range out {
		out[i] += []int{1, -1}[i%2] * (n / k / 5)
	}
	return out
}

// slicesOf is k coordinators with n sessions each.
func slicesOf(k, n int) []int {
	out := make([]int, k)
	for i := range out {
		out[i] = n
	}
	return out
}

func TestCapacity_Numbers(t *testing.T) {
	t.Parallel()
	f := judgetest.Find(t, decide(kept(40, []int{8, 8, 8}, stall(1, scenarios.PhaseOpen))).Findings, scenarios.CapacityHeld)[0]
	if got := fmt.Sprint(*f.Observed, *f.Expected, *f.Limit); got != "24 40 40" {
		t.Errorf("observed, expected and limit are %s", got)
	}
	f = judgetest.Find(t, decide(kept(0, []int{8, 8, 8}, stall(1, scenarios.PhaseOpen))).Findings, scenarios.CapacityHeld)[0]
	if *f.Observed != 24 || *f.Expected != 24 || f.Limit != nil {
		t.Errorf("observed %v, expected %v, limit %v", *f.Observed, *f.Expected, f.Limit)
	}
}

func TestCapacity_Completed(t *testing.T) {
	t.Parallel()
	eights := []int{8, 8, 8}
	full := stall(1, scenarios.PhaseOpen)
	for name, tc := range map[string]struct {
		e    scenarios.Measured
		want string // threads, how that is known, what was full
	}{
		"assumed":                               {kept(24, eights, nil), "64 assumed"},
		"assumed, and it must be more":          {kept(140, []int{70, 70}, nil), "70 assumed"},
		"declared":                              {kept(24, eights, threadsDeclared(12)), "12 declared"},
		"of the pages the fewest":               {kept(24, eights, both(during(64, 8), during(32, 8))), "32 pages"},
		"declared goes before pages":            {kept(24, eights, both(during(64, 8, 8, 8), threadsDeclared(12))), "12 declared"},
		"measured":                              {kept(0, eights, full), "8 measured"},
		"measured, with sessions of others":     {kept(0, eights, both(full, during(0, 12, 9, 9))), "12 measured"},
		"not measured where one hangs":          {kept(0, []int{2, 0, 2}, full), "64 assumed"},
		"measured where one is unused for good": {kept(0, []int{8, 0, 8}, both(full, entered)), "8 measured"},
		"not measured where it is the balancer": {kept(0, eights, stall(1, scenarios.PhaseTCP)), "64 assumed balancer"},
		"a handshake without answer tells none": {kept(0, eights, stall(1, scenarios.PhaseTLS)), "8 measured"},
		"full as declared":                      {kept(0, eights, both(full, threadsDeclared(8))), "8 declared coordinators"},
		"hardly less than declared tells none":  {kept(0, slicesOf(3, 60), both(full, threadsDeclared(64))), "64 declared"},
		"clearly less than declared":            {kept(0, eights, both(full, threadsDeclared(64))), "64 declared balancer"},
		"one page is full":                      {kept(0, eights, both(full, during(16, 10, 16, 9))), "16 pages coordinators"},
		"every page has room":                   {kept(0, eights, both(full, during(16, 10, 10, 9))), "16 pages balancer"},
		"a page is missing":                     {kept(0, eights, both(full, during(16, 10, 10))), "16 pages"},
		"where they were is not known": {kept(0, eights, both(full, threadsDeclared(16), func(e *scenarios.Measured) { e.Capacity.Holders[2].Name = "" })),
			"16 declared"},
		"by address": {kept(100, []int{100, 0}, policy(scenarios.PolicySource)), "100 assumed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := *tc.e.Capacity
			c := decide(tc.e).Capacity
			if got := strings.TrimSpace(fmt.Sprint(c.Threads, " ", c.From, " ", c.Cause)); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
			if fmt.Sprint(before) != fmt.Sprint(*tc.e.Capacity) {
				t.Error("the evidence was changed")
			}
			tc.e.Capacity = c // a stored run reads the same
			if again := decide(tc.e).Capacity; fmt.Sprint(again) != fmt.Sprint(c) {
				t.Errorf("judged again it is %+v, was %+v", *again, *c)
			}
		})
	}
	if c := decide(scenarios.Measured{}).Capacity; c != nil {
		t.Errorf("no capacity became %+v", *c)
	}
}

func TestCapacity_NamesANodeThatIsNotThere(t *testing.T) {
	t.Parallel()
	e := kept(10, []int{1}, nil)
	o := judgetest.Observed(judgetest.NodeAddr(1), -1)
	o.Failed, o.Class = scenarios.PhaseTCP, vocabtest.Class("tcp.refused")
	e.Looks[0].Add(o)
	e.Capacity.StoppedBy, e.Capacity.Phase = o.Class, o.Failed.String()
	e.Scouts = []scenarios.Scout{
		{Address: judgetest.NodeAddr(1), Attempts: 3, Outcome: scenarios.OutcomeFailed, Class: o.Class},
		{Address: judgetest.NodeAddr(0), Attempts: 1, Outcome: scenarios.OutcomeOK},
	}
	f := judgetest.Find(t, decide(e).Findings, scenarios.CapacityHeld)[0]
	if node := judgetest.NodeAddr(1).String(); !strings.Contains(f.Message, "to "+node+" failed") || strings.Contains(f.Message, "a coordinator that is gone") {
		t.Errorf("it does not name %s: %s", node, f.Message)
	}
}

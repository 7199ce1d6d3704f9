package judge

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
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

// What follows for any number of sessions is the arithmetic of ceiling.go.
func TestCapacity_Ceilings(t *testing.T) {
	t.Parallel()
	nobodySaid := func(e *scenarios.Measured) { e.Scenario.Expect.Coordinators = scenarios.ExpectCoordinators{} }
	weights := func(e *scenarios.Measured) { e.Scenario.Expect.Balance.Weights = []float64{2, 1, 1} }
	for name, tc := range map[string]struct {
		e    scenarios.Measured
		want sizing.Ceiling
	}{
		"by chance":                   {kept(24, []int{8, 8, 8}, nil), sizing.Ceilings(scenarios.PolicyRandom, 3, 64)},
		"evenly":                      {kept(24, []int{8, 8, 8}, policy(scenarios.PolicyLeastConn)), sizing.Ceiling{Nominal: 192, NominalOneDown: 128, Safe: 192, SafeOneDown: 128}},
		"by address":                  {kept(24, []int{8, 8, 8}, policy(scenarios.PolicySource)), sizing.Ceiling{Nominal: 192, NominalOneDown: 128, Safe: 64, SafeOneDown: 64}},
		"those that are expected":     {kept(24, []int{24, 0, 0}, policy(scenarios.PolicySource)), sizing.Ceilings(scenarios.PolicySource, 3, 64)},
		"those that held something":   {kept(24, []int{12, 12, 0}, nobodySaid), sizing.Ceilings(scenarios.PolicyRandom, 2, 64)},
		"nobody":                      {kept(24, nil, nil), sizing.Ceiling{}},
		"weighed, evenly":             {kept(24, []int{8, 8, 8}, both(policy(scenarios.PolicyLeastConn), weights)), sizing.Ceiling{Nominal: 192, NominalOneDown: 128, Safe: 128, SafeOneDown: 96}},
		"weights that nobody can lay": {kept(16, []int{8, 8}, weights), sizing.Ceilings(scenarios.PolicyRandom, 2, 64)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := decide(tc.e).Capacity
			if got := (sizing.Ceiling{Nominal: c.Nominal, NominalOneDown: c.NominalOneDown, Safe: c.Safe, SafeOneDown: c.SafeOneDown}); got != tc.want {
				t.Errorf("got %+v, want %+v", got, tc.want)
			}
		})
	}
}

// A figure of the model is said only where what was seen bears it out.
func TestCapacity_SaysNoFigureThatTheRunRefutes(t *testing.T) {
	t.Parallel()
	full := stall(1, scenarios.PhaseOpen)
	for name, tc := range map[string]struct {
		e             scenarios.Measured
		safe, oneDown int // 0: not said
	}{
		"a limit of the balancer for all":   {kept(0, slicesOf(4, 5), both(full, threadsDeclared(8), policy(scenarios.PolicyRoundRobin), lasted(0))), 0, 0},
		"the same, of a goal":               {kept(40, slicesOf(4, 5), both(full, threadsDeclared(8))), 0, 0},
		"a connection that is not accepted": {kept(0, slicesOf(4, 5), both(stall(1, scenarios.PhaseTCP), threadsDeclared(8), lasted(0))), 0, 0},
		"one of four":                       {kept(0, []int{64, 0, 0, 0}, both(full, threadsDeclared(64), lasted(0))), 0, 0},
		"one of four, all that was wanted":  {kept(40, []int{40, 0, 0, 0}, threadsDeclared(64)), 0, 0},
		"one of four, by address":           {kept(0, []int{64, 0, 0, 0}, both(full, threadsDeclared(64), policy(scenarios.PolicySource), lasted(0))), 64, 64},
		"few beside what would fit":         {kept(0, []int{1, 2, 4, 3}, both(full, during(64, 64, 64, 64, 64), lasted(0))), 0, 0},
		"one full, the others not":          {kept(0, []int{8, 4, 4, 4}, both(full, threadsDeclared(8), policy(scenarios.PolicyLeastConn), lasted(0))), 0, 0},
		"one with too many":                 {kept(60, []int{40, 10, 10}, threadsDeclared(64)), 0, 0},
		"one was turned away":               {kept(40, slicesOf(4, 5), fails(1, scenarios.PhaseOpen, "open.shutting-down")), 0, 0},
		"some were cut":                     {kept(24, slicesOf(3, 8), func(e *scenarios.Measured) { e.Capacity.Lost, e.Capacity.Survived = 2, 22 }), 0, 0},
		"no port left on this machine":      {kept(40, slicesOf(3, 8), fails(1, scenarios.PhaseTCP, "tcp.local-ports")), 0, 0},
		"others answered":                   {kept(20, slicesOf(4, 5), both(threadsDeclared(8), policy(scenarios.PolicyLeastConn), answersAs("coord-9:25000", 4))), 0, 0},

		"all, full":                       {kept(0, slicesOf(4, 8), both(full, threadsDeclared(8), policy(scenarios.PolicyLeastConn), lasted(0))), 32, 24},
		"all, full, with one of others":   {kept(0, []int{8, 8, 8, 7}, both(full, threadsDeclared(8), policy(scenarios.PolicyLeastConn), lasted(0))), 32, 24},
		"all, full, and evenly":           {kept(0, slicesOf(5, 64), both(full, threadsDeclared(64), lasted(0))), 320, 256},
		"all that were wanted":            {kept(20, slicesOf(4, 5), both(threadsDeclared(8), policy(scenarios.PolicyRoundRobin))), 32, 24},
		"all that were wanted, by chance": {kept(16, []int{6, 2, 5, 3}, threadsDeclared(64)), sizing.Ceilings(scenarios.PolicyRandom, 4, 64).Safe, sizing.Ceilings(scenarios.PolicyRandom, 4, 64).SafeOneDown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := decide(tc.e)
			c := j.Capacity
			if c.Safe != tc.safe || c.SafeOneDown != tc.oneDown || c.Nominal == 0 != (tc.safe == 0) || c.NominalOneDown == 0 != (tc.safe == 0) {
				t.Errorf("%d fit, %d with one down, want %d and %d; nominal %d and %d", c.Safe, c.SafeOneDown, tc.safe, tc.oneDown, c.Nominal, c.NominalOneDown)
			}
			f := judgetest.Find(t, j.Findings, scenarios.CapacityHeld)[0]
			if said := strings.Contains(f.Message+f.Note, " (limit ") || strings.Contains(f.Message, "limit with one down: "); said != (tc.safe > 0) || (f.Explain != "") != said {
				t.Errorf("%s\nexplain: %s", f.Message, f.Explain)
			}
			if tc.safe == 0 && c.MoreCoord+c.MoreThr > 0 {
				t.Errorf("add %d coordinators or %d threads", c.MoreCoord, c.MoreThr)
			}
		})
	}
}

// answersAs has the coordinator that is declared as the i-th answer by another name, i from 1.
func answersAs(name string, i int) func(*scenarios.Measured) {
	return func(e *scenarios.Measured) {
		declared := judgetest.CoordName(i - 1)
		e.Capacity.Holders[i-1].Name = name
		for at := range e.Looks[0].Tally {
			if c := &e.Looks[0].Tally[at]; c.Coordinator == declared {
				c.Coordinator = name
			}
		}
	}
}

// What is to be added is enough for the loss of one, and one less is not.
func TestCapacity_ForLoss(t *testing.T) {
	t.Parallel()
	for _, p := range []scenarios.Policy{scenarios.PolicyAuto, scenarios.PolicyLeastConn} {
		for _, target := range []int{400, 500, 640, 900} {
			c := decide(kept(target, dealt(10, target), policy(p))).Capacity
			enough, less := sizing.Ceilings(p, 10+c.MoreCoord, c.Threads), sizing.Ceilings(p, 10+c.MoreCoord-1, c.Threads)
			if enough.SafeOneDown < target || c.MoreCoord > 0 && less.SafeOneDown >= target {
				t.Errorf("%s: %d take %d more, which hold %d with one lost, and one less %d", p, target, c.MoreCoord, enough.SafeOneDown, less.SafeOneDown)
			}
			if c.MoreCoord == 0 != (c.MoreThr == 0) {
				t.Errorf("%s: %d take %d more coordinators, or %d threads", p, target, c.MoreCoord, c.MoreThr)
			}
			if c.MoreThr > 0 && (sizing.Ceilings(p, 10, c.MoreThr).SafeOneDown < target || sizing.Ceilings(p, 10, c.MoreThr-1).SafeOneDown >= target) {
				t.Errorf("%s: %d take %d threads each, which hold %+v", p, target, c.MoreThr, sizing.Ceilings(p, 10, c.MoreThr))
			}
		}
	}
	if c := decide(kept(60, []int{60}, nil)).Capacity; c.MoreCoord != 1 || c.MoreThr != 0 {
		t.Errorf("one alone takes %d more, or %d threads; want 1 and none", c.MoreCoord, c.MoreThr)
	}
}

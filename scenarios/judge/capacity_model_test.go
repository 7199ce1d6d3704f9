package judge

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/sizing"
)

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
		"more than the threads declared":    {kept(20, []int{9, 6, 5}, threadsDeclared(8)), 0, 0},
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

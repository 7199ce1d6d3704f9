package judge

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// size is how many coordinators and nodes a simulated balancer has.
type size struct{ k, nodes int }

// smokeBurst is the burst of a smoke run.
const smokeBurst = 16

// declared is a balancer under the smoke scenario, with this policy.
func declared(policy scenarios.Policy, k, nodes int, of balancesim.Maker) balancesim.System {
	s := judgetest.Declared(k)
	s.Load.Burst = smokeBurst
	s.Expect.Balance.Policy = policy
	return balancesim.System{Scenario: s, K: k, Nodes: nodes, Make: of}
}

// smoke is one whose policy nobody declared.
func smoke(k, nodes int, of balancesim.Maker) balancesim.System {
	return declared(scenarios.PolicyAuto, k, nodes, of)
}

// spread is one under the spread scenario.
func spread(k, nodes int, of balancesim.Maker) balancesim.System {
	out := smoke(k, nodes, of)
	out.Scenario.Load.PerCoordinator, out.Scenario.Expect.Balance.Tolerance = 100, .25
	return out
}

// load is one whose sessions of a load are judged as a whole.
func load(k, nodes int, of balancesim.Maker) balancesim.System {
	out := smoke(k, nodes, of)
	out.Scenario.Kind = scenarios.KindStages
	out.Scenario.Load.Stages = []scenarios.Stage{{Rate: 100, For: scenarios.Duration(100 * time.Second)}}
	return out
}

// acceptanceCells are those that every run of the tests simulates.
func acceptanceCells() []cell {
	everyTen := balancesim.SharedRotorEvery(10)
	return []cell{
		{name: "random", arithmetic: falseFail, system: smoke(5, 2, balancesim.Random), want: rates{Cost: 1.23}},
		{name: "one rotation, one session of others after every 10", arithmetic: falseFail, system: smoke(2, 2, everyTen), want: rates{Cost: 1}},
		{name: "one rotation, one session of others after every 10", arithmetic: falseFail, system: smoke(3, 3, everyTen), want: rates{Cost: 1.02}},
		{name: "one rotation, one session of others after every 10", arithmetic: falseFail, system: smoke(4, 4, everyTen), want: rates{Cost: 1.02}},
		{name: "rotation through three workers in phase, others' sessions .5, declared", system: declared(scenarios.PolicyRoundRobin, 5, 1, balancesim.TwoLevels(3, true, .5)), want: rates{Fail: .003}},
		{name: "zones of 3 and 2", arithmetic: falseFail, system: smoke(5, 2, balancesim.Zones(3, 2))},
		{name: "leastconn, long sessions of others, ties to the first", system: smoke(5, 2, balancesim.LeastConn(balancesim.TiesFirst, busy)), want: rates{Inconclusive: .99}},
		{name: "dead from the middle of the first look on", arithmetic: certain, system: smoke(5, 1, balancesim.DeadFrom(0, .5)), want: rates{Fail: 1, Cost: 2.7}},
		{name: "missing from one node only", arithmetic: certain, system: smoke(5, 2, balancesim.DeadFromNode), want: rates{Fail: .985, Inconclusive: .015, Cost: 7.8}},
		{name: "missing from one node only", arithmetic: certain, system: smoke(5, 4, balancesim.DeadFromNode), want: rates{Fail: 1}},
		{name: "each of four nodes reaches two of four", arithmetic: certain, system: smoke(4, 4, balancesim.Overlapping(2)), want: rates{Fail: 1, Cost: 2}},
		{name: "one node pinned, 1 % lost", arithmetic: certain, alone: true, system: smoke(5, 2, balancesim.Losing(.01, balancesim.NodePinned)), want: rates{Fail: .9995, Inconclusive: .0005, Cost: 2.2}},
		{name: "twice its share", printed: twice, system: smoke(5, 1, balancesim.At(2)), want: rates{Fail: .636, Inconclusive: .008}},
		{name: "twice its share", printed: twice, system: smoke(3, 2, balancesim.At(2)), want: rates{Fail: .989}},
		{name: "sticky .5, declared", system: declared(scenarios.PolicyRandom, 5, 1, balancesim.Sticky(.5)), want: rates{Fail: .976, Inconclusive: .001}},
		{name: "sticky .5, declared", system: declared(scenarios.PolicyRandom, 5, 2, balancesim.Sticky(.5)), want: rates{Fail: .943, Inconclusive: .004}},
		{name: "sticky .5 over all nodes, not declared", system: smoke(5, 2, balancesim.StickyTogether(.5)), want: rates{Inconclusive: .967}},
		{name: "dead from the middle of the first look on", arithmetic: certain, system: smoke(2, 1, balancesim.DeadFrom(0, .5)), want: rates{Fail: 1}},
		{name: "dead, 3 % lost", arithmetic: certain, alone: true, system: smoke(5, 1, balancesim.Losing(.03, balancesim.At(0))), want: rates{Fail: 1}},
		{name: "load: one rotation, one session of others after every 10", arithmetic: falseFail, whole: 10_000, runs: 200, system: load(4, 4, everyTen)},
		{name: "load: dead from nine tenths on", whole: 10_000, runs: 200, system: load(5, 2, balancesim.DeadFrom(0, .9)), want: rates{Inconclusive: 1}},
	}
}

// furtherCells are those of no table of sizes.
func furtherCells() []cell {
	weighted, everyTen := balancesim.Weights(4, 2, 1, 1), balancesim.SharedRotorEvery(10)
	return []cell{
		{name: "zones of 2, 2 and 1", arithmetic: certain, system: smoke(5, 3, balancesim.Zones(2, 2, 1)), want: rates{Fail: 1}},
		{name: "weights 4:2:1:1, not declared", system: smoke(4, 2, weighted), want: rates{Fail: .89}},
		{name: "another one in the place of one", arithmetic: swapped, system: smoke(5, 2, balancesim.Swapped), want: rates{Fail: 1}},
		{name: "rotation through three workers out of phase, others' sessions .1, declared", arithmetic: falseFail, system: declared(scenarios.PolicyRoundRobin, 5, 2, balancesim.TwoLevels(3, false, .1)), want: rates{Fail: .056}},
		{name: "dead", printed: dead, system: smoke(20, 2, balancesim.At(0)), runs: 500, want: rates{Fail: 1}},
		{name: "missing from one node only", arithmetic: certain, system: smoke(20, 2, balancesim.DeadFromNode), runs: 500, want: rates{Fail: .998}},
		{name: "one node pinned", arithmetic: certain, system: smoke(20, 2, balancesim.NodePinned), runs: 500, want: rates{Fail: 1}},
		{name: "3 times its share", printed: thrice, system: smoke(20, 2, balancesim.At(3)), runs: 500, want: rates{Fail: .991}},
		{name: "twice its share", printed: twice, system: smoke(20, 2, balancesim.At(2)), runs: 500, want: rates{Fail: .488, Inconclusive: .007}},
		{name: "spread: random", arithmetic: falseFail, system: spread(5, 2, balancesim.Random)},
		{name: "spread: missing from one node only", arithmetic: certain, system: spread(5, 2, balancesim.DeadFromNode), want: rates{Fail: .999}},
		{name: "spread: half its share", printed: half, system: spread(5, 2, balancesim.At(.5)), want: rates{Fail: .999}},
		{name: "spread: 1.5 times its share", system: spread(5, 2, balancesim.At(1.5)), want: rates{Fail: .994}},
		{name: "load: random", arithmetic: falseFail, whole: 10_000, runs: 500, system: load(5, 2, balancesim.Random), want: rates{Inconclusive: .005}},
		{name: "load: one rotation, one session of others after every 10", arithmetic: falseFail, whole: 10_000, runs: 200, system: load(2, 2, everyTen)},
		{name: "load: dead", arithmetic: certain, whole: 10_000, runs: 200, system: load(5, 2, balancesim.At(0)), want: rates{Fail: 1}},
		{name: "load: dead from the middle on", arithmetic: certain, whole: 10_000, runs: 200, system: load(5, 2, balancesim.DeadFrom(0, .5)), want: rates{Fail: 1}},
		{name: "load: twice its share", arithmetic: certain, whole: 10_000, runs: 200, system: load(5, 2, balancesim.At(2)), want: rates{Fail: 1}},
	}
}

func dead(d scenarios.Detectable) float64   { return d.Dead }
func thrice(d scenarios.Detectable) float64 { return d.Hot3x }
func twice(d scenarios.Detectable) float64  { return d.Hot2x }
func half(d scenarios.Detectable) float64   { return d.Half }

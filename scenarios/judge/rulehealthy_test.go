package judge

import (
	"math/rand/v2"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
)

// healthyGroup is a healthy balancer of several sizes.
type healthyGroup struct {
	name  string
	sizes []size
	of    func(size) balancesim.System
	fails map[size]float64 // where that is wanted of it: see the limits in docs/statistics.md
}

// cells are those of a group.
func (g healthyGroup) cells() []cell {
	var out []cell
	for _, s := range g.sizes {
		out = append(out, cell{name: g.name, system: g.of(s), arithmetic: falseFail, alone: true, want: rates{Fail: g.fails[s]}})
	}
	return out
}

// healthyGroups must never fail and never end inconclusive.
func healthyGroups() []healthyGroup {
	common := []size{{2, 1}, {2, 2}, {3, 2}, {3, 3}, {5, 1}, {5, 2}, {5, 4}, {10, 2}, {20, 1}}
	square := []size{{2, 2}, {3, 3}, {4, 4}, {5, 2}, {4, 2}, {3, 4}}
	undeclared := func(name string, sizes []size, of balancesim.Maker) healthyGroup {
		return healthyGroup{name: name, sizes: sizes, of: func(s size) balancesim.System { return smoke(s.k, s.nodes, of) }}
	}
	out := []healthyGroup{
		undeclared("random", common, balancesim.Random),
		undeclared("CRC32 of the flow, ports even and rising", common, balancesim.CRC32),
		undeclared("Maglev", common, balancesim.Maglev),
		undeclared("ketama, 160 points each", common, balancesim.Ketama),
		undeclared("a rotation on each node, others' sessions 0, .2 or 1 for one of ours", common, anyOf(balancesim.Rotor(0), balancesim.Rotor(.2), balancesim.Rotor(1))),
		undeclared("one rotation for all nodes, others' sessions 0, .02, .05, .1, .2 or 1 for one of ours", square,
			anyOf(balancesim.SharedRotor(0), balancesim.SharedRotor(.02), balancesim.SharedRotor(.05), balancesim.SharedRotor(.1), balancesim.SharedRotor(.2), balancesim.SharedRotor(1))),
		undeclared("one rotation for all nodes, one of others after every 10 or 20 of ours", square, anyOf(balancesim.SharedRotorEvery(10), balancesim.SharedRotorEvery(20))),
		{name: "rotation through two or three workers, in phase or not, others' sessions 0, .1 or .5, declared", sizes: []size{{4, 1}, {5, 1}, {5, 2}, {3, 3}}, fails: map[size]float64{{5, 2}: .007}, of: func(s size) balancesim.System {
			return declared(scenarios.PolicyRoundRobin, s.k, s.nodes, twoLevels())
		}},
		{name: "weights 4:2:1:1, declared", sizes: []size{{4, 1}, {4, 2}, {4, 4}}, of: func(s size) balancesim.System {
			out := smoke(s.k, s.nodes, balancesim.Weights(4, 2, 1, 1))
			out.Scenario.Expect.Balance.Weights = []float64{4, 2, 1, 1}
			return out
		}},
		{name: "zones of alike nodes (2+2, 1+1+1+1, 3+2)", sizes: []size{{4, 2}, {4, 4}, {5, 2}}, of: func(s size) balancesim.System {
			zones := map[size]balancesim.Maker{{4, 2}: balancesim.Zones(2, 2), {4, 4}: balancesim.Zones(1, 1, 1, 1), {5, 2}: balancesim.Zones(3, 2)}
			return smoke(s.k, s.nodes, zones[s])
		}},
		{name: "leastconn with long sessions of others, declared", sizes: []size{{5, 2}, {10, 2}}, of: func(s size) balancesim.System {
			return declared(scenarios.PolicyLeastConn, s.k, s.nodes, balancesim.LeastConn(balancesim.TiesFirst, busy))
		}},
	}
	return append(out, healthyGroup{name: "random, .2, 1 or 3 % of the sessions lost", sizes: []size{{2, 1}, {3, 3}, {5, 2}, {5, 4}, {10, 2}}, of: func(s size) balancesim.System {
		return smoke(s.k, s.nodes, anyOf(balancesim.Losing(.002, balancesim.Random), balancesim.Losing(.01, balancesim.Random), balancesim.Losing(.03, balancesim.Random)))
	}})
}

// busy are others that have some ninety sessions open.
var busy = balancesim.Others{Arrivals: .3, Duration: 300}

func twoLevels() balancesim.Maker {
	var all []balancesim.Maker
	for _, workers := range []int{2, 3} {
		for _, inPhase := range []bool{true, false} {
			for _, strangers := range []float64{0, .1, .5} {
				all = append(all, balancesim.TwoLevels(workers, inPhase, strangers))
			}
		}
	}
	return anyOf(all...)
}

// anyOf is one of them, another in every run.
func anyOf(makers ...balancesim.Maker) balancesim.Maker {
	return func(r *rand.Rand, k, nodes int) balancesim.Balancer {
		return makers[r.IntN(len(makers))](r, k, nodes)
	}
}

package judge

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
)

// faultSizes are the columns of the table of faults.
var faultSizes = []size{{2, 1}, {3, 2}, {5, 1}, {5, 2}, {5, 4}, {10, 2}}

// fault is a row of it: rates by column, in percent, none where there is no cell. They
// are those that the rule was designed for, and where there were none those that were
// measured first.
type fault struct {
	name         string
	of           balancesim.Maker
	policy       scenarios.Policy // "": not declared
	alone        bool
	arithmetic   func(cell) float64
	printed      func(scenarios.Detectable) float64
	fail         [6]float64
	inconclusive [6]float64
}

const none = -1

func faults() []fault {
	random := scenarios.PolicyRandom
	return []fault{
		{name: "dead", of: balancesim.At(0), printed: dead, fail: [6]float64{100, 100, 100, 100, 100, 100}},
		{name: "dead from the middle of the first look on", arithmetic: certain, of: balancesim.DeadFrom(0, .5), fail: [6]float64{100, 100, 100, 100, 100, 100}},
		{name: "dead from three quarters of the first look on", arithmetic: deadFrom(.75), of: balancesim.DeadFrom(0, .75), fail: [6]float64{100, 100, 100, 100, 100, 65}},
		{name: "missing from one node only", arithmetic: certain, of: balancesim.DeadFromNode, fail: [6]float64{none, 99.6, none, 98.5, 100, 99.8}, inconclusive: [6]float64{3: 1.5, 5: .2}},
		{name: "one node pinned", arithmetic: certain, of: balancesim.NodePinned, fail: [6]float64{none, 100, none, 100, 100, 100}},
		{name: "one node pinned, .2 % lost", arithmetic: certain, alone: true, of: balancesim.Losing(.002, balancesim.NodePinned), fail: [6]float64{100, 100, 100, 100, none, none}},
		{name: "one node pinned, 1 % lost", arithmetic: certain, alone: true, of: balancesim.Losing(.01, balancesim.NodePinned), fail: [6]float64{100, 100, 99.95, 99.95, 100, 99.6}, inconclusive: [6]float64{2: .05, 3: .05, 5: .4}},
		{name: "dead, 1 % lost", arithmetic: certain, alone: true, of: balancesim.Losing(.01, balancesim.At(0)), fail: [6]float64{100, 100, 100, 100, 100, 100}},
		{name: "dead, 3 % lost", arithmetic: certain, alone: true, of: balancesim.Losing(.03, balancesim.At(0)), fail: [6]float64{100, 100, 100, 100, 100, 99.8}, inconclusive: [6]float64{5: .2}},
		{name: "3 times its share", of: balancesim.At(3), printed: thrice, fail: [6]float64{none, none, 99.95, 99.85, 100, 99.8}},
		{name: "twice its share", of: balancesim.At(2), printed: twice, fail: [6]float64{none, 98.9, 63.6, 64.4, 97.8, 60}, inconclusive: [6]float64{2: .8, 3: 1.3, 5: .4}},
		{name: "half its share", of: balancesim.At(.5), printed: half, fail: [6]float64{31, 18.7, .4, .3, 21.8, .3}, inconclusive: [6]float64{.4, 1.3, 1.8, 1.5, .4, 1.4}},
		{name: "sticky .3, declared", policy: random, of: balancesim.Sticky(.3), fail: [6]float64{none, none, 57, 46, none, none}, inconclusive: [6]float64{2: .6, 3: .8}},
		{name: "sticky .5, declared", policy: random, of: balancesim.Sticky(.5), fail: [6]float64{none, none, 97.5, 95, 96, 98}, inconclusive: [6]float64{2: .1, 3: .4, 4: .9, 5: .4}},
		{name: "sticky .7, declared", policy: random, of: balancesim.Sticky(.7), fail: [6]float64{none, none, 100, 99, none, 100}, inconclusive: [6]float64{3: .8, 5: .2}},
		{name: "sticky .3 over all nodes, declared", policy: random, of: balancesim.StickyTogether(.3), fail: [6]float64{none, none, none, 51, none, none}, inconclusive: [6]float64{3: .6}},
		{name: "sticky .5 over all nodes, declared", policy: random, of: balancesim.StickyTogether(.5), fail: [6]float64{none, none, none, 97, 97.8, 99.3}},
		{name: "sticky .7 over all nodes, declared", policy: random, of: balancesim.StickyTogether(.7), fail: [6]float64{none, none, none, 99.5, none, 99.8}, inconclusive: [6]float64{5: .1}},
		{name: "sticky .3, not declared", of: balancesim.Sticky(.3), fail: [6]float64{none, none, 0, 0, none, none}, inconclusive: [6]float64{2: 57, 3: 48}},
		{name: "sticky .5, not declared", of: balancesim.Sticky(.5), fail: [6]float64{none, none, 0, 0, none, none}, inconclusive: [6]float64{2: 98, 3: 94.5}},
		{name: "sticky .7, not declared", of: balancesim.Sticky(.7), fail: [6]float64{none, none, 0, 0, none, 0}, inconclusive: [6]float64{2: 99.7, 3: 98.3, 5: 99.9}},
	}
}

// cells are those of the row.
func (f fault) cells() []cell {
	var out []cell
	for i, s := range faultSizes {
		if f.fail[i] == none {
			continue
		}
		policy := f.policy
		if policy == "" {
			policy = scenarios.PolicyAuto
		}
		out = append(out, cell{name: f.name, system: declared(policy, s.k, s.nodes, f.of), alone: f.alone, printed: f.printed,
			arithmetic: f.arithmetic,
			want:       rates{Fail: f.fail[i] / 100, Inconclusive: f.inconclusive[i] / 100}})
	}
	return out
}

// loadAware are balancers that follow the load, healthy, where nobody declared it.
func loadAware() []cell {
	var out []cell
	add := func(name string, of balancesim.Maker, sizes []size, fail, inconclusive []float64) {
		for i, s := range sizes {
			out = append(out, cell{name: name, system: smoke(s.k, s.nodes, of), want: rates{Fail: fail[i] / 100, Inconclusive: inconclusive[i] / 100}})
		}
	}
	both, five := []size{{5, 2}, {10, 2}}, []size{{5, 2}}
	add("leastconn, long sessions of others, ties to the first", balancesim.LeastConn(balancesim.TiesFirst, busy), both, []float64{0, 0}, []float64{99, 100})
	add("leastconn, long sessions of others, ties at random", balancesim.LeastConn(balancesim.TiesRandom, busy), both, []float64{.7, 0}, []float64{83, 99.4})
	add("leastconn, long sessions of others, ties in turn", balancesim.LeastConn(balancesim.TiesRotating, busy), both, []float64{2.3, 0}, []float64{32, 64})
	add("two choices, long sessions of others", balancesim.TwoChoices(busy), both, []float64{5.7, 6.3}, []float64{23, 51})
	add("two choices, one short session of others for one of ours", balancesim.TwoChoices(balancesim.Others{Arrivals: 1, Duration: 20}), five, []float64{.1}, []float64{.4})
	add("two choices, few short sessions of others", balancesim.TwoChoices(balancesim.Others{Arrivals: .1, Duration: 20}), five, []float64{.2}, []float64{2.4})
	return out
}

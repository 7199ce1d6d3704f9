package judge

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balance"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// situation is a balancer that is simulated many times.
type situation struct {
	name     string
	scenario scenarios.Scenario
	k, nodes int
	choose   func(seed uint64) choice
}

// balanceRules are the findings of balance that alarm, in the order of the cascade.
var balanceRules = [4]string{scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage, scenarios.BalanceImbalance}

// Their places in it.
const (
	ofOrder = iota
	ofReach
	ofCoverage
	ofImbalance
)

// rates are shares of the simulated runs.
type rates struct {
	single   [4]float64 // the first look alarmed
	lookAny  float64    // it alarmed by any rule
	final    [4]float64 // the run failed, and this rule is the first that says so
	fail     float64    // the run failed
	pass     float64    // the run passed
	sessions float64    // mean of a run, in first looks
}

// simulate runs a situation with so many seeds on all processors.
func simulate(s situation, runs int) rates {
	var total rates
	var mu sync.Mutex
	var workers sync.WaitGroup
	for w := range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			var sum rates
			for i := w; i < runs; i += runtime.GOMAXPROCS(0) {
				sum.add(s, uint64(i))
			}
			mu.Lock()
			defer mu.Unlock()
			total.plus(sum)
		})
	}
	workers.Wait()
	return total.over(float64(runs))
}

// add counts one run.
func (r *rates) add(s situation, seed uint64) {
	g := &rig{nodes: s.nodes, scenario: s.scenario, choose: s.choose(seed)}
	_, last, e := g.run()
	looks := batch.Pool(e.Looks)
	alarmed := balance.FirstLookAlarms(e)
	for q := range balanceRules {
		if slices.Contains(alarmed, balanceRules[q]) {
			r.single[q]++
		}
	}
	if len(alarmed) > 0 {
		r.lookAny++
	}
	for _, l := range looks {
		r.sessions += float64(l.Planned) / float64(looks[0].Planned)
	}
	if last.Verdict == scenarios.StatusPass {
		r.pass++
	}
	if last.Verdict != scenarios.StatusFail {
		return
	}
	r.fail++
	for _, f := range last.Findings {
		for q := range balanceRules {
			if f.ID == balanceRules[q] && f.Status == scenarios.StatusFail {
				r.final[q]++
				return
			}
		}
	}
}

func (r *rates) plus(o rates) {
	for q := range balanceRules {
		r.single[q] += o.single[q]
		r.final[q] += o.final[q]
	}
	r.lookAny += o.lookAny
	r.fail += o.fail
	r.pass += o.pass
	r.sessions += o.sessions
}

func (r rates) over(n float64) rates {
	for q := range balanceRules {
		r.single[q] /= n
		r.final[q] /= n
	}
	r.lookAny /= n
	r.fail /= n
	r.pass /= n
	r.sessions /= n
	return r
}

// healthy are the balancers that must never fail.
func healthy() []situation {
	var out []situation
	for _, k := range []int{2, 3, 5, 10, 20} {
		for _, nodes := range []int{1, 2} {
			at := func(name string, choose func(seed uint64) choice) {
				out = append(out, situation{fmt.Sprintf("%s over %d coordinators and %d nodes", name, k, nodes), judgetest.Declared(k), k, nodes, choose})
			}
			at("random", func(seed uint64) choice { return even(judgetest.Source(seed), k) })
			at("flow hash", func(seed uint64) choice { return hashed(seed, k) })
			at("round robin", func(seed uint64) choice { return rotation(judgetest.Source(seed), k, nodes, 0) })
			at("round robin with sessions of others", func(seed uint64) choice { return rotation(judgetest.Source(seed), k, nodes, float64(seed%3)*.5) })
		}
	}
	return out
}

// atRest runs every healthy balancer once and keeps the figures for all tests.
var atRest = sync.OnceValue(func() map[string]rates {
	out := map[string]rates{}
	for _, s := range healthy() {
		out[s.name] = simulate(s, runs())
	}
	return out
})

// runs is how often a state is simulated.
func runs() int {
	if testing.Short() {
		return seeds / 10
	}
	return seeds
}

func TestSimulated_HealthyNeverFails(t *testing.T) {
	t.Parallel()
	for _, s := range healthy() {
		t.Run(s.name, func(t *testing.T) {
			got := atRest()[s.name]
			if got.fail > 0 || got.pass < 1 {
				t.Errorf("%.4f of the runs failed and %.4f passed, want none and all", got.fail, got.pass)
			}
			for q := range balanceRules {
				n := int(math.Round(got.single[q] * float64(runs())))
				if p := stats.BinomialAtLeast(n, runs(), .001); p < 6e-4 { // six of a thousand
					t.Errorf("%s alarmed in %d of %d first looks, which alpha of .001 gives with a chance of %.1g", balanceRules[q], n, runs(), p)
				}
			}
			if got.sessions > 1.4 {
				t.Errorf("a run costs %.2f first looks, more than 1.4", got.sessions)
			}
		})
	}
}

// broken is a balancer at fault, with the shares of runs that must fail by each
// rule, where a run that fails by several counts for the first of the cascade.
type broken struct {
	situation
	order, reach, coverage, imbalance float64
	within                            float64 // 0: two percentage points
	often                             int     // as many runs, in seeds; 0: one
}

// hot gives the first coordinator factor times its fair share.
func hot(k int, factor float64) func(uint64) choice {
	p := make([]float64, k)
	for i := range p {
		p[i] = 1 / float64(k)
	}
	return shares(balance.FaultyShares(p, factor)...)
}

func shares(p ...float64) func(uint64) choice {
	return func(seed uint64) choice { return weighted(judgetest.Source(seed), p) }
}

func reuse(k, nodes int, chance float64) func(uint64) choice {
	return func(seed uint64) choice { return sticky(judgetest.Source(seed), k, nodes, chance) }
}

// wide is the spread scenario: more sessions and a smaller tolerance.
func wide(k int) scenarios.Scenario {
	s := judgetest.Declared(k)
	s.Load.PerCoordinator, s.Expect.Balance.Tolerance = 100, .25
	return s
}

// faults are the states of the published table.
func faults() []broken {
	five, ten := judgetest.Declared(5), judgetest.Declared(10)
	return []broken{
		{situation{"one of five dead", five, 5, 2, hot(5, 0)}, 0, 0, 1, 0, 0, 0},
		{situation{"one of ten dead", ten, 10, 2, hot(10, 0)}, 0, 0, 1, 0, 0, 0},
		{situation{"pinned to one of five", five, 5, 2, shares(1, 0, 0, 0, 0)}, 0, 0, 1, 0, 0, 0},
		{situation{"two of five used", five, 5, 2, shares(.5, .5, 0, 0, 0)}, 0, 0, 1, 0, 0, 0},
		{situation{"each node pinned to one of five", five, 5, 2, func(uint64) choice { return func(node int) int { return node } }}, 0, 0, 1, 0, 0, 0},
		{situation{"one of five at 3 times its share", five, 5, 2, hot(5, 3)}, 0, 0, .009, .983, 0, 0},
		{situation{"one of ten at 3 times its share", ten, 10, 2, hot(10, 3)}, 0, 0, 0, .966, 0, 0},
		{situation{"one of five at twice its share", five, 5, 2, hot(5, 2)}, 0, 0, 0, .451, 0, 4},
		{situation{"one of ten at twice its share", ten, 10, 2, hot(10, 2)}, 0, 0, 0, .265, 0, 0},
		{situation{"one of five at half its share", five, 5, 2, hot(5, .5)}, 0, 0, 0, 0, 0, 0},
		{situation{"re-use .3, one node", five, 5, 1, reuse(5, 1, .3)}, .495, 0, 0, 0, .04, 0},
		{situation{"re-use .5, one node", five, 5, 1, reuse(5, 1, .5)}, .982, 0, 0, 0, 0, 0},
		{situation{"re-use .7, one node", five, 5, 1, reuse(5, 1, .7)}, 1, 0, 0, 0, 0, 0},
		{situation{"re-use .9, one node", five, 5, 1, reuse(5, 1, .9)}, .991, 0, .009, 0, 0, 0},
		{situation{"re-use .3, two nodes", five, 5, 2, reuse(5, 2, .3)}, .404, 0, 0, .001, .04, 0},
		{situation{"re-use .5, two nodes", five, 5, 2, reuse(5, 2, .5)}, .956, 0, 0, .001, 0, 0},
		{situation{"re-use .7, two nodes", five, 5, 2, reuse(5, 2, .7)}, .999, 0, 0, 0, 0, 0},
		{situation{"re-use .9, two nodes", five, 5, 2, reuse(5, 2, .9)}, .956, 0, .044, 0, 0, 0},
		{situation{"zones of 2, 2 and 1", five, 5, 3, func(seed uint64) choice { return zoned(judgetest.Source(seed), []int{2, 2, 1}) }}, 0, 1, 0, 0, 0, 0},
		{situation{"zones of 3 and 2", five, 5, 2, func(seed uint64) choice { return zoned(judgetest.Source(seed), []int{3, 2}) }}, 0, 0, 0, 0, 0, 0},
		{situation{"spread: one of five at twice its share", wide(5), 5, 2, hot(5, 2)}, 0, 0, 0, 1, 0, 0},
		{situation{"spread: one of five at half its share", wide(5), 5, 2, hot(5, .5)}, 0, 0, 0, .998, 0, 0},
		{situation{"spread: one of five at 1.5 times its share", wide(5), 5, 2, hot(5, 1.5)}, 0, 0, 0, .987, 0, 0},
		{situation{"spread: one of ten at twice its share", wide(10), 10, 2, hot(10, 2)}, 0, 0, 0, 1, 0, 0},
		{situation{"spread: one of ten at half its share", wide(10), 10, 2, hot(10, .5)}, 0, 0, 0, .972, 0, 0},
		{situation{"spread: one of ten at 1.5 times its share", wide(10), 10, 2, hot(10, 1.5)}, 0, 0, 0, .897, 0, 0},
	}
}

// simulated runs every fault once and keeps the figures for all tests.
var simulated = sync.OnceValue(func() map[string]rates {
	out := map[string]rates{}
	for _, s := range faults() {
		out[s.name] = simulate(s.situation, seeds*max(1, s.often))
	}
	return out
})

func TestSimulated_FaultsAsPublished(t *testing.T) {
	t.Parallel()
	if runs() < 1000 {
		t.Skip("too few seeds for figures: run without -short and -race")
	}
	for _, s := range faults() {
		t.Run(s.name, func(t *testing.T) {
			got, within := simulated()[s.name], s.within
			if within == 0 {
				within = .02
			}
			for q, want := range []float64{s.order, s.reach, s.coverage, s.imbalance} {
				if math.Abs(got.final[q]-want) > within {
					t.Errorf("%s fails %.3f of the runs, want %.3f within %.2f", balanceRules[q], got.final[q], want, within)
				}
			}
		})
	}
}

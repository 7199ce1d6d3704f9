package merge_test

import (
	"cmp"
	"flag"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// Shards at a simulated balancer, healthy or at fault, and one run at the same: the sums
// fail as often as the runs do where there is a fault, and no more often where there is
// none. A run takes up to five looks where two or three do not agree and shards take
// three, so some of the sums stay inconclusive.
func TestMerge_OfShardsHasThePowerOfOneRun(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of    balancesim.Maker
		fault bool
	}{
		"random":                                   {balancesim.Random, false},
		"a rotation on each node":                  {balancesim.Rotor(0), false},
		"a rotation, with strangers":               {balancesim.Rotor(.2), false},
		"one rotation for all nodes":               {balancesim.SharedRotor(0), false},
		"one rotation for all, with strangers":     {balancesim.SharedRotor(.1), false},
		"a hash of the flow":                       {balancesim.Maglev, false},
		"one coordinator dead":                     {balancesim.DeadFrom(0, 0), true},
		"one dead from the middle of look 1 on":    {balancesim.DeadFrom(0, .5), true},
		"one missing from a node":                  {balancesim.DeadFromNode, true},
		"a node that has one coordinator":          {balancesim.NodePinned, true},
		"a coordinator with three times its share": {balancesim.At(3), true},
		"a coordinator with twice its share":       {balancesim.At(2), true},
		"a coordinator with half its share":        {balancesim.At(.5), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs, alone := cmp.Or(*seedsOfShards, simulatedRuns), 0
			for seed := range uint64(runs) {
				alone += fails(runAt(c.of, seed).Findings)
			}
			counts := []int{6}
			if *seedsOfShards > 0 {
				counts = []int{2, 8, 32}
			}
			for _, shards := range counts {
				sums := 0
				for seed := range uint64(runs) {
					sums += fails(sumAt(t, c.of, seed, shards).Findings)
				}
				t.Logf("%d shards: %d of %d sums fail, and %d runs", shards, sums, runs, alone)
				// Both are counts of chance: three standard deviations of their difference.
				leeway := 3 * math.Sqrt(float64(2*max(1, alone)*(runs+1-alone))/float64(runs))
				if c.fault && float64(sums) < float64(alone)-leeway {
					t.Errorf("%d of %d sums of %d shards fail, and %d runs", sums, runs, shards, alone)
				}
				if !c.fault && float64(sums) > float64(alone)+leeway {
					t.Errorf("%d of %d sums of %d shards fail at a healthy balancer, and %d runs", sums, runs, shards, alone)
				}
			}
		})
	}
}

// fails is 1 where a finding has failed.
func fails(findings []scenarios.Finding) int {
	return min(1, len(judgetest.FailedIDs(findings)))
}

// runAt is one run at a balancer, with the looks that it asks for.
func runAt(of balancesim.Maker, seed uint64) judge.Judgement {
	system := simulatedAt(of)
	return judge.Judge(system.Run(seed, func(e scenarios.Measured) scenarios.NextLook { return judge.Judge(e).Next }))
}

// seedsOfShards is how many runs are simulated of each balancer; 0: simulatedRuns.
var seedsOfShards = flag.Int("shard-seeds", 0, "simulate so many sums of shards at each balancer")

// simulatedAt is what is checked in these tests: five coordinators over two nodes.
func simulatedAt(of balancesim.Maker) balancesim.System {
	const k = 5
	s := scenarios.Default()
	s.Expect.Coordinators.Names = nil
	for i := range k {
		s.Expect.Coordinators.Names = append(s.Expect.Coordinators.Names, judgetest.CoordName(i))
	}
	return balancesim.System{Scenario: s, K: k, Nodes: simulatedNodes, Make: of}
}

const simulatedNodes = 2

// sumAt is the sum of shards at one balancer, which go on side by side: the n-th sessions
// of all come one after the other.
func sumAt(t *testing.T, of balancesim.Maker, seed uint64, shards int) scenarios.Result {
	t.Helper()
	system := simulatedAt(of)
	s := system.Scenario
	parts := make([][]scenarios.Look, shards)
	var look []scenarios.Observation
	system.Observe = func(o *scenarios.Observation) { look = append(look, *o) }
	looks := budget.ShardLooks(budget.OfShards(s, simulatedNodes, shards).Look)
	system.Scenario.Load.Sessions = scenarios.Auto(looks[0].Sessions)
	system.Run(seed, func(e scenarios.Measured) scenarios.NextLook {
		for i := range shards {
			l := scenarios.Look{Kind: e.Looks[len(e.Looks)-1].Kind}
			for j, o := range look {
				if j%shards != i {
					continue
				}
				if o.Part != scenarios.PartBurst {
					l.Planned++
				}
				l.Add(o)
			}
			parts[i] = append(parts[i], l)
		}
		look = nil
		if len(e.Looks) == len(looks) {
			return scenarios.NextLook{}
		}
		return looks[len(e.Looks)]
	})
	var results []scenarios.Result
	for i, looks := range parts {
		r := scenarios.Result{Schema: scenarios.Schema, Run: fmt.Sprint("shard-", i), Seed: seed, Started: began}
		r.Scenario, r.Shard, r.Looks = s, &scenarios.Shard{Index: i + 1, Count: shards}, slices.Clone(looks)
		pooled := r.Pooled()
		r.Sessions.Count(pooled)
		for n := range simulatedNodes {
			r.Nodes = append(r.Nodes, scenarios.NodeTallyOf(judgetest.NodeAddr(n), pooled))
		}
		judge.Conclude(&r, judge.Judgement{})
		results = append(results, r)
	}
	sum, err := merge.Merge(results, merge.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

package merge_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/merge"
)

// Shards that take three looks each at a simulated balancer: of a healthy one no sum
// fails, and a fault that one run shows the sum shows as well. One run may take five looks
// where two or three do not agree, so a few of the sums stay inconclusive.
func TestMerge_OfShardsAtSimulatedBalancers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		of    balancesim.Maker
		fails bool
	}{
		"random":                                   {balancesim.Random, false},
		"a rotation on each node":                  {balancesim.Rotor(0), false},
		"a rotation, with strangers":               {balancesim.Rotor(.2), false},
		"one rotation for all nodes":               {balancesim.SharedRotor(0), false},
		"one rotation for all, with strangers":     {balancesim.SharedRotor(.1), false},
		"a hash of the flow":                       {balancesim.Maglev, false},
		"one coordinator dead":                     {balancesim.DeadFrom(0, 0), true},
		"one dead from the middle of look 1 on":    {balancesim.DeadFrom(0, .5), true},
		"a node that has one coordinator":          {balancesim.NodePinned, true},
		"a coordinator with three times its share": {balancesim.At(3), true},
	} {
		for _, shards := range []int{2, 4, 8} {
			t.Run(fmt.Sprintf("%s, %d shards", name, shards), func(t *testing.T) {
				t.Parallel()
				failed := 0
				for seed := range uint64(simulatedRuns) {
					r := sumAt(t, c.of, seed, shards)
					if bad := judgetest.FailedIDs(r.Findings); len(bad) > 0 {
						failed++
						if !c.fails {
							t.Errorf("seed %d: %s", seed, strings.Join(bad, ", "))
						}
					}
				}
				if c.fails && failed*10 < simulatedRuns*9 {
					t.Errorf("%d of %d fail", failed, simulatedRuns)
				}
			})
		}
	}
}

// sumAt is the sum of shards at one balancer, which go on side by side: the n-th sessions
// of all come one after the other.
func sumAt(t *testing.T, of balancesim.Maker, seed uint64, shards int) scenarios.Result {
	t.Helper()
	const k, nodes = 5, 2
	s := scenarios.Default()
	s.Expect.Coordinators.Names = nil
	for i := range k {
		s.Expect.Coordinators.Names = append(s.Expect.Coordinators.Names, judgetest.CoordName(i))
	}
	parts := make([][]scenarios.Look, shards)
	var look []scenarios.Observation
	system := balancesim.System{Scenario: s, K: k, Nodes: nodes, Make: of, Observe: func(o *scenarios.Observation) { look = append(look, *o) }}
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
		if len(e.Looks) == 3 {
			return scenarios.NextLook{}
		}
		return scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: e.Looks[0].Planned}
	})
	var results []scenarios.Result
	for i, looks := range parts {
		r := scenarios.Result{Schema: scenarios.Schema, Run: fmt.Sprint("shard-", i), Seed: seed, Started: began}
		r.Scenario, r.Shard, r.Looks = s, &scenarios.Shard{Index: i + 1, Count: shards}, slices.Clone(looks)
		pooled := r.Pooled()
		r.Sessions.Count(pooled)
		for n := range nodes {
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

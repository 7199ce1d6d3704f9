package main

import (
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// judged runs smoke on endpoints and returns its result.
func judged(t *testing.T, endpoints []string, args ...string) scenarios.Result {
	t.Helper()
	out := filepath.Join(t.TempDir(), "r.json")
	stdout, stderr, _ := call(t, slices.Concat([]string{"smoke", "--quiet", "--out", out}, args, endpoints)...)
	r, err := readResult(t.Context(), out)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	return r
}

// balanceOf is the status of every finding of balance.
func balanceOf(r scenarios.Result) map[string]scenarios.Status {
	out := map[string]scenarios.Status{}
	for _, f := range r.Findings {
		out[f.ID] = f.Status
	}
	return out
}

// Policy source is judged by client address: each meets one coordinator on each node,
// and several of them spread.
func TestSmoke_PolicySourceByLocalAddress(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("all of 127/8 are addresses of this machine on Linux only")
	}
	for _, tc := range []struct {
		policy    simcluster.Balance
		addresses int
		order     scenarios.Status
	}{
		{simcluster.BalanceSource, 1, scenarios.StatusPass},
		{simcluster.BalanceSource, 8, scenarios.StatusPass},
		{simcluster.BalanceSource, 24, scenarios.StatusPass},
		{simcluster.BalanceRandom, 8, scenarios.StatusFail},
	} {
		for seed := range uint64(3) {
			t.Run(fmt.Sprintf("%s from %d addresses, seed %d", tc.policy, tc.addresses, seed+1), func(t *testing.T) {
				t.Parallel()
				c := cluster(t, simcluster.Config{Coordinators: 4, Nodes: 2, Balance: tc.policy, Seed: seed + 1})
				args := []string{"--policy", "source", "--expect-coordinators", "4"}
				for i := range tc.addresses {
					args = append(args, "--local-address", fmt.Sprintf("127.0.7.%d", i+1))
				}
				r := judged(t, []string{c.Nodes()[0].String(), c.Nodes()[1].String()}, args...)
				got := balanceOf(r)
				if got[scenarios.BalanceOrder] != tc.order || tc.policy == simcluster.BalanceSource && got[scenarios.BalanceCoverage] == scenarios.StatusFail {
					t.Errorf("%+v", r.Findings)
				}
			})
		}
	}
}

// The sessions of a node that answers nobody are its own failures: what the other one
// hands out is judged without them, in whichever order they are given.
func TestSmoke_OneNodeAnswersNobody(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		for name, swap := range map[string]bool{"last": false, "first": true} {
			t.Run(fmt.Sprintf("%s, seed %d", name, seed+1), func(t *testing.T) {
				t.Parallel()
				c := cluster(t, simcluster.Config{Coordinators: 5, Nodes: 1, Balance: simcluster.BalanceRoundRobin, Seed: seed + 1})
				nodes := []string{c.Nodes()[0].String(), closedPort(t)}
				if swap {
					slices.Reverse(nodes)
				}
				r := judged(t, nodes, "--expect-coordinators", "5", "--seed", fmt.Sprint(seed+1))
				got := balanceOf(r)
				if got[scenarios.ErrorsRate] != scenarios.StatusFail || got[scenarios.BalanceReach] != scenarios.StatusSkipped {
					t.Errorf("%+v", r.Findings)
				}
				for _, id := range []string{scenarios.BalanceOrder, scenarios.BalanceCoverage, scenarios.BalanceImbalance} {
					if got[id] != scenarios.StatusPass {
						t.Errorf("%s is %s: %+v", id, got[id], r.Findings)
					}
				}
			})
		}
	}
}

package judge

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestLeastconn_ByConnections(t *testing.T) {
	t.Parallel()
	level := func(when scenarios.PageTime, inUse ...int) []scenarios.Page {
		var out []scenarios.Page
		for c, n := range inUse {
			out = append(out, counted(c, when, n, 1000))
		}
		return out
	}
	const before, after = scenarios.PageBefore, scenarios.PageAfter
	for name, tc := range map[string]struct {
		ours   []int
		pages  []scenarios.Page
		failed []string // after all looks, which repeat the first
		want   judgetest.Want
	}{
		"totals that are level pass": {[]int{6, 6, 6, 6, 16}, level(before, 10, 10, 10, 10, 0), nil,
			judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusPass, scenarios.BalanceCoverage: scenarios.StatusPass}},
		"the emptiest may take all, since ours end before the next": {[]int{0, 0, 0, 0, 40}, level(before, 10, 10, 10, 10, 0), nil,
			judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusPass, scenarios.BalanceImbalance: scenarios.StatusPass}},
		"one that was restarted may take all": {[]int{0, 0, 0, 0, 40}, append(level(before, 10, 10, 10, 10, 10), counted(4, after, 1, 1000)), nil,
			judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusPass}},
		"a busier one is rightly left out": {[]int{10, 10, 10, 10, 0}, level(before, 0, 0, 0, 0, 30), nil,
			judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusPass}},
		"the emptiest that is passed over is missing": {[]int{10, 10, 10, 10, 0}, level(before, 10, 10, 10, 10, 0), []string{scenarios.BalanceCoverage},
			judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusFail}},
		"one as busy as the others is missing, too": {[]int{10, 10, 10, 10, 0}, level(before, 0, 0, 0, 0, 0), []string{scenarios.BalanceCoverage}, nil},
		"the busiest must not get most":             {[]int{24, 4, 4, 4, 4}, level(before, 30, 10, 10, 10, 10), []string{scenarios.BalanceImbalance}, judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusFail}},
		"one of equals must not get most":           {[]int{24, 4, 4, 4, 4}, level(before, 0, 0, 0, 0, 0), []string{scenarios.BalanceImbalance}, nil},
		"without one coordinator's page there is no level": {[]int{24, 4, 4, 4, 4}, level(before, 0, 0, 0, 0), nil,
			judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusSkipped}},
		"pages of later alone are no level": {[]int{24, 4, 4, 4, 4}, level(after, 0, 0, 0, 0, 0), nil,
			judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusSkipped}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(5)
			s.Expect.Balance.Policy = scenarios.PolicyLeastConn
			seq := judgetest.Dealt(tc.ours, 0)
			j := again(scenarios.Measured{Scenario: s, Pages: tc.pages, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, seq)}}, 1, seq)
			judgetest.Check(t, j.Findings, tc.want)
			judgetest.ProseOf(t, j.Findings, tc.want.IDs()...)
			if diff := cmp.Diff(tc.failed, judgetest.FailedIDs(j.Findings)); diff != "" {
				t.Errorf("failed findings (-want +got):\n%s", diff)
			}
		})
	}
}

// Whom leastconn found busy after it had answered is not missing, for however long it got none.
func TestLeastconn_OneThatAnsweredIsNotMissing(t *testing.T) {
	t.Parallel()
	seq := slices.Concat(judgetest.Dealt([]int{1, 1, 1, 0, 12}, 0), judgetest.Dealt([]int{11, 11, 11, 12, 0}, 0))
	var level []scenarios.Page
	for c := range 5 {
		level = append(level, counted(c, scenarios.PageBefore, 0, 1000))
	}
	for name, tc := range map[string]struct {
		policy scenarios.Policy
		pages  []scenarios.Page
		want   scenarios.Status
	}{
		"leastconn":                       {scenarios.PolicyLeastConn, nil, scenarios.StatusPass},
		"leastconn of which all is known": {scenarios.PolicyLeastConn, level, scenarios.StatusPass},
		"random":                          {scenarios.PolicyRandom, nil, scenarios.StatusInconclusive},
	} {
		s := judgetest.Declared(5)
		s.Expect.Balance.Policy = tc.policy
		j := Judge(scenarios.Measured{Scenario: s, Pages: tc.pages, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, seq)}})
		if f := judgetest.Find(t, j.Findings, scenarios.BalanceCoverage)[0]; f.Status != tc.want {
			t.Errorf("%s: %v: %s", name, f.Status, f.Message)
		}
	}
}

// A balancer of leastconn that has sessions of others on it passes, however
// they are spread.
func TestLeastconn_Healthy(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := judgetest.Source(seed)
		others := make([]int, 5)
		var pages []scenarios.Page
		for c := range others {
			others[c] = r.IntN(20)
			pages = append(pages, counted(c, scenarios.PageBefore, others[c], 1000))
		}
		s := judgetest.Declared(5)
		s.Expect.Balance.Policy = scenarios.PolicyLeastConn
		held, turn := make([]int, 5), 0
		choose := func(balancesim.Session) int {
			least := turn
			for i := range 5 {
				if c := (turn + i) % 5; others[c]+held[c] < others[least]+held[least] {
					least = c
				}
			}
			turn = (least + 1) % 5 // equals take turns
			if seed%2 == 0 {
				held[least]++ // ours stay open, too
			}
			return least
		}
		last, _ := runOf(balancesim.System{Scenario: s, K: 5, Nodes: 1, Pages: pages, Make: func(*rand.Rand, int, int) balancesim.Balancer { return choose }}, seed)
		for _, id := range []string{scenarios.BalanceCoverage, scenarios.BalanceImbalance} {
			if f := judgetest.Find(t, last.Findings, id)[0]; f.Status != scenarios.StatusPass {
				t.Errorf("seed %d, others %v: %s is %v: %s", seed, others, id, f.Status, f.Message)
			}
		}
	}
}

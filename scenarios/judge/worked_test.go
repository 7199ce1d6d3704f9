package judge

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

func TestBalance_WorkedExamples(t *testing.T) {
	t.Parallel()
	names := func(k int) scenarios.Scenario { return judgetest.Declared(k) }
	policy := func(p scenarios.Policy) scenarios.Scenario {
		s := judgetest.Declared(5)
		s.Expect.Balance.Policy = p
		return s
	}
	seven := judgetest.Declared(7)
	seven.Expect.Balance.Policy = scenarios.PolicyRandom
	number := judgetest.Declared(5)
	number.Expect.Coordinators = scenarios.ExpectCoordinators{Count: 5}
	unknown := judgetest.Declared(0)
	for name, tc := range map[string]struct {
		s      scenarios.Scenario
		seq    []int
		next   scenarios.NextLook // after the first look; Why is not compared
		p      float64            // of the first finding of first; 0: not compared
		first  judgetest.Want     // after the first look
		failed []string
		final  judgetest.Want // after all looks
	}{
		"ten sessions in turn, twice the same five, are a rotation": {
			s: names(5), seq: []int{0, 1, 2, 3, 4, 0, 1, 2, 3, 4},
			first: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusPass, scenarios.BalanceImbalance: scenarios.StatusPass},
		},
		"ten sessions on one of five are pinned": {
			s: names(5), seq: judgetest.Dealt([]int{10, 0, 0, 0, 0}, 0), next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 10},
			first:  judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive, scenarios.BalanceOrder: scenarios.StatusSkipped},
			failed: []string{scenarios.BalanceCoverage},
			final:  judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusFail},
		},
		"4, 3, 2, 1 and 0 prove nothing": {
			s: names(5), seq: judgetest.Dealt([]int{4, 3, 2, 1, 0}, 0), next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 10},
			first: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive, scenarios.BalanceImbalance: scenarios.StatusPass},
			final: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive},
		},
		"5 and 5 of five are suspicious, and fail after a longer look": {
			s: names(5), seq: judgetest.Dealt([]int{5, 5, 0, 0, 0}, 0), next: scenarios.NextLook{Kind: scenarios.LookExtend, Sessions: 30}, p: .0047,
			first:  judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusInconclusive},
			failed: []string{scenarios.BalanceImbalance},
		},
		"12, 11, 9, 8 and 0 look even to chi-square, and one is missing": {
			s: names(5), seq: judgetest.Dealt([]int{12, 11, 9, 8, 0}, 0), next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 40}, p: 1.3e-4,
			first:  judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive},
			failed: []string{scenarios.BalanceCoverage},
			final:  judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusFail},
		},
		"the same with a number in place of names": {
			s: number, seq: judgetest.Dealt([]int{12, 11, 9, 8, 0}, 0), next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 40},
			failed: []string{scenarios.BalanceCoverage},
			final:  judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusFail},
		},
		"22 of 40 are too many": {
			s: names(5), seq: judgetest.Dealt([]int{22, 5, 5, 4, 4}, 0), next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 40}, p: 3.4e-6,
			first:  judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusInconclusive},
			failed: []string{scenarios.BalanceImbalance},
			final:  judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusFail},
		},
		"16 of 40 are suspicious": {
			s: names(5), seq: judgetest.Dealt([]int{16, 6, 6, 6, 6}, 0), next: scenarios.NextLook{Kind: scenarios.LookExtend, Sessions: 120}, p: .040,
			first:  judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusInconclusive},
			failed: []string{scenarios.BalanceImbalance},
		},
		"7, 9, 8, 10 and 6 are even": {
			s: names(5), seq: judgetest.Dealt([]int{7, 9, 8, 10, 6}, 0), p: .87,
			first: judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusPass},
		},
		"60 of 100 over seven are too many": {
			s: seven, seq: judgetest.Dealt([]int{60, 10, 7, 3, 6, 4, 10}, 0), next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 100}, p: 7e-35,
			first:  judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusInconclusive},
			failed: []string{scenarios.BalanceImbalance},
		},
		"six errors may hide the fifth": {
			s: names(5), seq: judgetest.Dealt([]int{14, 13, 14, 13, 0}, 6),
			first: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive,
				scenarios.ErrorsRate: scenarios.StatusFail},
			failed: []string{scenarios.ErrorsRate},
		},
		"leastconn may send ours anywhere": {
			s: policy(scenarios.PolicyLeastConn), seq: judgetest.Dealt([]int{6, 6, 6, 6, 16}, 0),
			first: judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusSkipped, scenarios.BalanceCoverage: scenarios.StatusPass},
		},
		"leastconn that shows one of five is inconclusive": {
			s: policy(scenarios.PolicyLeastConn), seq: judgetest.Dealt([]int{0, 0, 0, 0, 40}, 0), next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 40},
			first: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive, scenarios.BalanceOrder: scenarios.StatusSkipped},
			final: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive},
		},
		"source that stays with one passes": {
			s: policy(scenarios.PolicySource), seq: judgetest.Dealt([]int{0, 40, 0, 0, 0}, 0),
			first: judgetest.Want{scenarios.BalanceOrder: scenarios.StatusPass, scenarios.BalanceCoverage: scenarios.StatusSkipped, scenarios.BalanceImbalance: scenarios.StatusSkipped},
		},
		"source needs six sessions to tell from chance": {
			s: policy(scenarios.PolicySource), seq: judgetest.Dealt([]int{0, 5, 0, 0, 0}, 0),
			first: judgetest.Want{scenarios.BalanceOrder: scenarios.StatusInconclusive},
			final: judgetest.Want{scenarios.BalanceOrder: scenarios.StatusInconclusive},
		},
		"source that wanders fails": {
			s: policy(scenarios.PolicySource), seq: judgetest.Dealt([]int{20, 20, 0, 0, 0}, 0), next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 40},
			failed: []string{scenarios.BalanceOrder},
		},
		"three sessions cannot show five": {
			s: names(5), seq: []int{0, 1, 2},
			first: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive, scenarios.BalanceImbalance: scenarios.StatusInconclusive, scenarios.BalanceOrder: scenarios.StatusPass},
			final: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive},
		},
		"one coordinator has nothing to balance": {
			s: names(1), seq: judgetest.Dealt([]int{40}, 0),
			first: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusSkipped, scenarios.BalanceUnexpected: scenarios.StatusPass},
		},
		"a stranger is unexpected, and the one it stands in for is missing": {
			s: names(5), seq: judgetest.Dealt([]int{8, 8, 8, 8, 0, 8}, 0), next: scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: 40},
			failed: []string{scenarios.BalanceCoverage, scenarios.BalanceUnexpected},
			final:  judgetest.Want{scenarios.BalanceUnexpected: scenarios.StatusFail},
		},
		"a sixth where five were counted is unexpected": {
			s: number, seq: judgetest.Dealt([]int{8, 8, 8, 8, 4, 4}, 0), failed: []string{scenarios.BalanceUnexpected},
			first: judgetest.Want{scenarios.BalanceUnexpected: scenarios.StatusFail},
		},
		"five of an unknown number pass unverified": {
			s: unknown, seq: judgetest.Dealt([]int{7, 9, 8, 10, 6}, 0),
			first: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusPass, scenarios.BalanceUnexpected: scenarios.StatusSkipped},
		},
		"ten of an unknown number need a longer first look": {
			s: unknown, seq: judgetest.Dealt([]int{4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, 0), next: scenarios.NextLook{Kind: scenarios.LookFirst, Sessions: 33},
			first: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive},
			final: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusPass},
		},
		"one of an unknown number proves nothing": {
			s: unknown, seq: judgetest.Dealt([]int{40}, 0),
			first: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive},
			final: judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusInconclusive},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := scenarios.Measured{Scenario: tc.s, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, tc.seq)}}
			first := Judge(e)
			first.Next.Why = ""
			if first.Next != tc.next {
				t.Errorf("asks for %+v, want %+v", first.Next, tc.next)
			}
			judgetest.Check(t, first.Findings, tc.first)
			if tc.p > 0 {
				if p := judgetest.Find(t, first.Findings, tc.first.IDs()[0])[0].P; p == nil || math.Abs(math.Log(*p/tc.p)) > .1 {
					t.Errorf("P is not %g: %+v", tc.p, judgetest.Find(t, first.Findings, tc.first.IDs()[0])[0])
				}
			}
			last := again(e, 1, tc.seq)
			judgetest.Check(t, last.Findings, tc.final)
			judgetest.ProseOf(t, last.Findings, scenarios.ErrorsRate, scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage, scenarios.BalanceUnexpected, scenarios.BalanceImbalance)
			if diff := cmp.Diff(tc.failed, judgetest.FailedIDs(last.Findings)); diff != "" {
				t.Errorf("failed findings (-want +got):\n%s", diff)
			}
			for _, id := range []string{scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage, scenarios.BalanceUnexpected, scenarios.BalanceImbalance} {
				for _, f := range judgetest.Find(t, last.Findings, id) {
					if f.Message == "" || strings.HasSuffix(f.Message, ".") {
						t.Errorf("%s says %q", id, f.Message)
					}
				}
			}
		})
	}
}

func TestJudge_InferredPolicy(t *testing.T) {
	t.Parallel()
	least := judgetest.Declared(5)
	least.Expect.Balance.Policy = scenarios.PolicyLeastConn
	for name, tc := range map[string]struct {
		s    scenarios.Scenario
		seq  []int
		want scenarios.Policy
	}{
		"the same five in turn": {judgetest.Declared(5), slices.Repeat([]int{3, 1, 4, 0, 2}, 8), scenarios.PolicyRoundRobin},
		"no pattern":            {judgetest.Declared(5), judgetest.Dealt([]int{8, 8, 8, 8, 8}, 0), scenarios.PolicyRandom},
		"one coordinator alone": {judgetest.Declared(5), judgetest.Dealt([]int{40, 0, 0, 0, 0}, 0), ""},
		"turns of four, as of a round robin behind another": {judgetest.Declared(5), slices.Repeat([]int{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4}, 2), scenarios.PolicyRoundRobin},
		"leastconn, which has no order":                     {least, judgetest.Dealt([]int{8, 8, 8, 8, 8}, 0), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := again(scenarios.Measured{Scenario: tc.s, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, tc.seq)}}, 1, tc.seq)
			if j.Inferred != tc.want {
				t.Errorf("inferred %q, want %q", j.Inferred, tc.want)
			}
		})
	}
}

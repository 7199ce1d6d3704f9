package judge

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// want is the status of the findings that matter, by id.
type want map[string]scenarios.Status

// ids are its ids, sorted.
func (w want) ids() []string { return slices.Sorted(maps.Keys(w)) }

func TestWorkedExamples(t *testing.T) {
	t.Parallel()
	names := func(k int) scenarios.Scenario { return declared(k) }
	policy := func(p scenarios.Policy) scenarios.Scenario {
		s := declared(5)
		s.Expect.Balance.Policy = p
		return s
	}
	number := declared(5)
	number.Expect.Coordinators = scenarios.ExpectCoordinators{Count: 5}
	unknown := declared(0)
	for name, tc := range map[string]struct {
		s      scenarios.Scenario
		seq    []int
		ask    scenarios.NextLook // after the first look; Why is not compared
		p      float64            // of the first finding of first; 0: not compared
		first  want               // after the first look
		failed []string
		final  want // after all looks
	}{
		"ten sessions in turn, twice the same five, are a rotation": {
			s: names(5), seq: []int{0, 1, 2, 3, 4, 0, 1, 2, 3, 4},
			first: want{scenarios.BalanceCoverage: scenarios.Pass, scenarios.BalanceImbalance: scenarios.Pass},
		},
		"ten sessions on one of five are pinned": {
			s: names(5), seq: dealt([]int{10, 0, 0, 0, 0}, 0), ask: scenarios.NextLook{Kind: scenarios.Confirm, Sessions: 10},
			first:  want{scenarios.BalanceCoverage: scenarios.Inconclusive, scenarios.BalanceOrder: scenarios.Skipped},
			failed: []string{scenarios.BalanceCoverage},
			final:  want{scenarios.BalanceCoverage: scenarios.Fail},
		},
		"4, 3, 2, 1 and 0 prove nothing": {
			s: names(5), seq: dealt([]int{4, 3, 2, 1, 0}, 0),
			first: want{scenarios.BalanceCoverage: scenarios.Inconclusive, scenarios.BalanceImbalance: scenarios.Pass},
			final: want{scenarios.BalanceCoverage: scenarios.Inconclusive},
		},
		"5 and 5 of five are suspicious, and fail after a longer look": {
			s: names(5), seq: dealt([]int{5, 5, 0, 0, 0}, 0), ask: scenarios.NextLook{Kind: scenarios.Extend, Sessions: 30}, p: .0047,
			first:  want{scenarios.BalanceImbalance: scenarios.Inconclusive},
			failed: []string{scenarios.BalanceImbalance},
		},
		"12, 11, 9, 8 and 0 look even to chi-square, and one is missing": {
			s: names(5), seq: dealt([]int{12, 11, 9, 8, 0}, 0), ask: scenarios.NextLook{Kind: scenarios.Confirm, Sessions: 40}, p: 1.3e-4,
			first:  want{scenarios.BalanceCoverage: scenarios.Inconclusive},
			failed: []string{scenarios.BalanceCoverage},
			final:  want{scenarios.BalanceCoverage: scenarios.Fail},
		},
		"the same with a number in place of names": {
			s: number, seq: dealt([]int{12, 11, 9, 8, 0}, 0), ask: scenarios.NextLook{Kind: scenarios.Confirm, Sessions: 40},
			failed: []string{scenarios.BalanceCoverage},
			final:  want{scenarios.BalanceCoverage: scenarios.Fail},
		},
		"22 of 40 are too many": {
			s: names(5), seq: dealt([]int{22, 5, 5, 4, 4}, 0), ask: scenarios.NextLook{Kind: scenarios.Confirm, Sessions: 40}, p: 3.4e-6,
			first:  want{scenarios.BalanceImbalance: scenarios.Inconclusive},
			failed: []string{scenarios.BalanceImbalance},
			final:  want{scenarios.BalanceImbalance: scenarios.Fail},
		},
		"16 of 40 are suspicious": {
			s: names(5), seq: dealt([]int{16, 6, 6, 6, 6}, 0), ask: scenarios.NextLook{Kind: scenarios.Extend, Sessions: 120}, p: .040,
			first:  want{scenarios.BalanceImbalance: scenarios.Inconclusive},
			failed: []string{scenarios.BalanceImbalance},
		},
		"7, 9, 8, 10 and 6 are even": {
			s: names(5), seq: dealt([]int{7, 9, 8, 10, 6}, 0), p: .87,
			first: want{scenarios.BalanceImbalance: scenarios.Pass},
		},
		"60 of 100 over seven are too many": {
			s: names(7), seq: dealt([]int{60, 10, 7, 3, 6, 4, 10}, 0), ask: scenarios.NextLook{Kind: scenarios.Confirm, Sessions: 100}, p: 7e-35,
			first:  want{scenarios.BalanceImbalance: scenarios.Inconclusive},
			failed: []string{scenarios.BalanceImbalance},
		},
		"six errors may hide the fifth": {
			s: names(5), seq: dealt([]int{14, 13, 14, 13, 0}, 6),
			first: want{scenarios.BalanceCoverage: scenarios.Inconclusive,
				scenarios.ErrorsRate: scenarios.Fail},
			failed: []string{scenarios.ErrorsRate},
		},
		"leastconn may send ours anywhere": {
			s: policy(scenarios.LeastConn), seq: dealt([]int{6, 6, 6, 6, 16}, 0),
			first: want{scenarios.BalanceImbalance: scenarios.Skipped, scenarios.BalanceCoverage: scenarios.Pass},
		},
		"leastconn that shows one of five is inconclusive": {
			s: policy(scenarios.LeastConn), seq: dealt([]int{0, 0, 0, 0, 40}, 0),
			first: want{scenarios.BalanceCoverage: scenarios.Inconclusive, scenarios.BalanceOrder: scenarios.Skipped},
			final: want{scenarios.BalanceCoverage: scenarios.Inconclusive},
		},
		"source that stays with one passes": {
			s: policy(scenarios.SourcePolicy), seq: dealt([]int{0, 40, 0, 0, 0}, 0),
			first: want{scenarios.BalanceOrder: scenarios.Pass, scenarios.BalanceCoverage: scenarios.Skipped, scenarios.BalanceImbalance: scenarios.Skipped},
		},
		"source needs six sessions to tell from chance": {
			s: policy(scenarios.SourcePolicy), seq: dealt([]int{0, 5, 0, 0, 0}, 0),
			first: want{scenarios.BalanceOrder: scenarios.Inconclusive},
			final: want{scenarios.BalanceOrder: scenarios.Inconclusive},
		},
		"source that wanders fails": {
			s: policy(scenarios.SourcePolicy), seq: dealt([]int{20, 20, 0, 0, 0}, 0), ask: scenarios.NextLook{Kind: scenarios.Confirm, Sessions: 40},
			failed: []string{scenarios.BalanceOrder},
		},
		"three sessions cannot show five": {
			s: names(5), seq: []int{0, 1, 2},
			first: want{scenarios.BalanceCoverage: scenarios.Inconclusive, scenarios.BalanceImbalance: scenarios.Inconclusive, scenarios.BalanceOrder: scenarios.Pass},
			final: want{scenarios.BalanceCoverage: scenarios.Inconclusive},
		},
		"one coordinator has nothing to balance": {
			s: names(1), seq: dealt([]int{40}, 0),
			first: want{scenarios.BalanceCoverage: scenarios.Skipped, scenarios.BalanceUnexpected: scenarios.Pass},
		},
		"a stranger is unexpected, and the one it stands in for is missing": {
			s: names(5), seq: dealt([]int{8, 8, 8, 8, 0, 8}, 0), ask: scenarios.NextLook{Kind: scenarios.Confirm, Sessions: 40},
			failed: []string{scenarios.BalanceCoverage, scenarios.BalanceUnexpected},
			final:  want{scenarios.BalanceUnexpected: scenarios.Fail},
		},
		"a sixth where five were counted is unexpected": {
			s: number, seq: dealt([]int{8, 8, 8, 8, 4, 4}, 0), failed: []string{scenarios.BalanceUnexpected},
			first: want{scenarios.BalanceUnexpected: scenarios.Fail},
		},
		"five of an unknown number pass unverified": {
			s: unknown, seq: dealt([]int{7, 9, 8, 10, 6}, 0),
			first: want{scenarios.BalanceCoverage: scenarios.Pass, scenarios.BalanceUnexpected: scenarios.Skipped},
		},
		"ten of an unknown number need a longer first look": {
			s: unknown, seq: dealt([]int{4, 4, 4, 4, 4, 4, 4, 4, 4, 4}, 0), ask: scenarios.NextLook{Kind: scenarios.First, Sessions: 33},
			first: want{scenarios.BalanceCoverage: scenarios.Inconclusive},
			final: want{scenarios.BalanceCoverage: scenarios.Pass},
		},
		"one of an unknown number proves nothing": {
			s: unknown, seq: dealt([]int{40}, 0),
			first: want{scenarios.BalanceCoverage: scenarios.Inconclusive},
			final: want{scenarios.BalanceCoverage: scenarios.Inconclusive},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := scenarios.Measured{Scenario: tc.s, Looks: []scenarios.Look{lookOf(scenarios.First, 1, tc.seq)}}
			first := Judge(e)
			first.Next.Why = ""
			if first.Next != tc.ask {
				t.Errorf("asks for %+v, want %+v", first.Next, tc.ask)
			}
			check(t, first.Findings, tc.first)
			if tc.p > 0 {
				if p := find(t, first.Findings, tc.first.ids()[0])[0].P; p == nil || math.Abs(math.Log(*p/tc.p)) > .1 {
					t.Errorf("P = %v, want %g", *p, tc.p)
				}
			}
			last := again(e, 1, tc.seq)
			check(t, last.Findings, tc.final)
			proseOf(t, last.Findings, scenarios.ErrorsRate, scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage, scenarios.BalanceUnexpected, scenarios.BalanceImbalance)
			if diff := cmp.Diff(tc.failed, failedIDs(last.Findings)); diff != "" {
				t.Errorf("failed findings (-want +got):\n%s", diff)
			}
			for _, id := range []string{scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage, scenarios.BalanceUnexpected, scenarios.BalanceImbalance} {
				for _, f := range find(t, last.Findings, id) {
					if f.Message == "" || strings.HasSuffix(f.Message, ".") {
						t.Errorf("%s says %q", id, f.Message)
					}
				}
			}
		})
	}
}

func check(t *testing.T, fs []scenarios.Finding, w want) {
	t.Helper()
	for _, id := range w.ids() {
		if f := find(t, fs, id)[0]; f.Status != w[id] {
			t.Errorf("%s is %v, want %v: %q, note %q", id, f.Status, w[id], f.Message, f.Note)
		}
	}
}

func TestTheOrderNamesThePolicy(t *testing.T) {
	t.Parallel()
	least := declared(5)
	least.Expect.Balance.Policy = scenarios.LeastConn
	for name, tc := range map[string]struct {
		s    scenarios.Scenario
		seq  []int
		want scenarios.Policy
	}{
		"the same five in turn":         {declared(5), slices.Repeat([]int{3, 1, 4, 0, 2}, 8), scenarios.RoundRobin},
		"no pattern":                    {declared(5), dealt([]int{8, 8, 8, 8, 8}, 0), scenarios.Random},
		"one coordinator alone":         {declared(5), dealt([]int{40, 0, 0, 0, 0}, 0), ""},
		"runs of one coordinator":       {declared(5), slices.Repeat([]int{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4}, 2), ""},
		"leastconn, which has no order": {least, dealt([]int{8, 8, 8, 8, 8}, 0), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := again(scenarios.Measured{Scenario: tc.s, Looks: []scenarios.Look{lookOf(scenarios.First, 1, tc.seq)}}, 1, tc.seq)
			if j.Inferred != tc.want {
				t.Errorf("inferred %q, want %q", j.Inferred, tc.want)
			}
		})
	}
}

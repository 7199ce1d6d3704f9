package judge

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// lookAt is a look of n sessions, dealt to the nodes in one shuffle, at a balancer
// that chooses by node and by the number of the session.
func lookAt(kind scenarios.LookKind, seed uint64, nodes, n int, choose func(node, i int) int) scenarios.Look {
	l, deal := scenarios.Look{Kind: kind, Planned: n}, make([]int, n)
	for i := range deal {
		deal[i] = i % nodes
	}
	judgetest.Source(seed).Shuffle(n, func(i, j int) { deal[i], deal[j] = deal[j], deal[i] })
	for i, node := range deal {
		l.Add(judgetest.Observed(judgetest.NodeAddr(node), choose(node, i)))
	}
	return l
}

// runAt takes looks at a balancer until no judge asks for another.
func runAt(s scenarios.Scenario, seed uint64, nodes, n int, choose func(node, i int) int) (Judgement, scenarios.Measured) {
	e := scenarios.Measured{Scenario: s}
	next := scenarios.NextLook{Sessions: n}
	var j Judgement
	for next.Sessions > 0 {
		e.Looks = append(e.Looks, lookAt(next.Kind, seed*100+uint64(len(e.Looks)), nodes, next.Sessions, choose))
		j = Judge(e)
		next = j.Next
	}
	return j, e
}

func statusOf(t *testing.T, j Judgement, id string) scenarios.Status {
	t.Helper()
	return judgetest.Find(t, j.Findings, id)[0].Status
}

// A look is read for everything, whoever asked for it, and one that decides nothing
// acquits nobody.
func TestBalance_EveryLookCounts(t *testing.T) {
	t.Parallel()
	look := func(kind scenarios.LookKind, seq []int) scenarios.Look { return judgetest.LookOf(kind, 1, seq) }
	const first, confirm = scenarios.LookFirst, scenarios.LookConfirm
	silent := append(judgetest.Dealt([]int{5, 5, 5, 5}, 0), judgetest.Dealt([]int{12, 12, 0, 12}, 0)...)
	cutOff := func(kind scenarios.LookKind) scenarios.Look {
		l := judgetest.LookOf(kind, 1, nil)
		l.Planned = 42
		for i := range 42 {
			o := judgetest.Observed(judgetest.NodeAddr(0), -1)
			if i%21 != 0 {
				o = judgetest.Observed(judgetest.NodeAddr(0), 0)
			}
			l.Add(o)
		}
		return l
	}
	for name, tc := range map[string]struct {
		k      int
		looks  []scenarios.Look
		id     string
		status scenarios.Status
	}{
		"dead in the look that an error asked for": {3, []scenarios.Look{look(first, judgetest.Dealt([]int{16, 16, 9}, 1)), look(confirm, judgetest.Dealt([]int{21, 21, 0}, 0))},
			scenarios.BalanceCoverage, scenarios.StatusInconclusive},
		"and in the next one": {3, []scenarios.Look{look(first, judgetest.Dealt([]int{16, 16, 9}, 1)), look(confirm, judgetest.Dealt([]int{21, 21, 0}, 0)), look(confirm, judgetest.Dealt([]int{21, 21, 0}, 0))},
			scenarios.BalanceCoverage, scenarios.StatusFail},
		"few sessions, and all to one of five":  {5, slices.Repeat([]scenarios.Look{look(confirm, judgetest.Dealt([]int{10, 0, 0, 0, 0}, 0))}, 3), scenarios.BalanceCoverage, scenarios.StatusFail},
		"fewer, and all to one of five":         {5, []scenarios.Look{look(first, judgetest.Dealt([]int{4, 0, 0, 0, 0}, 0))}, scenarios.BalanceCoverage, scenarios.StatusInconclusive},
		"gone in silence within the first look": {4, []scenarios.Look{look(first, silent)}, scenarios.BalanceCoverage, scenarios.StatusInconclusive},
		"all to one of three, and a few sessions cut": {3, []scenarios.Look{look(first, judgetest.Dealt([]int{42, 0, 0}, 0)), look(confirm, judgetest.Dealt([]int{41, 0, 0}, 1)), look(confirm, judgetest.Dealt([]int{42, 0, 0}, 0))},
			scenarios.BalanceCoverage, scenarios.StatusFail},
		"looks of errors acquit nobody": {3, []scenarios.Look{look(first, judgetest.Dealt([]int{42, 0, 0}, 0)), cutOff(confirm), cutOff(confirm)}, scenarios.BalanceCoverage, scenarios.StatusFail},
		"looks in which nobody answered acquit nobody": {3, []scenarios.Look{look(first, judgetest.Dealt([]int{42, 0, 0}, 0)), look(confirm, judgetest.Dealt(nil, 42)), look(confirm, judgetest.Dealt(nil, 42))},
			scenarios.BalanceCoverage, scenarios.StatusInconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(scenarios.Measured{Scenario: judgetest.Declared(tc.k), Looks: tc.looks})
			if got := statusOf(t, j, tc.id); got != tc.status {
				t.Errorf("%s is %s, want %s: %+v", tc.id, got, tc.status, judgetest.Find(t, j.Findings, tc.id))
			}
		})
	}
}

// Nodes with different lists are found, and "alike" is said of none of them.
func TestBalance_NodesWithDifferentLists(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		k, nodes, n int
		choose      func(r func(int) int) func(node, i int) int
		words       string
	}{
		"each of four reaches two of four": {4, 4, 76, func(r func(int) int) func(int, int) int {
			return func(node, _ int) int { return (node + r(2)) % 4 }
		}, "the nodes have different lists"},
		"one is dead from one of two nodes": {5, 2, 60, func(r func(int) int) func(int, int) int {
			return func(node, _ int) int { return r(5 - node) }
		}, "does not reach coord-4.example.com:25000"},
		"one node is pinned": {5, 2, 40, func(r func(int) int) func(int, int) int {
			return func(node, _ int) int { return r(5) * (1 - node) }
		}, "a node is pinned: 127.0.0.3:21050 reaches coord-0.example.com:25000 alone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			failed := 0
			for seed := range uint64(20) {
				j, _ := runAt(judgetest.Declared(tc.k), seed, tc.nodes, tc.n, tc.choose(judgetest.Source(seed).IntN))
				f := judgetest.Find(t, j.Findings, scenarios.BalanceReach)[0]
				if f.Status == scenarios.StatusFail {
					failed++
					if !strings.Contains(f.Message, tc.words) && !strings.Contains(f.Message, "depends on the node") {
						t.Errorf("seed %d: %s", seed, f.Message)
					}
				}
			}
			if failed < 16 {
				t.Errorf("%d of 20 runs failed", failed)
			}
		})
	}
}

// A round robin that all nodes share, or one behind another, is healthy whatever
// sessions of others are between ours.
func TestBalance_Rotations(t *testing.T) {
	t.Parallel()
	shared := func(k int, every int) func(seed uint64) func(int, int) int {
		return func(uint64) func(int, int) int {
			at, ours := 0, 0
			return func(int, int) int {
				if ours++; every > 0 && ours%every == 0 {
					at++
				}
				at++
				return at % k
			}
		}
	}
	levels := func(seed uint64) func(int, int) int {
		at := int(seed)
		return func(int, int) int { at++; return []int{0, 1, 1, 2, 2, 3, 3, 0}[at%8] }
	}
	declared := func(p scenarios.Policy, k int) scenarios.Scenario {
		s := judgetest.Declared(k)
		s.Expect.Balance.Policy = p
		return s
	}
	for name, tc := range map[string]struct {
		s        scenarios.Scenario
		nodes, n int
		choose   func(seed uint64) func(int, int) int
		note     string
	}{
		"shared by two, without strangers":   {judgetest.Declared(2), 2, 40, shared(2, 0), ""},
		"shared by two, one stranger in ten": {judgetest.Declared(2), 2, 40, shared(2, 10), ""},
		"shared by three, one in twenty":     {judgetest.Declared(3), 3, 42, shared(3, 20), ""},
		"shared by four, one in ten":         {judgetest.Declared(4), 4, 76, shared(4, 10), ""},
		"two levels":                         {judgetest.Declared(4), 1, 40, levels, "Rotation through two levels"},
		"two levels, declared":               {declared(scenarios.PolicyRoundRobin, 4), 1, 40, levels, "Rotation through two levels"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(20) {
				j, _ := runAt(tc.s, seed, tc.nodes, tc.n, tc.choose(seed))
				f := judgetest.Find(t, j.Findings, scenarios.BalanceOrder)[0]
				if j.Verdict != scenarios.StatusPass || !strings.Contains(f.Note, tc.note) {
					t.Errorf("seed %d: %s; %s: %s, note %q", seed, j.Verdict, f.Status, f.Message, f.Note)
				}
			}
		})
	}
}

// Where the policy was not declared, a balancer that sticks cannot be told from
// least-connections; where it was, it fails.
func TestBalance_StickyOrLeastConnections(t *testing.T) {
	t.Parallel()
	for policy, want := range map[scenarios.Policy]scenarios.Status{
		scenarios.PolicyAuto: scenarios.StatusInconclusive, scenarios.PolicyRandom: scenarios.StatusFail, scenarios.PolicyFlowHash: scenarios.StatusFail,
	} {
		right := 0
		for seed := range uint64(20) {
			j, _ := runOf(declared(policy, 5, 1, balancesim.Sticky(.7)), seed)
			if f := judgetest.Find(t, j.Findings, scenarios.BalanceOrder)[0]; f.Status == want {
				right++
			} else if policy == scenarios.PolicyAuto && f.Status == scenarios.StatusFail {
				t.Errorf("seed %d: %s", seed, f.Message)
			}
		}
		if right < 17 {
			t.Errorf("policy %s: balance.order is %s in %d of 20 runs", policy, want, right)
		}
	}
}

// Under policy source each client address has a coordinator of its own, on each node.
func TestBalance_SourceByAddress(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		k, addresses int
		choose       func(address, node, i int) int
		order, cover scenarios.Status
	}{
		"a hash of the address":             {4, 24, func(a, _, _ int) int { return a * 7 % 4 }, scenarios.StatusPass, scenarios.StatusPass},
		"of address and node":               {4, 24, func(a, n, _ int) int { return (a + n) % 4 }, scenarios.StatusPass, scenarios.StatusPass},
		"one address, one coordinator":      {4, 1, func(int, int, int) int { return 2 }, scenarios.StatusPass, scenarios.StatusSkipped},
		"few addresses do not show all":     {4, 4, func(a, _, _ int) int { return a % 2 }, scenarios.StatusPass, scenarios.StatusSkipped},
		"an address that wanders":           {4, 24, func(a, _, i int) int { return (a + i/2%2) % 4 }, scenarios.StatusFail, scenarios.StatusPass},
		"eight that all meet one of four":   {4, 8, func(int, int, int) int { return 1 }, scenarios.StatusPass, scenarios.StatusFail},
		"thirty that never meet the fourth": {4, 30, func(a, _, _ int) int { return a % 3 }, scenarios.StatusPass, scenarios.StatusFail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(tc.k)
			s.Expect.Balance.Policy = scenarios.PolicySource
			e, next := scenarios.Measured{Scenario: s}, scenarios.NextLook{Sessions: 96}
			var j Judgement
			for next.Sessions > 0 {
				l := scenarios.Look{Kind: next.Kind, Planned: next.Sessions}
				for i := range next.Sessions {
					address, node := i%tc.addresses, i/tc.addresses%2
					o := judgetest.Observed(judgetest.NodeAddr(node), tc.choose(address, node, i/tc.addresses))
					o.Local = netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, byte(address)}), uint16(40000+i))
					l.Add(o)
				}
				e.Looks = append(e.Looks, l)
				j = Judge(e)
				next = j.Next
			}
			judgetest.Check(t, j.Findings, judgetest.Want{scenarios.BalanceOrder: tc.order, scenarios.BalanceCoverage: tc.cover})
			judgetest.ProseOf(t, j.Findings, scenarios.BalanceOrder, scenarios.BalanceCoverage)
		})
	}
}

// The sessions of a node that answers nobody are its own failures, and those that
// named nobody elsewhere might have been anybody's.
func TestBalance_UnidentifiedSessions(t *testing.T) {
	t.Parallel()
	turn := 0
	dead := lookAt(scenarios.LookFirst, 3, 2, 40, func(node, _ int) int {
		if node == 1 {
			return -1
		}
		turn++
		return turn % 5
	})
	j := Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{dead}})
	judgetest.Check(t, j.Findings, judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusPass, scenarios.BalanceReach: scenarios.StatusSkipped, scenarios.ErrorsRate: scenarios.StatusFail})
	few := judgetest.LookOf(scenarios.LookFirst, 1, judgetest.Dealt([]int{9, 8, 8, 9, 4}, 2))
	j = Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{few}})
	judgetest.Check(t, j.Findings, judgetest.Want{scenarios.BalanceImbalance: scenarios.StatusPass})
}

// A load of ten thousand sessions confirms its own alarms.
func TestBalance_WholeLooks(t *testing.T) {
	t.Parallel()
	const n = 10_000
	stages := judgetest.Declared(5)
	stages.Kind = scenarios.KindStages
	at := func(policy scenarios.Policy, choose func(r func(int) int, i int) int) Judgement {
		s := stages
		s.Expect.Balance.Policy = policy
		l, r := scenarios.Look{Kind: scenarios.LookWhole, Planned: n}, judgetest.Source(5)
		for i := range n {
			o := judgetest.Observed(judgetest.NodeAddr(i%2), choose(r.IntN, i))
			o.Part, o.Seq = scenarios.PartArrival, i
			l.Add(o)
		}
		return Judge(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{l}})
	}
	const auto, random = scenarios.PolicyAuto, scenarios.PolicyRandom
	const pass, fail, inconclusive, skipped = scenarios.StatusPass, scenarios.StatusFail, scenarios.StatusInconclusive, scenarios.StatusSkipped
	diesAt := func(percent int) func(func(int) int, int) int {
		return func(r func(int) int, i int) int {
			if i*100 < percent*n {
				return r(5)
			}
			return r(4)
		}
	}
	for name, tc := range map[string]struct {
		policy           scenarios.Policy
		choose           func(r func(int) int, i int) int
		cover, imbalance scenarios.Status
	}{
		"healthy":           {auto, func(r func(int) int, _ int) int { return r(5) }, pass, pass},
		"one of five dead":  {auto, func(r func(int) int, _ int) int { return r(4) }, fail, skipped},
		"dead from half on": {auto, diesAt(50), fail, pass},
		"dead from 80 % on": {random, diesAt(80), fail, pass},
		"dead from 80 % on, which shares that move might explain": {auto, diesAt(80), inconclusive, pass},
		"dead from 90 % on": {random, diesAt(90), inconclusive, pass},
		"dead from 90 % on, which shares that move might explain": {auto, diesAt(90), inconclusive, pass},
		"one at twice its share":                                  {auto, func(r func(int) int, _ int) int { return max(0, r(6)-1) }, pass, fail},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := at(tc.policy, tc.choose)
			judgetest.Check(t, j.Findings, judgetest.Want{scenarios.BalanceCoverage: tc.cover, scenarios.BalanceImbalance: tc.imbalance})
			judgetest.ProseOf(t, j.Findings, scenarios.BalanceCoverage, scenarios.BalanceImbalance)
		})
	}
}

// A result of an earlier version has no order: what needs it is skipped, and alarms
// that its counts alone raise stay.
func TestBalance_WithoutAnOrder(t *testing.T) {
	t.Parallel()
	old := func(kind scenarios.LookKind, seq []int) scenarios.Look {
		l := judgetest.LookOf(kind, 2, seq)
		l.Sequence = scenarios.Sequence{}
		return l
	}
	even := Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{old(scenarios.LookFirst, evenLook)}})
	judgetest.Check(t, even.Findings, judgetest.Want{scenarios.BalanceOrder: scenarios.StatusSkipped, scenarios.BalanceReach: scenarios.StatusSkipped,
		scenarios.BalanceCoverage: scenarios.StatusSkipped, scenarios.BalanceImbalance: scenarios.StatusPass})
	dead := Judge(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{old(scenarios.LookFirst, deadLook), old(scenarios.LookConfirm, deadLook)}})
	judgetest.Check(t, dead.Findings, judgetest.Want{scenarios.BalanceCoverage: scenarios.StatusFail})
}

// The chance that is printed is that of the run, for the coordinator that is due least.
func TestDetect_OfTheSmallestShare(t *testing.T) {
	t.Parallel()
	s := judgetest.Declared(4)
	s.Expect.Balance.Weights = []float64{4, 2, 1, 1}
	j := Judge(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, judgetest.Dealt([]int{32, 16, 8, 8}, 0))}})
	if d := j.Detect; d == nil || d.Hot2x < .5 || d.Hot2x > .7 || d.Half > .05 || d.Dead < .98 {
		t.Errorf("detectable: %+v", d)
	}
	three := Judge(scenarios.Measured{Scenario: judgetest.Declared(3), Looks: []scenarios.Look{judgetest.LookOf(scenarios.LookFirst, 1, judgetest.Dealt([]int{14, 14, 14}, 0))}})
	if d := three.Detect; d == nil || d.Hot2x < .92 {
		t.Errorf("detectable: %+v", d)
	}
}

// Neither the names of coordinators nor the addresses of nodes have a say.
func TestBalance_WhateverTheNames(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		r := judgetest.Source(seed)
		seq, nodes := make([]int, 40), make([]int, 40)
		for i := range seq {
			seq[i], nodes[i] = min(r.IntN(5), r.IntN(6)), r.IntN(2)
		}
		judged := func(rename []int, swap int) []scenarios.Finding {
			l := scenarios.Look{Planned: 40}
			for i, c := range seq {
				l.Add(judgetest.Observed(judgetest.NodeAddr(nodes[i]^swap), rename[c]))
			}
			return decide(scenarios.Measured{Scenario: judgetest.Declared(5), Looks: []scenarios.Look{l}}).Findings
		}
		plain, renamed := judged([]int{0, 1, 2, 3, 4}, 0), judged([]int{3, 4, 1, 0, 2}, 1)
		for _, id := range []string{scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage, scenarios.BalanceImbalance} {
			a, b := judgetest.Find(t, plain, id)[0], judgetest.Find(t, renamed, id)[0]
			if a.Status != b.Status || (a.P == nil) != (b.P == nil) || a.P != nil && id == scenarios.BalanceOrder && *a.P != *b.P {
				t.Errorf("seed %d: %s is %+v, and of other names %+v", seed, id, a, b)
			}
		}
	}
}

// An idle leastconn goes round: beside the declaration that says nothing.
func TestJudge_InfersNothingBesideLeastconn(t *testing.T) {
	t.Parallel()
	s := judgetest.Declared(5)
	s.Expect.Balance.Policy = scenarios.PolicyLeastConn
	l := judgetest.LookOf(scenarios.LookFirst, 1, slices.Repeat([]int{0, 1, 2, 3, 4}, 8))
	if j := Judge(scenarios.Measured{Scenario: s, Looks: []scenarios.Look{l}}); j.Inferred != "" {
		t.Errorf("inferred %q", j.Inferred)
	}
}

// A result may come from a stranger: very many nodes, names and sessions that named
// nobody are judged in time all the same.
func TestBalance_ManyNodesAndNames(t *testing.T) {
	t.Parallel()
	l := scenarios.Look{Planned: 4000}
	for i := range 4000 {
		o := judgetest.Observed(netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 1), i)
		l.Add(o)
	}
	crowd := scenarios.Look{Planned: 40, Tally: scenarios.Tally{{Node: judgetest.NodeAddr(0), OK: 1 << 40}, {Node: judgetest.NodeAddr(0), Coordinator: judgetest.CoordName(0), OK: 20}, {Node: judgetest.NodeAddr(0), Coordinator: judgetest.CoordName(1), OK: 20}}}
	for name, look := range map[string]scenarios.Look{"places": l, "unidentified sessions": crowd} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j := Judge(scenarios.Measured{Scenario: judgetest.Declared(0), Looks: []scenarios.Look{look}})
			if j.Verdict == scenarios.StatusPass {
				t.Errorf("it passes: %+v", j.Findings)
			}
		})
	}
}

// A run that two silent sessions stopped has seen nobody: whether the coordinators are
// there is open, and they are named.
func TestBalance_NobodySeenNamesWhomItExpected(t *testing.T) {
	t.Parallel()
	look := scenarios.Look{Planned: 40, Cut: true}
	for i := range 2 {
		look.Add(scenarios.Observation{Seq: i, Part: scenarios.PartOrdered, Node: judgetest.NodeAddr(i), Outcome: scenarios.OutcomeFailed,
			Failed: scenarios.PhaseOpen, Class: vocabtest.Class("open.timeout")})
	}
	f := judgetest.Find(t, decide(scenarios.Measured{Scenario: judgetest.Declared(3), Looks: []scenarios.Look{look}}).Findings, scenarios.BalanceCoverage)[0]
	if f.Status != scenarios.StatusInconclusive || !strings.Contains(f.Message, judgetest.CoordName(2)) {
		t.Errorf("%s: %s", f.Status, f.Message)
	}
}

package judge

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/balancesim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// disguise changes what should not matter to a verdict: who is called what, and when
// the run was.
type disguise struct {
	coordinator map[string]string
	node        map[netip.AddrPort]netip.AddrPort
	later       time.Duration
}

// system is the same balancer in disguise.
func (d disguise) system(s balancesim.System) balancesim.System {
	names := s.Scenario.Expect.Coordinators.Names
	s.Scenario.Expect.Coordinators.Names = nil
	for _, name := range names {
		s.Scenario.Expect.Coordinators.Names = append(s.Scenario.Expect.Coordinators.Names, d.coordinator[name])
	}
	s.Observe = func(o *scenarios.Observation) {
		if o.Who.Coordinator != "" {
			o.Who.Coordinator = d.coordinator[o.Who.Coordinator]
		}
		o.Node = d.node[o.Node]
		o.Due, o.Start, o.End, o.Began = o.Due+d.later, o.Start+d.later, o.End+d.later, o.Began.Add(d.later)
	}
	return s
}

// permuted is a disguise where k coordinators and one undeclared, and the nodes,
// have each other's names, or new ones.
func permuted(r *rand.Rand, k, nodes int, rename bool) disguise {
	d := disguise{coordinator: map[string]string{}, node: map[netip.AddrPort]netip.AddrPort{}}
	for i, to := range r.Perm(k + 1) {
		d.coordinator[judgetest.CoordName(i)] = judgetest.CoordName(to)
		if rename {
			d.coordinator[judgetest.CoordName(i)] = fmt.Sprintf("impalad-%x.example.org:25000", r.Uint32())
		}
	}
	for i, to := range r.Perm(nodes) {
		d.node[judgetest.NodeAddr(i)] = judgetest.NodeAddr(to)
	}
	return d
}

// anySystem is a balancer of any kind, with any policy declared.
func anySystem(r *rand.Rand) balancesim.System {
	k, nodes := 2+r.IntN(5), 1+r.IntN(3)
	makers := []balancesim.Maker{
		balancesim.Random, balancesim.Ketama, balancesim.Rotor(.2), balancesim.SharedRotor(.1), balancesim.TwoLevels(3, false, .5),
		balancesim.LeastConn(balancesim.TiesRotating, busy), balancesim.TwoChoices(busy), balancesim.At(0), balancesim.At(2),
		balancesim.DeadFrom(0, .5), balancesim.DeadFromNode, balancesim.NodePinned, balancesim.Sticky(.5), balancesim.StickyTogether(.4),
		balancesim.Overlapping(1 + r.IntN(k)), balancesim.Swapped, balancesim.DeadNode(balancesim.Random), balancesim.Losing(.02, balancesim.At(0)), balancesim.Losing(.02, balancesim.Random),
	}
	policies := []scenarios.Policy{scenarios.PolicyAuto, scenarios.PolicyAuto, scenarios.PolicyRandom, scenarios.PolicyRoundRobin, scenarios.PolicyLeastConn, scenarios.PolicySource}
	s := declared(policies[r.IntN(len(policies))], k, nodes, makers[r.IntN(len(makers))])
	switch r.IntN(4) {
	case 0: // by number
		s.Scenario.Expect.Coordinators = scenarios.ExpectCoordinators{Count: k}
	case 1:
		s.Scenario.Expect.Coordinators = scenarios.ExpectCoordinators{}
	}
	return s
}

// statuses are those of the findings, by id, sorted.
func statuses(fs []scenarios.Finding) map[string][]string {
	out := map[string][]string{}
	for _, f := range fs {
		out[f.ID] = append(out[f.ID], f.Status.String())
	}
	for id := range out {
		slices.Sort(out[id])
	}
	return out
}

func TestJudge_WhateverTheNamesAndTheTime(t *testing.T) {
	t.Parallel()
	disguises := map[string]func(r *rand.Rand, s balancesim.System) disguise{
		"permuted": func(r *rand.Rand, s balancesim.System) disguise { return permuted(r, s.K, s.Nodes, false) },
		"renamed":  func(r *rand.Rand, s balancesim.System) disguise { return permuted(r, s.K, s.Nodes, true) },
		"later": func(r *rand.Rand, s balancesim.System) disguise {
			d := permuted(r, s.K, s.Nodes, false)
			for name := range d.coordinator {
				d.coordinator[name] = name
			}
			for node := range d.node {
				d.node[node] = node
			}
			d.later = time.Duration(1+r.IntN(1000)) * time.Hour
			return d
		},
	}
	for name, disguise := range disguises {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seen := map[scenarios.Status]int{}
			for seed := range uint64(40 * quickRuns / 100) {
				r := judgetest.Source(seed)
				s := anySystem(r)
				a, plain := runOf(s, seed)
				b, other := runOf(disguise(r, s).system(s), seed)
				seen[a.Verdict]++
				if a.Verdict != b.Verdict || len(plain.Looks) != len(other.Looks) || !maps.EqualFunc(statuses(a.Findings), statuses(b.Findings), slices.Equal) {
					t.Errorf("seed %d: %s in %d looks, %v\n%s: %s in %d looks, %v", seed, a.Verdict, len(plain.Looks), statuses(a.Findings), name, b.Verdict, len(other.Looks), statuses(b.Findings))
				}
			}
			for _, s := range []scenarios.Status{scenarios.StatusPass, scenarios.StatusFail, scenarios.StatusInconclusive} {
				if seen[s] == 0 && quickRuns >= 100 {
					t.Errorf("no run ended %s: that is not all", s)
				}
			}
		})
	}
}

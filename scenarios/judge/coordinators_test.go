package judge

import (
	"maps"
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestCoordinators_Silent(t *testing.T) {
	t.Parallel()
	var look scenarios.Look
	node := netip.MustParseAddrPort("127.0.0.2:21050")
	for _, o := range []scenarios.Observation{
		{Who: scenarios.Identity{Coordinator: "c:1", PID: 7, Version: "v1"}, Outcome: scenarios.OutcomeOK},
		{Who: scenarios.Identity{Coordinator: "c:1", PID: 8, Version: "v2"}, Outcome: scenarios.OutcomeFailed, Class: vocabtest.Class("execute.error")},
		{Who: scenarios.Identity{Coordinator: "foreign:1"}, Outcome: scenarios.OutcomeOK},
		{Outcome: scenarios.OutcomeUnknown},
	} {
		o.Node, o.Part = node, scenarios.PartOrdered
		look.Add(o)
	}
	half := .5
	want := []scenarios.CoordTally{
		{Name: "b", PIDs: []int32{}, Expected: &half},
		{Name: "c:1", PIDs: []int32{7, 8}, Sessions: 2, Failed: 1, Share: 2. / 3, Expected: &half, Version: "v2", Restarts: 1},
		{Name: "foreign:1", PIDs: []int32{}, Sessions: 1, Share: 1. / 3},
	}
	shares := map[string]float64{"b": .5, "c:1": .5}
	if diff := cmp.Diff(want, coordinators(scenarios.Measured{Looks: []scenarios.Look{look}}, shares)); diff != "" {
		t.Error(diff)
	}
	if got := coordinators(scenarios.Measured{}, shares); len(got) != 0 {
		t.Errorf("without a session: %+v", got)
	}
}

func TestCoordinators_OneSessionIsTheWholeShare(t *testing.T) {
	t.Parallel()
	var look scenarios.Look
	look.Add(scenarios.Observation{Who: scenarios.Identity{Coordinator: "c:1"}, Outcome: scenarios.OutcomeOK, Node: netip.MustParseAddrPort("127.0.0.2:21050"), Part: scenarios.PartOrdered})
	got := coordinators(scenarios.Measured{Looks: []scenarios.Look{look}}, nil)
	if len(got) != 1 || got[0].Share != 1 || got[0].Expected != nil {
		t.Errorf("%+v", got)
	}
}

func TestExpectedShares(t *testing.T) {
	t.Parallel()
	node := netip.MustParseAddrPort("127.0.0.2:21050")
	for name, c := range map[string]struct {
		declared scenarios.ExpectCoordinators
		weights  []float64
		seen     []string
		want     map[string]float64
	}{
		"nothing was declared": {scenarios.ExpectCoordinators{}, nil, []string{"a:1"}, nil},
		"a number":             {scenarios.ExpectCoordinators{Count: 4}, nil, []string{"a:1", "b:1"}, map[string]float64{"a:1": .25, "b:1": .25}},
		"names, of which one was never seen and one is foreign": {
			scenarios.ExpectCoordinators{Names: []string{"a", "b"}}, nil, []string{"a.example.com:1", "x:1"},
			map[string]float64{"a.example.com:1": .5, "b": .5},
		},
		"weights by name":               {scenarios.ExpectCoordinators{Names: []string{"b", "a"}}, []float64{3, 1}, []string{"a:1", "b:1"}, map[string]float64{"b:1": .75, "a:1": .25}},
		"weights in the order of names": {scenarios.ExpectCoordinators{Count: 2}, []float64{3, 1}, []string{"a:1", "b:1"}, map[string]float64{"a:1": .75, "b:1": .25}},
		"weights that cannot be laid":   {scenarios.ExpectCoordinators{Count: 2}, []float64{3, 1}, []string{"a:1"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var look scenarios.Look
			for _, s := range c.seen {
				look.Tally.Add(node, s, scenarios.OutcomeOK)
			}
			e := scenarios.Measured{Looks: []scenarios.Look{look}}
			e.Scenario.Expect.Coordinators, e.Scenario.Expect.Balance.Weights = c.declared, c.weights
			if got := ExpectedShares(e); !maps.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

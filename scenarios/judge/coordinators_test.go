package judge

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/internal/vocabtest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestASilentCoordinatorHasARowOfZeros(t *testing.T) {
	t.Parallel()
	var look scenarios.Look
	node := netip.MustParseAddrPort("127.0.0.2:21050")
	for _, o := range []scenarios.Observation{
		{Who: scenarios.Identity{Coordinator: "c:1", PID: 7, Version: "v1"}, Outcome: scenarios.OK},
		{Who: scenarios.Identity{Coordinator: "c:1", PID: 8, Version: "v2"}, Outcome: scenarios.Failed, Class: vocabtest.Class("execute.error")},
		{Who: scenarios.Identity{Coordinator: "foreign:1"}, Outcome: scenarios.OK},
		{Outcome: scenarios.Unknown},
	} {
		o.Node, o.Part = node, scenarios.Ordered
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

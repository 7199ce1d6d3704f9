package scenarios

import (
	"maps"
	"net/netip"
	"slices"
	"testing"
)

func TestTally_Sums(t *testing.T) {
	t.Parallel()
	a, b := netip.MustParseAddrPort("192.0.2.1:21050"), netip.MustParseAddrPort("192.0.2.2:21050")
	m := Measured{
		Looks: []Look{
			{Tally: Tally{{Node: b, Coordinator: "c2", OK: 3}}, Burst: Tally{{Node: a, Coordinator: "c1", OK: 1, Failed: 1}}},
			{Tally: Tally{{Node: a, Coordinator: "c1", OK: 2}, {Node: a, Failed: 1, Unknown: 1}}},
		},
		Nodes: []NodeTally{{Address: a}, {Address: b, Left: 7}},
	}
	all := m.Pooled()
	var s Sessions
	s.Count(all)
	if want := (Sessions{Attempted: 9, OK: 6, Failed: 2, Unknown: 1}); s != want {
		t.Errorf("sessions %+v, want %+v", s, want)
	}
	if got, want := all.ByCoordinator(), map[string]int{"c1": 4, "c2": 3}; !maps.Equal(got, want) {
		t.Errorf("by coordinator %v, want %v", got, want)
	}
	if n := all.Unidentified(); n != 2 {
		t.Errorf("%d unidentified, want 2", n)
	}
	if got := all.Coordinators(); !slices.Equal(got, []string{"c1", "c2"}) {
		t.Errorf("coordinators %v", got)
	}
	if got := all.Nodes(); !slices.Equal(got, []netip.AddrPort{a, b}) {
		t.Errorf("nodes %v", got)
	}
	of := NodeTallyOf(a, all)
	if of.Sessions != 6 || of.Failed != 2 || of.Unidentified != 2 || !maps.Equal(of.Coordinators, map[string]int{"c1": 4}) {
		t.Errorf("node %+v", of)
	}
	if got := m.Addresses(); !slices.Equal(got, []netip.AddrPort{a}) { // the other has left the name
		t.Errorf("addresses %v", got)
	}
}

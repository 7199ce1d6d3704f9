package balance

import (
	"net/netip"
	"testing"
)

// Parts have all sessions once, in order, groups whole, and their share of what was planned.
func TestParts_AreTheWhole(t *testing.T) {
	t.Parallel()
	s := sample{k: 2, values: 2, planned: 400, nodes: []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:1")}}
	for group := range 20 {
		for value := range 2 {
			s.events = append(s.events, event{value: value, n: 5, group: group})
		}
	}
	next := 0
	for i, p := range s.parts(4) {
		if p.sessions() != 50 || p.planned != 100 || p.k != 2 {
			t.Errorf("part %d: %d of %d sessions", i, p.sessions(), p.planned)
		}
		for _, e := range p.events {
			if e.group != next/2 || e.value != next%2 {
				t.Errorf("part %d: %+v is not the next of the whole", i, e)
			}
			next++
		}
	}
	if next != len(s.events) {
		t.Errorf("%d of %d events", next, len(s.events))
	}
}

package record

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Coordinators name themselves: however many names there are, memory is bounded.
func TestSet_Logins_AreBounded(t *testing.T) {
	t.Parallel()
	s := NewSet(Options{Recorders: 2})
	if s.Logins() != nil {
		t.Error("logins before there was one")
	}
	s.BeginLook(0)
	for i := range 10 * maxLogins {
		o := scenarios.Observation{Seq: i, Part: scenarios.PartArrival, Outcome: scenarios.OutcomeOK, Node: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), 1)}
		o.Who.Coordinator = fmt.Sprint("c", i)
		o.Phases[scenarios.PhaseOpen] = time.Duration(i+1) * time.Millisecond
		s.Decided(o)
		s.Ended(o, false)
	}
	logins := s.Logins()
	if logins.All.Count != 10*maxLogins || logins.All.Max != .64 || len(logins.Coordinators) != maxLogins {
		t.Errorf("%d coordinators, %+v", len(logins.Coordinators), logins.All)
	}
	if first := logins.Coordinators["c0"]; first.Count != 1 || first.P50 != .001 {
		t.Errorf("the first: %+v", first)
	}
}

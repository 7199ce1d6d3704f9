package judge

import (
	"net/netip"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestNodes_Left(t *testing.T) {
	t.Parallel()
	stays, left := netip.MustParseAddrPort("192.0.2.1:1"), netip.MustParseAddrPort("192.0.2.2:1")
	e := scenarios.Measured{Nodes: []scenarios.NodeTally{{Address: stays, Joined: 120}, {Address: left, Left: 300}}}
	if nodes := e.Addresses(); len(nodes) != 1 || nodes[0] != stays {
		t.Errorf("nodes = %v, want %s alone", nodes, stays)
	}
}

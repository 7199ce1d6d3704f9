package lbcheck

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A name with three addresses, one of them dead: the others are measured.
func TestRun_NameWithADeadAddress(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} {
		for position := range 3 {
			t.Run(fmt.Sprintf("silent %v, number %d", silent, position+1), func(t *testing.T) {
				t.Parallel()
				c, err := simcluster.Start(simcluster.Config{Coordinators: 3, Nodes: 2, ListenIP: netip.MustParseAddr("127.0.1.2")})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { c.Close() })
				port := c.Nodes()[0].Port()
				dead := netip.AddrPortFrom(netip.MustParseAddr("127.0.1.9"), port)
				if silent {
					l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(dead))
					if err != nil {
						t.Fatal(err)
					}
					t.Cleanup(func() { l.Close() })
				}
				addrs := []netip.Addr{c.Nodes()[0].Addr(), c.Nodes()[1].Addr()}
				addrs = slices.Insert(addrs, position, dead.Addr())
				s := scenarios.Default()
				s.Target.Endpoints, s.Target.Confirm = []string{fmt.Sprintf("lb.example.com:%d", port)}, "lb.example.com"
				s.Load.Rate, s.Load.Timeout = 0, scenarios.Duration(2*time.Second)
				opt := Options{}
				opt.Run.Resolve = func(context.Context, string, string) ([]netip.Addr, error) { return addrs, nil }
				r, err := Run(t.Context(), s, opt)
				if err != nil || r.ExitCode() != scenarios.ExitFail || r.Sessions.Failed == 0 || len(r.Scouts) != 3 {
					t.Fatalf("exit %d, %v, sessions = %+v, stopped = %+v", r.ExitCode(), err, r.Sessions, r.Stopped)
				}
				storable(t, r)
				for i, met := range r.Scouts {
					if met.Smooth() == (i == position) {
						t.Errorf("scout %d: %+v", i, met)
					}
				}
			})
		}
	}
}

package run

import (
	"context"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestOnThisMachine(t *testing.T) {
	own := netip.MustParseAddr("10.0.0.7")
	hosts := map[string]netip.Addr{"a.example.com": own, "b.example.com": netip.MustParseAddr("10.0.0.8"), "own.example.com": own}
	for name, c := range map[string]struct {
		endpoint string
		class    string // of one session in three
		want     []string
	}{
		"a target that is this machine":      {"10.0.1.1:21050", "tcp.timeout", []string{"a.example.com:25000"}},
		"also where it is refused":           {"10.0.1.1:21050", "tcp.refused", []string{"a.example.com:25000"}},
		"no connection failed":               {"10.0.1.1:21050", "open.eof", nil},
		"the balancer is on this machine":    {"10.0.0.7:21050", "tcp.timeout", nil},
		"all of it is on this machine alone": {"127.0.0.2:21050", "tcp.refused", nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := scenario(12)
				s.Target.Endpoints, s.Expect.Coordinators.Names = []string{c.endpoint}, []string{"a.example.com:25000", "b.example.com:25000", "gone.example.com"}
				b := &balancer{coordinators: 2, answer: func(_ Node, i int) fate {
					if i%3 == 2 {
						return fate{openErr: fault{c.class, ""}}
					}
					return fate{}
				}}
				r, _ := watched(t.Context(), t, b, s, Options{
					ownAddrs: func() []netip.Addr { return []netip.Addr{own} },
					routed:   func(netip.AddrPort) bool { return true },
					Resolve: func(_ context.Context, _, host string) ([]netip.Addr, error) {
						if a, ok := hosts[host]; ok {
							return []netip.Addr{a}, nil
						}
						return nil, context.DeadlineExceeded
					},
				})
				if !slices.Equal(r.OnThisMachine, c.want) {
					t.Errorf("%v, want %v; failures %+v", r.OnThisMachine, c.want, failuresOf(r))
				}
			})
		})
	}
}

func failuresOf(r scenarios.Result) (out []scenarios.FailureGroup) {
	for _, l := range r.Looks {
		out = append(out, l.Failures...)
	}
	return out
}

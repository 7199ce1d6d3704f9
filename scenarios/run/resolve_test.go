package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestResolvingFindsTheNodes(t *testing.T) {
	t.Parallel()
	zone := map[string]string{ // as a resolver would answer for network "ip"
		"lb.example.com":     "192.0.2.2 192.0.2.1 2001:db8::1",
		"four.example.com":   "192.0.2.2",
		"six.example.com":    "2001:db8::6",
		"localhost":          "127.0.0.1 ::1",
		"mapped.example.com": "::ffff:192.0.2.2",
	}
	for name, c := range map[string]struct {
		endpoints string
		dns       scenarios.DNS
		noIPv6    bool
		want      string
	}{
		"all addresses in the resolver's order":     {"lb.example.com", scenarios.DNSAll, false, "192.0.2.2:21050 192.0.2.1:21050 [2001:db8::1]:21050"},
		"all is what nothing means":                 {"lb.example.com", "", false, "192.0.2.2:21050 192.0.2.1:21050 [2001:db8::1]:21050"},
		"IPv6 only where a route exists":            {"lb.example.com", scenarios.DNSAll, true, "192.0.2.2:21050 192.0.2.1:21050"},
		"IPv4 alone":                                {"lb.example.com", scenarios.DNSIPv4, false, "192.0.2.2:21050 192.0.2.1:21050"},
		"IPv6 alone, as was told":                   {"lb.example.com", scenarios.DNSIPv6, true, "[2001:db8::1]:21050"},
		"the system's choice":                       {"lb.example.com", scenarios.DNSOS, false, "192.0.2.2:21050"},
		"an address needs no resolver":              {"192.0.2.7:1 [2001:db8::7]:2", scenarios.DNSIPv4, true, "192.0.2.7:1 [2001:db8::7]:2"},
		"several endpoints, each node once":         {"lb.example.com four.example.com 192.0.2.9:9 mapped.example.com", scenarios.DNSIPv4, false, "192.0.2.2:21050 192.0.2.1:21050 192.0.2.9:9"},
		"another port is another node":              {"four.example.com four.example.com:1", scenarios.DNSAll, false, "192.0.2.2:21050 192.0.2.2:1"},
		"localhost is one machine":                  {"localhost:1", scenarios.DNSAll, false, "127.0.0.1:1"},
		"no route to the only address":              {"six.example.com", scenarios.DNSAll, true, "resolve.no-address: six.example.com has no address that can be dialled from here (see --dns)"},
		"no such name":                              {"four.example.com nowhere.example.com", scenarios.DNSAll, false, "resolve.not-found: no such host as nowhere.example.com"},
		"no answer from DNS":                        {"slow.example.com", scenarios.DNSAll, false, "resolve.timeout: no answer about slow.example.com from DNS"},
		"DNS fails":                                 {"broken.example.com", scenarios.DNSAll, false, "resolve.error: cannot resolve broken.example.com: server misbehaving"},
		"an answer without an address of that kind": {"four.example.com", scenarios.DNSIPv6, false, "resolve.no-address: four.example.com has no address that can be dialled from here (see --dns)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := resolver{c.dns, lookupIn(zone), func(netip.AddrPort) bool { return !c.noIPv6 }}
			target := scenarios.Target{Endpoints: strings.Fields(c.endpoints)}
			nodes, err := r.nodes(t.Context(), target, time.Second)
			var got []string
			for _, n := range nodes {
				got = append(got, n.Addr.String())
			}
			var e *resolveError
			if errors.As(err, &e) {
				got = []string{e.Class().String() + ": " + e.Error()}
			}
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("got %s, want %s", text, c.want)
			}
		})
	}
}

// lookupIn answers from a zone, by family.
func lookupIn(zone map[string]string) func(context.Context, string, string) ([]netip.Addr, error) {
	return func(_ context.Context, network, host string) ([]netip.Addr, error) {
		switch host {
		case "slow.example.com":
			return nil, fmt.Errorf("lookup: %w", context.DeadlineExceeded)
		case "broken.example.com":
			return nil, errors.New("server misbehaving")
		}
		if zone[host] == "" {
			return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		var out []netip.Addr
		for text := range strings.FieldsSeq(zone[host]) {
			a := netip.MustParseAddr(text)
			if four := a.Unmap().Is4(); network == "ip" || four == (network == "ip4") {
				out = append(out, a)
			}
		}
		return out, nil
	}
}

func TestANodeKeepsTheHostAsWritten(t *testing.T) {
	t.Parallel()
	r := resolver{scenarios.DNSAll, lookupIn(map[string]string{"LB.example.com": "192.0.2.1"}), routed}
	nodes, err := r.nodes(t.Context(), scenarios.Target{Endpoints: []string{"LB.example.com"}, Protocol: scenarios.Beeswax}, time.Second)
	if err != nil || len(nodes) != 1 || nodes[0] != (Node{netip.MustParseAddrPort("192.0.2.1:21000"), "LB.example.com"}) {
		t.Errorf("nodes = %v, %v", nodes, err)
	}
}

func TestLoopbackIsRouted(t *testing.T) {
	t.Parallel()
	if !routed(netip.MustParseAddrPort("127.0.0.1:9")) {
		t.Error("127.0.0.1 is not routed")
	}
}

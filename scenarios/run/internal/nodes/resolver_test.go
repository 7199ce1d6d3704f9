package nodes

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

func TestResolver_Resolve(t *testing.T) {
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
		"all addresses in the resolver's order":     {endpoints: "lb.example.com", dns: scenarios.DNSAll, want: "192.0.2.2:21050 192.0.2.1:21050 [2001:db8::1]:21050"},
		"all is what nothing means":                 {endpoints: "lb.example.com", dns: "", want: "192.0.2.2:21050 192.0.2.1:21050 [2001:db8::1]:21050"},
		"IPv6 only where a route exists":            {endpoints: "lb.example.com", dns: scenarios.DNSAll, noIPv6: true, want: "192.0.2.2:21050 192.0.2.1:21050"},
		"IPv4 alone":                                {endpoints: "lb.example.com", dns: scenarios.DNSIPv4, want: "192.0.2.2:21050 192.0.2.1:21050"},
		"IPv6 alone, as was told":                   {endpoints: "lb.example.com", dns: scenarios.DNSIPv6, noIPv6: true, want: "[2001:db8::1]:21050"},
		"the system's choice":                       {endpoints: "lb.example.com", dns: scenarios.DNSOS, want: "192.0.2.2:21050"},
		"an address needs no resolver":              {endpoints: "192.0.2.7:1 [2001:db8::7]:2", dns: scenarios.DNSIPv4, noIPv6: true, want: "192.0.2.7:1 [2001:db8::7]:2"},
		"several endpoints, each node once":         {endpoints: "lb.example.com four.example.com 192.0.2.9:9 mapped.example.com", dns: scenarios.DNSIPv4, want: "192.0.2.2:21050 192.0.2.1:21050 192.0.2.9:9"},
		"another port is another node":              {endpoints: "four.example.com four.example.com:1", dns: scenarios.DNSAll, want: "192.0.2.2:21050 192.0.2.2:1"},
		"localhost is one machine":                  {endpoints: "localhost:1", dns: scenarios.DNSAll, want: "127.0.0.1:1"},
		"no route to the only address":              {endpoints: "six.example.com", dns: scenarios.DNSAll, noIPv6: true, want: "resolve.no-address: six.example.com has no address that can be dialled from here"},
		"no such name":                              {endpoints: "four.example.com nowhere.example.com", dns: scenarios.DNSAll, want: "resolve.not-found: no such host as nowhere.example.com"},
		"no answer from DNS":                        {endpoints: "slow.example.com", dns: scenarios.DNSAll, want: "resolve.timeout: no answer about slow.example.com from DNS"},
		"DNS fails":                                 {endpoints: "broken.example.com", dns: scenarios.DNSAll, want: "resolve.error: cannot resolve broken.example.com: server misbehaving"},
		"an answer without an address of that kind": {endpoints: "four.example.com", dns: scenarios.DNSIPv6, want: "resolve.no-address: four.example.com has no address that can be dialled from here"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := Resolver{c.dns, lookupIn(zone), func(netip.AddrPort) bool { return !c.noIPv6 }}
			target := scenarios.Target{Endpoints: strings.Fields(c.endpoints)}
			nodes, err := r.Resolve(t.Context(), target, time.Second)
			var got []string
			for _, n := range nodes {
				got = append(got, n.Addr.String())
			}
			var e *Error
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

func TestResolver_Resolve_KeepsTheHostAsWritten(t *testing.T) {
	t.Parallel()
	r := Resolver{scenarios.DNSAll, lookupIn(map[string]string{"LB.example.com": "192.0.2.1"}), Routed}
	nodes, err := r.Resolve(t.Context(), scenarios.Target{Endpoints: []string{"LB.example.com"}, Protocol: scenarios.ProtocolBeeswax}, time.Second)
	if err != nil || len(nodes) != 1 || nodes[0] != (scenarios.Node{Addr: netip.MustParseAddrPort("192.0.2.1:21000"), Host: "LB.example.com"}) {
		t.Errorf("nodes = %v, %v", nodes, err)
	}
}

func TestRouted_Loopback(t *testing.T) {
	t.Parallel()
	if !Routed(netip.MustParseAddrPort("127.0.0.1:9")) {
		t.Error("127.0.0.1 is not routed")
	}
}

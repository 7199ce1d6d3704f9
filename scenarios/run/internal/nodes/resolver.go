package nodes

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// maxAddresses is the most that a name may lead to: a load balancer's has one or a few a
// zone, and each costs a scout.
const maxAddresses = 256

// Resolver turns endpoints into nodes.
type Resolver struct {
	DNS    scenarios.DNS
	Lookup func(ctx context.Context, network, host string) ([]netip.Addr, error) // network is "ip", "ip4" or "ip6"
	Routed func(netip.AddrPort) bool                                             // whether packets to it would go anywhere
}

// Resolve returns every address behind the endpoints, in order and once each; never
// none. Its error is an [*Error].
func (r Resolver) Resolve(ctx context.Context, t scenarios.Target, timeout time.Duration) ([]scenarios.Node, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var out []scenarios.Node
	for _, endpoint := range t.Endpoints {
		host, port, err := scenarios.SplitEndpoint(endpoint, t.Protocol.Port())
		if err != nil {
			return nil, &Error{vocab.KindEndpoint, err.Error()}
		}
		addrs, err := r.addresses(ctx, host, port)
		if err != nil {
			return nil, err
		}
		for _, a := range addrs {
			n := scenarios.Node{Addr: netip.AddrPortFrom(a.Unmap(), port), Host: host}
			if !slices.ContainsFunc(out, func(o scenarios.Node) bool { return o.Addr == n.Addr }) {
				out = append(out, n)
			}
		}
	}
	if len(out) == 0 {
		return nil, &Error{vocab.KindEndpoint, "no endpoint is given"}
	}
	return out, nil
}

// addresses returns those of a host, as target.dns says; never none.
func (r Resolver) addresses(ctx context.Context, host string, port uint16) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	network := map[scenarios.DNS]string{scenarios.DNSIPv4: "ip4", scenarios.DNSIPv6: "ip6"}[r.DNS]
	if network == "" {
		network = "ip"
	}
	addrs, err := r.Lookup(ctx, network, host)
	if err != nil {
		return nil, lookupError(host, err)
	}
	if len(addrs) > maxAddresses && r.DNS != scenarios.DNSOS {
		return nil, &Error{vocab.KindFailed, fmt.Sprintf("%s leads to %d addresses, and a run dials at most %d: give the endpoints of some of them", host, len(addrs), maxAddresses)}
	}
	switch r.DNS {
	case scenarios.DNSOS:
		addrs = addrs[:min(1, len(addrs))]
	case scenarios.DNSIPv4, scenarios.DNSIPv6:
	default:
		addrs = r.reachable(addrs, port)
	}
	if len(addrs) == 0 {
		return nil, &Error{vocab.KindNoAddress, host + " has no address that can be dialled from here"}
	}
	return addrs, nil
}

// reachable leaves out the IPv6 addresses to which no route exists, and ::1
// beside 127.0.0.1: that is one machine under two names, not two nodes.
func (r Resolver) reachable(addrs []netip.Addr, port uint16) []netip.Addr {
	loopback4 := slices.ContainsFunc(addrs, func(a netip.Addr) bool { return a.Unmap().Is4() && a.Unmap().IsLoopback() })
	return slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool {
		if a.Unmap().Is4() {
			return false
		}
		return a.IsLoopback() && loopback4 || !r.Routed(netip.AddrPortFrom(a, port))
	})
}

// Routed reports whether the system would know where to send packets for a.
// Connecting a UDP socket asks it that and sends nothing.
func Routed(a netip.AddrPort) bool {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(a))
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// Error is a name that leads nowhere.
type Error struct {
	kind vocab.Kind
	text string
}

// Error says which name, and why.
func (e *Error) Error() string { return e.text }

// Class is of phase resolve.
func (e *Error) Class() vocab.Class {
	return vocab.Class{Phase: vocab.PhaseResolve, Kind: e.kind}
}

// Hint says what to look at.
func (e *Error) Hint() []vocab.Fix {
	if e.kind == vocab.KindNoAddress {
		return []vocab.Fix{{Setting: "target.dns", Why: "take the addresses of another family"}}
	}
	return []vocab.Fix{{Why: "check the host's name, and that this machine uses the right DNS"}}
}

func lookupError(host string, err error) error {
	var d *net.DNSError
	switch {
	case errors.As(err, &d) && d.IsNotFound:
		return &Error{vocab.KindNotFound, fmt.Sprintf("no such host as %s", host)}
	case errors.As(err, &d) && d.IsTimeout, errors.Is(err, context.DeadlineExceeded):
		return &Error{vocab.KindTimeout, fmt.Sprintf("no answer about %s from DNS", host)}
	}
	return &Error{vocab.KindFailed, fmt.Sprintf("cannot resolve %s: %v", host, err)}
}

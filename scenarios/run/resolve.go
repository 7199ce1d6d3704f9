package run

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

// resolver turns endpoints into nodes, once per run.
type resolver struct {
	dns    scenarios.DNS
	lookup func(ctx context.Context, network, host string) ([]netip.Addr, error)
	routed func(netip.AddrPort) bool
}

// nodes returns every address behind the endpoints, in order and once each.
func (r resolver) nodes(ctx context.Context, t scenarios.Target, timeout time.Duration) ([]Node, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var out []Node
	for _, endpoint := range t.Endpoints {
		host, port, err := scenarios.SplitEndpoint(endpoint, t.Protocol.Port())
		if err != nil {
			return nil, &resolveError{vocab.KindEndpoint, err.Error()}
		}
		addrs, err := r.addresses(ctx, host, port)
		if err != nil {
			return nil, err
		}
		for _, a := range addrs {
			n := Node{netip.AddrPortFrom(a.Unmap(), port), host}
			if !slices.ContainsFunc(out, func(o Node) bool { return o.Addr == n.Addr }) {
				out = append(out, n)
			}
		}
	}
	if len(out) == 0 {
		return nil, &resolveError{vocab.KindEndpoint, "no endpoint is given"}
	}
	return out, nil
}

// addresses returns a host's, as target.dns says; never none.
func (r resolver) addresses(ctx context.Context, host string, port uint16) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	network := map[scenarios.DNS]string{scenarios.DNSIPv4: "ip4", scenarios.DNSIPv6: "ip6"}[r.dns]
	if network == "" {
		network = "ip"
	}
	addrs, err := r.lookup(ctx, network, host)
	if err != nil {
		return nil, lookupError(host, err)
	}
	switch r.dns {
	case scenarios.DNSOS:
		addrs = addrs[:min(1, len(addrs))]
	case scenarios.DNSIPv4, scenarios.DNSIPv6:
	default:
		addrs = r.reachable(addrs, port)
	}
	if len(addrs) == 0 {
		return nil, &resolveError{vocab.KindNoAddress, host + " has no address that can be dialled from here (see --dns)"}
	}
	return addrs, nil
}

// reachable leaves out the IPv6 addresses to which no route exists, and ::1
// beside 127.0.0.1: that is one machine under two names, not two nodes.
func (r resolver) reachable(addrs []netip.Addr, port uint16) []netip.Addr {
	loopback4 := slices.ContainsFunc(addrs, func(a netip.Addr) bool { return a.Unmap().Is4() && a.Unmap().IsLoopback() })
	return slices.DeleteFunc(slices.Clone(addrs), func(a netip.Addr) bool {
		if a.Unmap().Is4() {
			return false
		}
		return a.IsLoopback() && loopback4 || !r.routed(netip.AddrPortFrom(a, port))
	})
}

// routed reports whether the system would know where to send packets for a.
// Connecting a UDP socket asks it that and sends nothing.
func routed(a netip.AddrPort) bool {
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(a))
	if err != nil {
		return false
	}
	_ = c.Close()
	return true
}

// resolveError is a name that leads nowhere.
type resolveError struct {
	kind vocab.Kind
	text string
}

func (e *resolveError) Error() string { return e.text }

func (e *resolveError) Class() vocab.Class {
	return vocab.Class{Phase: vocab.PhaseResolve, Kind: e.kind}
}

func (e *resolveError) Hint() []vocab.Fix {
	return []vocab.Fix{{Why: "check the host's name, and that this machine uses the right DNS"}}
}

func lookupError(host string, err error) error {
	var d *net.DNSError
	switch {
	case errors.As(err, &d) && d.IsNotFound:
		return &resolveError{vocab.KindNotFound, fmt.Sprintf("no such host as %s", host)}
	case errors.As(err, &d) && d.IsTimeout, errors.Is(err, context.DeadlineExceeded):
		return &resolveError{vocab.KindTimeout, fmt.Sprintf("no answer about %s from DNS", host)}
	}
	return &resolveError{vocab.KindFailed, fmt.Sprintf("cannot resolve %s: %v", host, err)}
}

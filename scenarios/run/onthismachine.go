package run

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

const (
	hairpinTimeout = 2 * time.Second
	hairpinNames   = 64 // coordinators that are looked up, at most
)

// onThisMachine lists the declared coordinators that are this machine, where some
// connections were not made and the nodes are elsewhere: a network load balancer does
// not connect a target to itself. Names are looked up, and nothing is dialled.
func (r *run) onThisMachine(ctx context.Context, looks []scenarios.Look) []string {
	if ctx.Err() != nil || !connectionsFailed(looks) {
		return nil
	}
	own := r.opt.ownAddrs()
	if slices.ContainsFunc(r.nodes.All(), func(n Node) bool { return n.Addr.Addr().IsLoopback() || slices.Contains(own, n.Addr.Addr()) }) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, hairpinTimeout)
	defer cancel()
	var out []string
	names := r.s.Expect.Coordinators.Names
	for _, name := range names[:min(len(names), hairpinNames)] {
		host, _, err := scenarios.SplitEndpoint(name, 0)
		if err != nil {
			continue
		}
		addrs, _ := r.opt.Resolve(ctx, "ip", host)
		if slices.ContainsFunc(addrs, func(a netip.Addr) bool { return slices.Contains(own, a.Unmap()) }) {
			out = append(out, name)
		}
	}
	return out
}

// connectionsFailed reports whether a session failed as one does that is sent back to
// its own machine.
func connectionsFailed(looks []scenarios.Look) bool {
	return slices.ContainsFunc(looks, func(l scenarios.Look) bool {
		return slices.ContainsFunc(l.Failures, func(g scenarios.FailureGroup) bool {
			return g.Class.Phase == scenarios.PhaseTCP && (g.Class.IsTimeout() || g.Class.Kind == vocab.KindRefused)
		})
	})
}

// ownAddrs are the addresses of this machine, loopback left out.
func ownAddrs() []netip.Addr {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range all {
		if p, err := netip.ParsePrefix(a.String()); err == nil && !p.Addr().IsLoopback() {
			out = append(out, p.Addr().Unmap())
		}
	}
	return out
}

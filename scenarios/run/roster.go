package run

import (
	"net/netip"
	"slices"
	"sync"
)

// roster is the nodes of a run, less those whose certificate was refused.
type roster struct {
	all []Node

	mu      sync.Mutex
	refused map[netip.AddrPort]bool
}

// drop takes a node out for good.
func (r *roster) drop(n Node) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.refused == nil {
		r.refused = map[netip.AddrPort]bool{}
	}
	r.refused[n.Addr] = true
}

// has reports whether a node may still be dialled.
func (r *roster) has(n Node) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.refused[n.Addr]
}

// left lists the nodes that may still be dialled, in the order of resolving.
func (r *roster) left() []Node {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.all), func(n Node) bool { return r.refused[n.Addr] })
}

func (r *roster) addresses() []netip.AddrPort {
	out := make([]netip.AddrPort, len(r.all))
	for i, n := range r.all {
		out[i] = n.Addr
	}
	return out
}

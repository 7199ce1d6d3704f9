package run

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// roster is the nodes of a run. Readers never wait: a change makes a new list.
type roster struct {
	now atomic.Pointer[members] // nil: no node was found yet

	mu sync.Mutex // of writers
}

// members is a roster at one moment; it does not change.
type members struct {
	all     []Node // in the order of coming
	left    []Node // those to dial
	refused map[netip.AddrPort]bool
	joined  map[netip.AddrPort]time.Duration // later than the run's beginning
	gone    map[netip.AddrPort]time.Duration // the name leads there no more
}

func (r *roster) members() members {
	if m := r.now.Load(); m != nil {
		return *m
	}
	return members{}
}

// set takes the nodes that the names lead to when the run begins.
func (r *roster) set(nodes []Node) {
	r.now.Store(&members{all: nodes, left: nodes})
}

// drop takes a node out for good.
func (r *roster) drop(n Node) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.members()
	m.refused = with(m.refused, n.Addr, true)
	r.store(m)
}

// renew takes the nodes that the names lead to now, and returns those that
// came and those that went.
func (r *roster) renew(nodes []Node, at time.Duration) (came, went []Node) {
	r.mu.Lock()
	defer r.mu.Unlock()
	m := r.members()
	for _, n := range nodes {
		_, away := m.gone[n.Addr]
		if known := contains(m.all, n); known && !away {
			continue
		} else if !known {
			m.all = append(slices.Clone(m.all), n)
			m.joined = with(m.joined, n.Addr, at)
		}
		m.gone = without(m.gone, n.Addr)
		came = append(came, n)
	}
	for _, n := range m.all {
		if _, away := m.gone[n.Addr]; !away && !contains(nodes, n) {
			m.gone = with(m.gone, n.Addr, at)
			went = append(went, n)
		}
	}
	r.store(m)
	return came, went
}

func (r *roster) store(m members) {
	m.left = slices.DeleteFunc(slices.Clone(m.all), func(n Node) bool {
		_, away := m.gone[n.Addr]
		return away || m.refused[n.Addr]
	})
	r.now.Store(&m)
}

// has reports whether a node may still be dialled. One that the names no longer
// lead to is dialled where a session was already meant for it.
func (r *roster) has(n Node) bool { return !r.members().refused[n.Addr] }

// left lists the nodes to dial, in the order of resolving. It is not to be changed.
func (r *roster) left() []Node { return r.members().left }

// all lists every node that the run has known. It is not to be changed.
func (r *roster) all() []Node { return r.members().all }

// addresses lists what the names lead to now, nodes with a refused certificate included.
func (r *roster) addresses() []netip.AddrPort {
	m := r.members()
	out := []netip.AddrPort{}
	for _, n := range m.all {
		if _, away := m.gone[n.Addr]; !away {
			out = append(out, n.Addr)
		}
	}
	return out
}

func contains(nodes []Node, n Node) bool {
	return slices.ContainsFunc(nodes, func(o Node) bool { return o.Addr == n.Addr })
}

// with is a copy of m in which k is v.
func with[V any](m map[netip.AddrPort]V, k netip.AddrPort, v V) map[netip.AddrPort]V {
	out := without(m, k)
	out[k] = v
	return out
}

// without is a copy of m that lacks k.
func without[V any](m map[netip.AddrPort]V, k netip.AddrPort) map[netip.AddrPort]V {
	out := make(map[netip.AddrPort]V, len(m)+1)
	for key, v := range m {
		if key != k {
			out[key] = v
		}
	}
	return out
}

package nodes

import (
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Set is the nodes of a run. Readers never wait: a change makes a new snapshot.
// The zero value is empty.
type Set struct {
	now atomic.Pointer[Snapshot] // nil: no node was found yet

	mu sync.Mutex // of writers
}

// Snapshot is a set at one moment. It is not to be changed.
type Snapshot struct {
	All      []scenarios.Node                 // in the order of joining
	Dialable []scenarios.Node                 // neither excluded nor left
	Joined   map[netip.AddrPort]time.Duration // later than the run's beginning
	Left     map[netip.AddrPort]time.Duration // the name leads there no more
	excluded map[netip.AddrPort]bool
}

// Snapshot is the set as it is now.
func (s *Set) Snapshot() Snapshot {
	if m := s.now.Load(); m != nil {
		return *m
	}
	return Snapshot{}
}

// Start takes the nodes that the names lead to when the run begins.
func (s *Set) Start(nodes []scenarios.Node) {
	s.now.Store(&Snapshot{All: nodes, Dialable: nodes})
}

// Exclude takes a node out for good: its certificate was refused, or it is silent.
func (s *Set) Exclude(n scenarios.Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.Snapshot()
	m.excluded = with(m.excluded, n.Addr, true)
	s.store(m)
}

// Update takes the nodes that the names lead to now, and returns those that
// joined and those that left.
func (s *Set) Update(nodes []scenarios.Node, at time.Duration) (joined, left []scenarios.Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.Snapshot()
	for _, n := range nodes {
		_, gone := m.Left[n.Addr]
		if known := contains(m.All, n); known && !gone {
			continue
		} else if !known {
			m.All = append(slices.Clone(m.All), n)
			m.Joined = with(m.Joined, n.Addr, at)
		}
		m.Left = without(m.Left, n.Addr)
		joined = append(joined, n)
	}
	for _, n := range m.All {
		if _, gone := m.Left[n.Addr]; !gone && !contains(nodes, n) {
			m.Left = with(m.Left, n.Addr, at)
			left = append(left, n)
		}
	}
	s.store(m)
	return joined, left
}

func (s *Set) store(m Snapshot) {
	m.Dialable = slices.DeleteFunc(slices.Clone(m.All), func(n scenarios.Node) bool {
		_, gone := m.Left[n.Addr]
		return gone || m.excluded[n.Addr]
	})
	s.now.Store(&m)
}

// Allowed reports whether a node may still be dialled. One that the names no longer
// lead to may be where a session was already meant for it.
func (s *Set) Allowed(n scenarios.Node) bool { return !s.Snapshot().excluded[n.Addr] }

// Has reports whether a node is among those to dial.
func (s *Set) Has(n scenarios.Node) bool { return contains(s.Dialable(), n) }

// Dialable lists the nodes to dial, in the order of resolving. It is not to be changed.
func (s *Set) Dialable() []scenarios.Node { return s.Snapshot().Dialable }

// All lists every node that the run has known. It is not to be changed.
func (s *Set) All() []scenarios.Node { return s.Snapshot().All }

func contains(nodes []scenarios.Node, n scenarios.Node) bool {
	return slices.ContainsFunc(nodes, func(o scenarios.Node) bool { return o.Addr == n.Addr })
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

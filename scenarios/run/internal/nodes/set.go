package nodes

import (
	"maps"
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

// maxKnown bounds the nodes of a run: a name that leads elsewhere at every turn would add
// some every time.
const maxKnown = 1 << 12

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
	m.excluded = copyOf(m.excluded)
	m.excluded[n.Addr] = true
	s.store(m)
}

// Update takes the nodes that the names lead to now, and returns those that
// joined and those that left.
func (s *Set) Update(nodes []scenarios.Node, at time.Duration) (joined, left []scenarios.Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.Snapshot()
	m.All, m.Joined, m.Left = slices.Clone(m.All), copyOf(m.Joined), copyOf(m.Left)
	known, now := addresses(m.All), addresses(nodes)
	for _, n := range nodes {
		_, gone := m.Left[n.Addr]
		if known[n.Addr] && !gone || !known[n.Addr] && len(m.All) >= maxKnown {
			continue
		} else if !known[n.Addr] {
			known[n.Addr] = true
			m.All = append(m.All, n)
			m.Joined[n.Addr] = at
		}
		delete(m.Left, n.Addr)
		joined = append(joined, n)
	}
	for _, n := range m.All {
		if _, gone := m.Left[n.Addr]; !gone && !now[n.Addr] {
			m.Left[n.Addr] = at
			left = append(left, n)
		}
	}
	s.store(m)
	return joined, left
}

func addresses(nodes []scenarios.Node) map[netip.AddrPort]bool {
	out := make(map[netip.AddrPort]bool, len(nodes))
	for _, n := range nodes {
		out[n.Addr] = true
	}
	return out
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

// copyOf is a map that readers of the old one do not see changing.
func copyOf[V any](m map[netip.AddrPort]V) map[netip.AddrPort]V {
	if m == nil {
		return map[netip.AddrPort]V{}
	}
	return maps.Clone(m)
}

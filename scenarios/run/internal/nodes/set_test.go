package nodes

import (
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func nodesOf(addrs ...string) []scenarios.Node {
	var out []scenarios.Node
	for _, a := range addrs {
		out = append(out, scenarios.Node{Addr: netip.MustParseAddrPort(a + ":1"), Host: "lb"})
	}
	return out
}

func TestSet_Update(t *testing.T) {
	t.Parallel()
	var s Set
	s.Start(nodesOf("192.0.2.1", "192.0.2.2"))
	s.Exclude(nodesOf("192.0.2.2")[0])
	same := func(what string, got, want []scenarios.Node) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	same("dialable", s.Dialable(), nodesOf("192.0.2.1"))

	joined, left := s.Update(nodesOf("192.0.2.2", "192.0.2.3"), time.Minute)
	same("joined", joined, nodesOf("192.0.2.3"))
	same("left", left, nodesOf("192.0.2.1"))
	same("dialable, a refused one out", s.Dialable(), nodesOf("192.0.2.3"))
	same("all", s.All(), nodesOf("192.0.2.1", "192.0.2.2", "192.0.2.3"))
	if !s.Allowed(nodesOf("192.0.2.1")[0]) || s.Allowed(nodesOf("192.0.2.2")[0]) {
		t.Error("a session that is meant for a node that left is allowed, and none of a refused one")
	}

	joined, left = s.Update(nodesOf("192.0.2.1", "192.0.2.2", "192.0.2.3"), 2*time.Minute)
	same("joined again", joined, nodesOf("192.0.2.1"))
	same("none left", left, nil)
	if m := s.Snapshot(); len(m.Left) != 0 || m.Joined[nodesOf("192.0.2.3")[0].Addr] != time.Minute {
		t.Errorf("members = %+v", m)
	}
}

func TestSet_IsReadWhileItChanges(t *testing.T) {
	t.Parallel()
	var s Set
	s.Start(nodesOf("192.0.2.1", "192.0.2.2"))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1000 {
				if n := len(s.Dialable()); n != 1 && n != 2 {
					t.Errorf("%d nodes", n)
				}
			}
		})
	}
	all.Go(func() {
		for i := range 100 {
			s.Update(nodesOf("192.0.2.1", "192.0.2.2")[:1+i%2], time.Duration(i))
		}
	})
	all.Wait()
}

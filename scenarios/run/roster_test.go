package run

import (
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"
)

func nodesOf(addrs ...string) []Node {
	var out []Node
	for _, a := range addrs {
		out = append(out, Node{Addr: netip.MustParseAddrPort(a + ":1"), Host: "lb"})
	}
	return out
}

func TestARosterKnowsWhoCameWhoWentAndWhoWasRefused(t *testing.T) {
	t.Parallel()
	var r roster
	r.set(nodesOf("192.0.2.1", "192.0.2.2"))
	r.drop(nodesOf("192.0.2.2")[0])
	same := func(what string, got, want []Node) {
		t.Helper()
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	same("left", r.left(), nodesOf("192.0.2.1"))

	came, went := r.renew(nodesOf("192.0.2.2", "192.0.2.3"), time.Minute)
	same("came", came, nodesOf("192.0.2.3"))
	same("went", went, nodesOf("192.0.2.1"))
	same("left, a refused one out", r.left(), nodesOf("192.0.2.3"))
	same("all", r.all(), nodesOf("192.0.2.1", "192.0.2.2", "192.0.2.3"))
	if got := r.addresses(); len(got) != 2 {
		t.Errorf("addresses = %v, want those of now", got)
	}
	if !r.has(nodesOf("192.0.2.1")[0]) || r.has(nodesOf("192.0.2.2")[0]) {
		t.Error("a session that is meant for a node that left is had, and none of a refused one")
	}

	came, went = r.renew(nodesOf("192.0.2.1", "192.0.2.2", "192.0.2.3"), 2*time.Minute)
	same("came again", came, nodesOf("192.0.2.1"))
	same("nobody went", went, nil)
	if m := r.members(); len(m.gone) != 0 || m.joined[nodesOf("192.0.2.3")[0].Addr] != time.Minute {
		t.Errorf("members = %+v", m)
	}
}

func TestARosterIsReadWhileItChanges(t *testing.T) {
	t.Parallel()
	var r roster
	r.set(nodesOf("192.0.2.1", "192.0.2.2"))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 1000 {
				if n := len(r.left()); n != 1 && n != 2 {
					t.Errorf("%d nodes", n)
				}
			}
		})
	}
	all.Go(func() {
		for i := range 100 {
			r.renew(nodesOf("192.0.2.1", "192.0.2.2")[:1+i%2], time.Duration(i))
		}
	})
	all.Wait()
}

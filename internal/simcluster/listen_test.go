package simcluster

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"testing"
)

func TestCluster_NodeAddresses(t *testing.T) {
	t.Parallel()
	cl := start(t, Config{Nodes: 3})
	for i, node := range cl.Nodes() {
		if node.Port() != cl.Nodes()[0].Port() {
			t.Logf("node %d has another port: %v", i+1, cl.Nodes()) // allowed: another process may use the port
		}
		if slices.Contains(cl.Nodes()[:i], node) {
			t.Errorf("node %d has the address of another node: %v", i+1, node)
		}
	}
}

func TestNodeAddresses_FallBackToOne(t *testing.T) {
	t.Parallel()
	// 192.0.2.0/24 is reserved for documentation: no system has it.
	got := nodeAddresses(context.Background(), netip.MustParseAddr("192.0.2.77"), 2)
	if !slices.Equal(got, []netip.Addr{loopbackIP, loopbackIP}) {
		t.Error(got)
	}
	cl := start(t, Config{ListenIP: loopbackIP, Nodes: 1})
	open := cl.listeners[protocolHS2]
	for name, c := range map[string]struct {
		configured uint16
		ip         netip.Addr
		want       uint16
	}{
		"second node, any port":        {configured: 0, ip: loopbackIP, want: 0},
		"second node, configured port": {configured: 21050, ip: loopbackIP, want: 21051},
		"another address":              {configured: 0, ip: loopbackIP.Next(), want: open[0].addr().Port()},
	} {
		if port := nextPort(c.configured, open, c.ip); port != c.want {
			t.Errorf("%s: %d, want %d", name, port, c.want)
		}
	}
}

func TestStart_PortInUse(t *testing.T) {
	t.Parallel()
	taken := start(t, Config{Nodes: 1})
	if cl, err := Start(Config{HS2Port: taken.Nodes()[0].Port()}); err == nil {
		cl.Close()
		t.Error("no error for a port in use")
	}
}

func ExampleStart() {
	cl, err := Start(Config{Coordinators: 3, Nodes: 1, Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer cl.Close()
	fmt.Println(cl.Names())
	fmt.Println(cl.Nodes()[0].Addr().IsLoopback())
	// Output:
	// [coord-a1:25000 coord-a2:25000 coord-b1:25000]
	// true
}

//go:build linux

package main

import (
	"context"
	"slices"
)

// listProofs use nodes with different lists of coordinators, each of which is healthy
// by itself.
func listProofs(l *lab) []proof {
	return []proof{
		{name: "haproxy.lists.overlapping", run: l.proveOverlappingLists},
		{name: "haproxy.lists.stale", run: l.proveStaleList},
	}
}

// proveOverlappingLists dials four nodes that reach two of four coordinators each: ab,
// bc, cd and da. The shares are even, and the graph of nodes and coordinators does not
// fall apart.
func (l *lab) proveOverlappingLists(ctx context.Context) (evidence, error) {
	const name = "haproxy.lists.overlapping"
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	a := c.addresses()
	h, err := l.startNodes(ctx, name, overlapPort, a[0:2], a[1:3], a[2:4], []string{a[3], a[0]})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	unlike := verdictCase{
		name: name, args: slices.Concat(expecting(c.names()), h.addresses()),
		want: expectation{exit: 1, failed: []string{"balance.reach"}}, statuses: map[string]string{"errors.rate": "pass", "balance.coverage": "pass"},
		says: map[string]string{"balance.reach": node(1, overlapPort)}, lastLine: []string{"FAIL", "127.0.1."}, counted: h.connections, cluster: c,
	}
	return unlike.prove(ctx, l)
}

// proveStaleList dials two nodes, of which the second does not know one coordinator.
func (l *lab) proveStaleList(ctx context.Context) (evidence, error) {
	const name = "haproxy.lists.stale"
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	h, err := l.startNodes(ctx, name, stalePort, c.addresses(), c.addresses()[:3])
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	second := node(2, stalePort)
	stale := verdictCase{
		name: name, args: slices.Concat(expecting(c.names()), h.addresses()),
		want: expectation{exit: 1, failed: []string{"balance.reach"}}, statuses: map[string]string{"errors.rate": "pass", "balance.coverage": "pass"},
		says: map[string]string{"balance.reach": c.names()[3]}, lastLine: []string{"FAIL", second, c.names()[3]}, counted: h.connections, cluster: c,
	}
	return stale.prove(ctx, l)
}

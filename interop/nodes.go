//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
)

// The ports of lbName's two nodes. On the first each node reaches two of the four
// coordinators, on the second they reach three and one.
const (
	evenPort   = "31041"
	unevenPort = "31042"
)

// nodeProofs use a name with two addresses, each of which reaches only some of the
// coordinators, as with a balancer that does not balance across zones.
func nodeProofs(l *lab) []proof {
	prove := func(name, port string, want expectation, status string) proof {
		return proof{name: name, run: func(ctx context.Context) (evidence, error) {
			return l.proveNodes(ctx, name, port, want, status)
		}}
	}
	return []proof{
		// 2 and 2 of 4: every coordinator has its share, and the report says that the nodes differ.
		prove("haproxy.nodes.even-zones", evenPort, expectation{}, "pass"),
		// 3 and 1 of 4: one coordinator gets half of all sessions.
		prove("haproxy.nodes.uneven-zones", unevenPort, expectation{exit: 1, failed: []string{"balance.reach"}}, "fail"),
	}
}

// proveNodes dials the name and checks that both nodes were found, that each
// reached only its coordinators, and that balance.reach names them.
func (l *lab) proveNodes(ctx context.Context, name, port string, want expectation, status string) (evidence, error) {
	h, c, err := l.haproxyAndCluster()
	if err != nil {
		return evidence{}, err
	}
	if err := l.hosts(); err != nil {
		return evidence{}, err
	}
	before, err := h.sessionsOnPort(ctx, port)
	if err != nil {
		return evidence{}, err
	}
	all := balanceCase{expect: c.names(), sessions: 48, args: []string{"--expect-nodes", "2"}}
	r, err := l.smoke(ctx, name, want, append(all.flags(), net.JoinHostPort(lbName, port))...)
	if err != nil {
		return evidence{}, err
	}
	after, err := h.sessionsOnPort(ctx, port)
	if err != nil {
		return evidence{}, err
	}
	if counted := after - before; counted != r.Sessions.opened() {
		return evidence{}, fmt.Errorf("HAProxy counted %d sessions, the result has %d and %d scouts", counted, r.Sessions.Attempted, r.Sessions.Scout)
	}
	one, two := net.JoinHostPort(nodeOne, port), net.JoinHostPort(nodeTwo, port)
	split := map[string][]string{evenPort: {one, one, two, two}, unevenPort: {one, one, one, two}}[port]
	reached := map[string]map[string]int{}
	for _, n := range r.Nodes {
		reached[n.Address] = n.Coordinators
	}
	for i, coordinator := range c.names() {
		if len(reached) != 2 || reached[split[i]][coordinator] == 0 || reached[split[i]][coordinator] != r.sessionsByCoordinator()[coordinator] {
			return evidence{}, fmt.Errorf("%s should be reached through %s only: %v", coordinator, split[i], reached)
		}
	}
	if err := r.expectFinding("balance.reach", status, one, two); err != nil {
		return evidence{}, err
	}
	return evidence{
		numbers: fmt.Sprintf("%s of %d sessions over 2 nodes, HAProxy counted %d with the scouts'; exit %d, balance.reach %s naming both",
			joinCounts(r.counts(c.names())), r.Sessions.Attempted, after-before, r.Exit, status),
		tally: r.sessionsByCoordinator(),
	}, nil
}

// sessionsOnPort returns the number of sessions that the listeners on a port, on all
// addresses, have passed to servers since HAProxy started.
func (h *haproxy) sessionsOnPort(ctx context.Context, port string) (int, error) {
	sum := 0
	for _, l := range h.listeners {
		if portOf(l.address()) != port {
			continue
		}
		n, err := h.total(ctx, l.name)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// rotorProofs use round robins that no client sees as one. All of them are healthy.
func rotorProofs(l *lab) []proof {
	shared := func(name string, servers int, strangersEvery time.Duration) proof {
		return proof{name: name, run: func(ctx context.Context) (evidence, error) {
			return l.proveSharedRotor(ctx, name, servers, strangersEvery)
		}}
	}
	return []proof{
		shared("haproxy.shared-rotor.two", 2, 0),
		shared("haproxy.shared-rotor.two.strangers", 2, 100*time.Millisecond),
		shared("haproxy.shared-rotor.four", 4, 0),
		{name: "haproxy.rotor-of-rotors", run: func(ctx context.Context) (evidence, error) {
			return l.proveRotorOfRotors(ctx, "haproxy.rotor-of-rotors")
		}},
		{name: "haproxy.rotor-of-rotors.declared", run: func(ctx context.Context) (evidence, error) {
			return l.proveRotorOfRotors(ctx, "haproxy.rotor-of-rotors.declared", "--policy", "round-robin")
		}},
	}
}

// balanced are the findings of a healthy balancer of several nodes.
var balanced = map[string]string{
	"errors.rate": "pass", "balance.coverage": "pass", "balance.reach": "pass", "balance.imbalance": "pass", "balance.order": "pass",
}

// proveSharedRotor dials two nodes that share one rotor: one listener of HAProxy with
// two addresses. Which coordinator answers on one node depends on the sessions of the
// other, and of strangers; 0: there are none.
func (l *lab) proveSharedRotor(ctx context.Context, name string, servers int, strangersEvery time.Duration) (evidence, error) {
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	h, err := l.startHAProxy(ctx, name, []listener{
		{name: "rotor", bind: strings.Join(nodes(2, sharedRotorPort), ","), options: []string{roundRobinLine}, servers: c.addresses()[:servers]},
	})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	healthy := verdictCase{
		name: name, args: slices.Concat(expecting(c.names()[:servers]), []string{"--rate", "100/s"}, h.addresses()),
		statuses: balanced, lastLine: []string{"PASS"}, counted: h.connections, cluster: c,
		check: func(r result) error {
			if text := r.textOf("balance.reach"); strings.Contains(text, "cross-zone") {
				return fmt.Errorf("each node reaches every coordinator, and balance.reach says %s", text)
			}
			return nil
		},
	}
	if strangersEvery > 0 {
		healthy.others = &strangers{address: h.addresses()[0], every: strangersEvery}
	}
	return healthy.prove(ctx, l)
}

// proveRotorOfRotors puts one HAProxy before two others, each of which has a rotor
// over all coordinators: every coordinator answers twice in a row.
func (l *lab) proveRotorOfRotors(ctx context.Context, name string, flags ...string) (evidence, error) {
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	var inner []*haproxy
	var entries []string
	for _, side := range []struct {
		name string
		port int
	}{{"left", leftRotorPort}, {"right", rightRotorPort}} {
		h, err := l.startNodes(ctx, name+"."+side.name, side.port, c.addresses())
		if err != nil {
			return evidence{}, err
		}
		defer h.stop()
		inner, entries = append(inner, h), append(entries, h.addresses()...)
	}
	outer, err := l.startNodes(ctx, name, frontRotorPort, entries)
	if err != nil {
		return evidence{}, err
	}
	defer outer.stop()
	healthy := verdictCase{
		name: name, args: slices.Concat(expecting(c.names()), flags, outer.addresses()),
		statuses: map[string]string{"errors.rate": "pass", "balance.coverage": "pass", "balance.imbalance": "pass", "balance.order": "pass"},
		lastLine: []string{"PASS"}, cluster: c,
		counted: func(ctx context.Context) (connections, error) { return throughTwoLevels(ctx, outer, inner) },
	}
	return healthy.prove(ctx, l)
}

// throughTwoLevels returns the connections that the outer balancer has accepted, by the
// servers of the inner ones.
func throughTwoLevels(ctx context.Context, outer *haproxy, inner []*haproxy) (connections, error) {
	all, err := outer.connections(ctx)
	if err != nil {
		return all, err
	}
	all.servers = map[string]int{}
	for _, h := range inner {
		each, err := h.connections(ctx)
		if err != nil {
			return all, err
		}
		for server, n := range each.servers {
			all.servers[server] += n
		}
	}
	return all, nil
}

//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
)

// nameProofs use a host name with an address where nobody is, and coordinators that
// have one name.
func nameProofs(l *lab) []proof {
	var all []proof
	for dead := 1; dead <= 3; dead++ { // the order of addresses must not matter
		name := fmt.Sprintf("haproxy.name.dead-%d-of-3", dead)
		all = append(all, proof{name: name, run: func(ctx context.Context) (evidence, error) { return l.proveDeadAddress(ctx, name, dead) }})
	}
	return append(all, proof{name: "haproxy.name.one-for-four", run: l.proveOneName})
}

// proveDeadAddress dials a name with three addresses, of which one refuses every
// connection.
func (l *lab) proveDeadAddress(ctx context.Context, name string, dead int) (evidence, error) {
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	if err := l.hosts(); err != nil {
		return evidence{}, err
	}
	var live []listener
	for n := 1; n <= 3; n++ {
		if n != dead {
			live = append(live, listener{name: fmt.Sprintf("node-%d", n), bind: node(n, deadNodePort), options: []string{roundRobinLine}, servers: c.addresses()})
		}
	}
	h, err := l.startHAProxy(ctx, name, live)
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	partial := verdictCase{
		name: name, args: slices.Concat(expecting(c.names()), []string{net.JoinHostPort(threeName, strconv.Itoa(deadNodePort))}),
		want:     expectation{exit: 1, failed: []string{"errors.rate"}},
		statuses: map[string]string{"balance.coverage": "pass", "balance.reach": "pass", "balance.imbalance": "pass", "balance.order": "pass"},
		says:     map[string]string{"errors.rate": "tcp.refused"}, lastLine: []string{"FAIL", node(dead, deadNodePort)}, counted: h.connections, cluster: c,
		check: func(r result) error {
			for _, n := range r.Nodes {
				if isDead := n.Address == node(dead, deadNodePort); isDead != (len(n.Coordinators) == 0) {
					return fmt.Errorf("only %s is dead: %+v", node(dead, deadNodePort), r.Nodes)
				}
			}
			return nil
		},
	}
	return partial.prove(ctx, l)
}

// proveOneName uses four coordinators that all state the same name, as with a wrong
// --hostname on each. Their process IDs recur, so none of them restarts.
func (l *lab) proveOneName(ctx context.Context) (evidence, error) {
	const name = "haproxy.name.one-for-four"
	var g clusterGroup
	for i := range coordinators {
		c, err := l.startSim(ctx, fmt.Sprintf("one-name-%d", i+1), mortalPort+2*i, 2, "--direct", "--coordinators", "1", "--fault", fmt.Sprintf("pid=%d", 101+i))
		if err != nil {
			return evidence{}, err
		}
		defer c.proc.stop()
		g = append(g, c)
	}
	h, err := l.startNodes(ctx, name, oneNamePort, g.addresses())
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	alike := verdictCase{
		name: name, args: slices.Concat([]string{"--expect-coordinators", strconv.Itoa(coordinators)}, h.addresses()),
		want: expectation{exit: 3}, statuses: map[string]string{"errors.rate": "pass", "identity.sound": "inconclusive"},
		says: map[string]string{"identity.sound": g[0].names()[0]}, lastLine: []string{"INCONCLUSIVE", g[0].names()[0]}, counted: h.connections,
	}
	return alike.prove(ctx, l)
}

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
	return append(all,
		proof{name: "haproxy.name.silent-1-of-3", run: l.proveSilentAddress},
		proof{name: "haproxy.name.one-for-four", run: l.proveOneName},
	)
}

// deadCase dials threeName, of which one address is dead.
type deadCase struct {
	name   string
	port   int
	dead   int    // number of the node
	errors string // class of its sessions' errors
	flags  []string
	judged []string // findings about balance that pass
}

// proveDeadAddress uses an address that refuses every connection.
func (l *lab) proveDeadAddress(ctx context.Context, name string, dead int) (evidence, error) {
	return deadCase{name: name, port: deadNodePort, dead: dead, errors: "tcp.refused",
		judged: []string{"balance.coverage", "balance.reach", "balance.imbalance", "balance.order"}}.prove(ctx, l)
}

// proveSilentAddress uses an address that never replies, the first one. Each session
// there takes as long as it may, so the run may stop before balance is judged.
func (l *lab) proveSilentAddress(ctx context.Context) (evidence, error) {
	const dead = 1
	release, err := blackHole(node(dead, silentNodePort))
	if err != nil {
		return evidence{}, err
	}
	defer release()
	return deadCase{
		name: "haproxy.name.silent-1-of-3", port: silentNodePort, dead: dead, errors: "tcp.timeout", flags: []string{"--timeout", "1s"},
	}.prove(ctx, l)
}

func (d deadCase) prove(ctx context.Context, l *lab) (evidence, error) {
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	if err := l.hosts(); err != nil {
		return evidence{}, err
	}
	var live []listener
	for n := 1; n <= 3; n++ {
		if n != d.dead {
			live = append(live, listener{name: fmt.Sprintf("node-%d", n), bind: node(n, d.port), options: []string{roundRobinLine}, servers: c.addresses()})
		}
	}
	h, err := l.startHAProxy(ctx, d.name, live)
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	address, passed := node(d.dead, d.port), map[string]string{}
	for _, id := range d.judged {
		passed[id] = "pass"
	}
	partial := verdictCase{
		name: d.name, args: slices.Concat(expecting(c.names()), d.flags, []string{net.JoinHostPort(threeName, strconv.Itoa(d.port))}),
		want:     expectation{exit: 1, failed: []string{"errors.rate"}},
		statuses: passed,
		says:     map[string]string{"errors.rate": d.errors}, lastLine: []string{"FAIL", address}, counted: h.connections, cluster: c,
		check: func(r result) error {
			for _, n := range r.Nodes {
				if (n.Address == address) != (len(n.Coordinators) == 0) {
					return fmt.Errorf("only %s is dead: %+v", address, r.Nodes)
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

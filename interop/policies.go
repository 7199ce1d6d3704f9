//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// balanceProofs use our client through HAProxy and nginx with each of their
// policies.
func balanceProofs(l *lab) []proof {
	through := func(name string, get func() (balancer, error), c balanceCase) proof {
		return proof{name: name, run: func(ctx context.Context) (evidence, error) {
			b, err := get()
			if err != nil {
				return evidence{}, err
			}
			cluster, err := l.plainCluster()
			if err != nil {
				return evidence{}, err
			}
			c.expect = cluster.names()
			return c.prove(ctx, l, name, b, cluster.names())
		}}
	}
	haproxy := func() (balancer, error) { return l.haproxy() }
	nginx := func() (balancer, error) { return l.nginx() }

	var all []proof
	for _, c := range policyCases {
		all = append(all, through("haproxy."+c.name, haproxy, c.balanceCase), through("nginx."+c.name, nginx, c.balanceCase))
	}
	return append(all,
		through("haproxy.random.weight-1", haproxy, balanceCase{
			listener: "random-weight-1", sessions: 4000, args: coarseTolerance, exit: 1, failed: []string{"balance.imbalance"}}),
		through("haproxy.beeswax", haproxy, balanceCase{
			listener: "beeswax", sessions: 40, args: []string{"--protocol", "beeswax"}, shares: []int{10, 10, 10, 10}}),
		proof{name: "haproxy.leastconn.others-busy", run: l.proveBackgroundSessions},
		proof{name: "haproxy.drain", run: l.proveDrain},
		proof{name: "haproxy.hung", run: l.proveHung},
	)
}

// coarseTolerance are the flags of runs that distinguish a random balancer from a
// skewed one.
var coarseTolerance = []string{"--tolerance", "0.1"}

// policyCases apply to both HAProxy and nginx, which have listeners with the same
// names. Round robin is exact in spite of the scout, which only shifts the start:
// each run has a multiple of the number of coordinators.
var policyCases = []struct {
	name string
	balanceCase
}{
	{name: "round-robin", balanceCase: balanceCase{listener: "round-robin", sessions: 40, shares: []int{10, 10, 10, 10}, check: expectInferred("round-robin")}},
	{name: "weights", balanceCase: balanceCase{listener: "weights", sessions: 400, args: []string{"--expect-weights", "4:2:1:1"},
		shares: []int{200, 100, 50, 50}}},
	{name: "weights.undeclared", balanceCase: balanceCase{listener: "weights", sessions: 400,
		shares: []int{400, 200, 100, 100}, exit: 1, failed: []string{"balance.imbalance"}}}, // two looks: the second confirms
	{name: "leastconn", balanceCase: balanceCase{listener: "leastconn", policy: "leastconn", sessions: 40, check: expectImbalanceSkipped}},
	{name: "source", balanceCase: balanceCase{listener: "source", policy: "source", sessions: 40, check: expectOneCoordinator}},
	{name: "source.undeclared", balanceCase: balanceCase{listener: "source", sessions: 40, exit: 1, failed: []string{"balance.coverage"}, check: expectOneCoordinator}},
	{name: "random", balanceCase: balanceCase{listener: "random", sessions: 4000, args: coarseTolerance}},
}

// expectInferred checks the policy that was inferred from the order of sessions.
func expectInferred(policy string) func(result) error {
	return func(r result) error {
		if r.Policy.Inferred != policy {
			return fmt.Errorf("the inferred policy is %q, want %s", r.Policy.Inferred, policy)
		}
		return nil
	}
}

// expectImbalanceSkipped checks that every coordinator was reached and that balance
// was not judged: under leastconn it depends on the sessions of other clients.
func expectImbalanceSkipped(r result) error {
	if err := r.expectFinding("balance.imbalance", "skipped"); err != nil {
		return err
	}
	return r.expectFinding("balance.coverage", "pass")
}

// expectOneCoordinator checks that only one coordinator was reached.
func expectOneCoordinator(r result) error {
	reached := 0
	for _, sessions := range r.sessionsByCoordinator() {
		if sessions > 0 {
			reached++
		}
	}
	if reached != 1 {
		return fmt.Errorf("%d coordinators were reached, not one: %v", reached, r.sessionsByCoordinator())
	}
	return nil
}

// proveBackgroundSessions opens other connections to three of four coordinators, so
// that leastconn sends all of our sessions to the fourth. This is neither a failure
// nor a pass.
func (l *lab) proveBackgroundSessions(ctx context.Context) (evidence, error) {
	h, c, err := l.haproxyAndCluster()
	if err != nil {
		return evidence{}, err
	}
	const held = 12
	if err := h.set(ctx, "busy", "c4", "maint"); err != nil {
		return evidence{}, err
	}
	address, err := h.find("busy")
	if err != nil {
		return evidence{}, err
	}
	release, err := holdConnections(ctx, address, held)
	defer release()
	if err != nil {
		return evidence{}, err
	}
	if err := h.awaitSessions(ctx, "busy", held); err != nil {
		return evidence{}, err
	}
	if err := h.set(ctx, "busy", "c4", "ready"); err != nil {
		return evidence{}, err
	}
	unseen := balanceCase{
		listener: "busy", policy: "leastconn", expect: c.names(), sessions: 40, shares: []int{0, 0, 0, 200}, exit: 3, // five looks
		check: func(r result) error { return r.expectFinding("balance.coverage", "inconclusive", c.names()[0]) },
	}
	return unseen.prove(ctx, l, "haproxy.leastconn.others-busy", h, c.names())
}

// holdConnections opens n connections and keeps them idle until release.
func holdConnections(ctx context.Context, address string, n int) (release func(), err error) {
	var conns []io.Closer
	release = func() {
		for _, c := range conns {
			c.Close()
		}
	}
	for range n {
		var d net.Dialer
		c, err := d.DialContext(ctx, "tcp", address)
		if err != nil {
			return release, err
		}
		conns = append(conns, c)
	}
	return release, nil
}

// awaitSessions waits until the servers of a listener have been given this many
// sessions together.
func (h *haproxy) awaitSessions(ctx context.Context, listener string, sessions int) error {
	return poll(ctx, 50*time.Millisecond, func() (bool, error) {
		total, err := h.total(ctx, listener)
		return total >= sessions, err
	})
}

// proveDrain drains one coordinator, as an operator would.
func (l *lab) proveDrain(ctx context.Context) (evidence, error) {
	h, c, err := l.haproxyAndCluster()
	if err != nil {
		return evidence{}, err
	}
	if err := h.set(ctx, "drain", "c3", "drain"); err != nil {
		return evidence{}, err
	}
	defer h.set(context.WithoutCancel(ctx), "drain", "c3", "ready")
	missing := balanceCase{
		listener: "drain", expect: c.names(), sessions: 48, shares: []int{32, 32, 0, 32}, exit: 1, failed: []string{"balance.coverage"},
		check: func(r result) error { return r.expectFinding("balance.coverage", "fail", c.names()[2]) },
	}
	return missing.prove(ctx, l, "haproxy.drain", h, c.names())
}

// proveHung uses a coordinator that accepts connections and never replies. HAProxy's
// TCP check only connects, so it keeps sending sessions there.
func (l *lab) proveHung(ctx context.Context) (evidence, error) {
	const name = "haproxy.hung"
	c, err := l.hungCluster()
	if err != nil {
		return evidence{}, err
	}
	h, err := l.startHAProxy(ctx, "haproxy-hung", []listener{
		{name: "hung", bind: "127.0.0.1:31009", options: []string{"balance roundrobin"}, servers: c.addresses()},
	})
	if err != nil {
		return evidence{}, err
	}
	stalled := balanceCase{
		listener: "hung", expect: c.names(), sessions: 40, args: []string{"--timeout", "2s"}, exit: 1, failed: []string{"errors.rate"},
		check: func(r result) error {
			if len(r.Errors) != 1 || r.Errors[0].Class != "open.timeout" {
				return fmt.Errorf("the errors are %+v, want only open.timeout", r.Errors)
			}
			return r.expectFinding("errors.rate", "fail", "open.timeout")
		},
	}
	e, err := stalled.prove(ctx, l, name, h, c.names())
	if err != nil {
		return e, err
	}
	up, err := h.command(ctx, "show stat")
	if err != nil {
		return e, err
	}
	for line := range strings.Lines(up) {
		if strings.HasPrefix(line, "hung,c2,") && strings.Contains(line, ",UP,") {
			e.numbers += "; HAProxy's check says UP"
			return e, nil
		}
	}
	return e, fmt.Errorf("HAProxy's check does not say UP, so the case proves nothing")
}

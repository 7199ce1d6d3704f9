//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"
)

// balancer is a load balancer that counts the sessions of each server. Its servers
// are c1, c2, ... in the order of the coordinators.
type balancer interface {
	find(listener string) (address string, err error)
	count(ctx context.Context, listener string) (map[string]int, error)
}

// balanceCase is a run of smoke through a listener and its expected result.
type balanceCase struct {
	listener string
	policy   string   // declared policy; "": none
	expect   []string // declared coordinators
	sessions int
	args     []string // other flags
	shares   []int    // sessions of each coordinator in all looks; nil: random
	exit     int
	failed   []string
	check    func(result) error // another check; nil: none
}

// prove runs the case and compares the counts with the shares and with the
// balancer's counts.
func (c balanceCase) prove(ctx context.Context, l *lab, name string, b balancer, names []string) (evidence, error) {
	address, err := b.find(c.listener)
	if err != nil {
		return evidence{}, err
	}
	before, err := b.count(ctx, c.listener)
	if err != nil {
		return evidence{}, err
	}
	r, err := l.smoke(ctx, name, expectation{exit: c.exit, failed: c.failed}, append(c.flags(), address)...)
	if err != nil {
		return evidence{}, err
	}
	if counts := r.counts(names); c.shares != nil && !slices.Equal(counts, c.shares) {
		return evidence{}, fmt.Errorf("sessions by coordinator are %v, not %v", counts, c.shares)
	}
	if c.check != nil {
		if err := c.check(r); err != nil {
			return evidence{}, err
		}
	}
	counted, err := compareCounts(ctx, b, c.listener, before, r, names)
	if err != nil {
		return evidence{}, err
	}
	return evidence{numbers: c.numbers(r, names, counted), tally: r.sessionsByCoordinator()}, nil
}

// flags returns the flags of the run. There is no burst, so that all sessions are
// sequential.
func (c balanceCase) flags() []string {
	args := slices.Concat(c.args, []string{
		"--expect-coordinators", strings.Join(c.expect, ","), "--sessions", strconv.Itoa(c.sessions), "--burst", "0"})
	if c.policy != "" {
		args = append(args, "--policy", c.policy)
	}
	return args
}

func (c balanceCase) numbers(r result, names []string, counted int) string {
	text := fmt.Sprintf("%s of %d sessions, the balancer counted %d including the scout; exit %d",
		joinCounts(r.counts(names)), r.Sessions.Attempted, counted, r.Exit)
	if len(c.failed) > 0 {
		text += ", failed as expected: " + strings.Join(c.failed, ", ")
	}
	return text
}

// compareCounts compares our counts with the balancer's since before, and returns
// the sum of the latter. Only the balancer counts the scout, and a session that
// failed before the coordinator was identified.
func compareCounts(ctx context.Context, b balancer, listener string, before map[string]int, r result, names []string) (int, error) {
	want := r.Sessions.opened()
	var counted []int
	sum := 0
	for range 30 { // nginx logs a connection some time after it was closed
		after, err := b.count(ctx, listener)
		if err != nil {
			return 0, err
		}
		counted, sum = nil, 0
		for i := range names {
			server := fmt.Sprintf("c%d", i+1)
			counted = append(counted, after[server]-before[server])
			sum += counted[i]
		}
		if sum == want {
			break
		}
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	if r.Sessions.Scout == 0 || sum != want {
		return 0, fmt.Errorf("the balancer counted %v, %d in all; the result has %d sessions and %d scouts",
			counted, sum, r.Sessions.Attempted, r.Sessions.Scout)
	}
	ours := r.counts(names)
	for i := range names {
		if counted[i] < ours[i] {
			return 0, fmt.Errorf("the balancer counted %v sessions, the result has %v", counted, ours)
		}
	}
	return sum, nil
}

// serverWeights are the weights of the listeners with weights.
var serverWeights = [coordinators]int{4, 2, 1, 1}

// weighted appends its weight to each server, in the balancer's syntax.
func weighted(servers []string, syntax string) []string {
	var out []string
	for i, s := range servers {
		out = append(out, s+syntax+strconv.Itoa(serverWeights[i]))
	}
	return out
}

// haproxyAndCluster returns HAProxy and the plain coordinators behind it.
func (l *lab) haproxyAndCluster() (*haproxy, *cluster, error) {
	h, err := l.haproxy()
	if err != nil {
		return nil, nil, err
	}
	c, err := l.plainCluster()
	return h, c, err
}

// startPlainHAProxy starts HAProxy in front of the plain coordinators.
func (l *lab) startPlainHAProxy(ctx context.Context) (*haproxy, error) {
	c, err := l.plainCluster()
	if err != nil {
		return nil, err
	}
	certs, err := l.pki()
	if err != nil {
		return nil, err
	}
	all := c.addresses()
	weight1 := withPrefix("", all)
	for i := range weight1 {
		weight1[i] += " weight 1"
	}
	roundRobin := []string{"balance roundrobin"}
	// With HAProxy's default of two draws the less loaded server wins, which reduces
	// the skew when sessions run at the same time.
	oneDraw := []string{"balance random(1)"}
	return l.startHAProxy(ctx, "haproxy", []listener{
		{name: "round-robin", bind: "127.0.0.1:31001", options: roundRobin, servers: all},
		{name: "weights", bind: "127.0.0.1:31002", options: roundRobin, servers: weighted(all, " weight ")},
		{name: "leastconn", bind: "127.0.0.1:31003", options: []string{"balance leastconn"}, servers: all},
		{name: "busy", bind: "127.0.0.1:31004", options: []string{"balance leastconn"}, servers: all},
		{name: "source", bind: "127.0.0.1:31005", options: []string{"balance source"}, servers: all},
		{name: "random", bind: "127.0.0.1:31006", options: []string{"balance random"}, servers: all},
		{name: "random-weight-1", bind: "127.0.0.1:31007", options: oneDraw, servers: weight1},
		{name: "drain", bind: "127.0.0.1:31008", options: roundRobin, servers: all},
		{name: "beeswax", bind: "127.0.0.1:31010", options: roundRobin, servers: c.listeners("beeswax")},
		{name: "tls-termination", bind: "127.0.0.1:31011 ssl crt " + certs.good, options: roundRobin, servers: all},
		{name: "tls-wrong-issuer", bind: "127.0.0.1:31012 ssl crt " + certs.otherIssuer, options: roundRobin, servers: all},
		{name: "tls-no-intermediate", bind: "127.0.0.1:31013 ssl crt " + certs.noChain, options: roundRobin, servers: all},
		{name: "even-one", bind: net.JoinHostPort(nodeOne, evenPort), options: roundRobin, servers: all[:2]},
		{name: "even-two", bind: net.JoinHostPort(nodeTwo, evenPort), options: roundRobin, servers: all[2:]},
		{name: "uneven-one", bind: net.JoinHostPort(nodeOne, unevenPort), options: roundRobin, servers: all[:3]},
		{name: "uneven-two", bind: net.JoinHostPort(nodeTwo, unevenPort), options: roundRobin, servers: all[3:]},
	})
}

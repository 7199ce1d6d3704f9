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

// balancer is a load balancer that tells, by its own count, whom it gave how
// many sessions. Its servers are c1, c2, ... in the order of the coordinators.
type balancer interface {
	find(listener string) (address string, err error)
	count(ctx context.Context, listener string) (map[string]int, error)
}

// balanceCase is one run of smoke through a listener, and what has to come out.
type balanceCase struct {
	listener string
	policy   string   // as declared; "": not declared
	expect   []string // names declared as expected
	sessions int
	args     []string // further flags
	shares   []int    // sessions of each coordinator in all looks; nil: left to chance
	exit     int
	failed   []string
	check    func(result) error // what else has to hold; nil: nothing
}

// prove runs the case and holds the tally against the shares and against the
// balancer's own count.
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
		return evidence{}, fmt.Errorf("the tally is %v, not %v", counts, c.shares)
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

// flags are the case as a command line. There is no burst, so that the tally is
// the ordered sessions alone.
func (c balanceCase) flags() []string {
	args := slices.Concat(c.args, []string{ // --burst comes after --concurrency, which sets it as well
		"--expect-coordinators", strings.Join(c.expect, ","), "--sessions", strconv.Itoa(c.sessions), "--burst", "0"})
	if c.policy != "" {
		args = append(args, "--policy", c.policy)
	}
	return args
}

func (c balanceCase) numbers(r result, names []string, counted int) string {
	said := fmt.Sprintf("%s of %d sessions, the balancer counted %d with the scout's; exit %d",
		joinCounts(r.counts(names)), r.Sessions.Attempted, counted, r.Exit)
	if len(c.failed) > 0 {
		said += ", failed as it should: " + strings.Join(c.failed, ", ")
	}
	return said
}

// compareCounts holds our tally against the balancer's count since before, and returns
// that count's sum. The scout is a session like any other to the balancer and
// stands in no tally, and one that failed before it said who answered is in no
// coordinator's: these, and nothing else, may be the difference.
func compareCounts(ctx context.Context, b balancer, listener string, before map[string]int, r result, names []string) (int, error) {
	want := r.Sessions.Attempted + r.Sessions.Scout
	var counted []int
	sum := 0
	for range 30 { // nginx writes its line when it has seen the connection end
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
	if r.Sessions.Scout != 1 || sum != want {
		return 0, fmt.Errorf("the balancer counted %v, %d in all; the result has %d sessions and %d scout",
			counted, sum, r.Sessions.Attempted, r.Sessions.Scout)
	}
	tally := r.counts(names)
	for i := range names {
		if counted[i] < tally[i] {
			return 0, fmt.Errorf("the balancer gave %v sessions, the result says %v", counted, tally)
		}
	}
	return sum, nil
}

// serverWeights are the weights of the listeners that have some.
var serverWeights = [coordinators]int{4, 2, 1, 1}

// weighted appends to each server its weight, in the balancer's own syntax.
func weighted(servers []string, syntax string) []string {
	var out []string
	for i, s := range servers {
		out = append(out, s+syntax+strconv.Itoa(serverWeights[i]))
	}
	return out
}

// startPlainHAProxy runs HAProxy in front of the plain coordinators.
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
	// One draw: of HAProxy's usual two the busier loses, which hides a part of
	// the skew where sessions run at the same time.
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

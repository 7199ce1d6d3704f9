//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
)

// limitProofs use balancers that accept only so many connections. None of our
// coordinators is broken, and the report must not say so.
func limitProofs(l *lab) []proof {
	return []proof{
		{name: "haproxy.limit.rate", run: l.proveRateLimit},
		{name: "nginx.limit.connections", run: l.proveConnectionLimit},
	}
}

// proveRateLimit uses a HAProxy that accepts 20 connections a minute of one client and
// closes all further ones at once. The run stops, and the report names the limit.
func (l *lab) proveRateLimit(ctx context.Context) (evidence, error) {
	const name = "haproxy.limit.rate"
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	h, err := l.startHAProxy(ctx, name, []listener{{name: "rate", bind: node(1, ratePort), servers: c.addresses(), options: []string{
		roundRobinLine,
		"stick-table type ip size 1k expire 2m store conn_rate(1m)",
		"tcp-request connection track-sc0 src",
		"tcp-request connection reject if { sc0_conn_rate gt 20 }",
	}}})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	limited := verdictCase{
		name: name, args: slices.Concat(expecting(c.names()), h.addresses()),
		want: expectation{exit: 1, failed: []string{"errors.rate"}}, says: map[string]string{"errors.rate": "limit on the rate"},
		lastLine: []string{"FAIL", "limit on the rate"}, counted: h.connections, cluster: c,
		check: func(r result) error {
			if s := r.Sessions; s.OK > 20 || s.Failed > 25 {
				return fmt.Errorf("%d sessions, %d failed: a run stops after 20 refusals in a row", s.Attempted, s.Failed)
			}
			return nil
		},
	}
	return limited.prove(ctx, l)
}

// connectionLimit is what nginx's listener "limit" accepts at a time of one client.
const connectionLimit = 10

// proveConnectionLimit uses an nginx that accepts ten connections at a time of one
// client: all sessions in order get in, and of the burst only as many.
func (l *lab) proveConnectionLimit(ctx context.Context) (evidence, error) {
	const name = "nginx.limit.connections"
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	n, err := l.nginx()
	if err != nil {
		return evidence{}, err
	}
	address, err := n.find("limit")
	if err != nil {
		return evidence{}, err
	}
	limited := verdictCase{
		name: name, args: slices.Concat(expecting(c.names()), []string{address}),
		want: expectation{exit: 1, failed: []string{"errors.rate"}}, statuses: map[string]string{"balance.coverage": "pass", "balance.order": "pass"},
		says: map[string]string{"errors.rate": "limit"}, lastLine: []string{"FAIL", "limit"},
		cluster: c, counted: func(context.Context) (connections, error) { return n.connections("limit") },
	}
	return limited.prove(ctx, l)
}

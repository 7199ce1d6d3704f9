//go:build linux

package main

import (
	"context"
	"fmt"
	"slices"
)

// chainCase uses nodes that terminate TLS with certificates of their own.
type chainCase struct {
	nodes func(pki) []string // the certificate of each
	verdictCase
}

// chainCases have leaves that are valid for 300 days below an intermediate CA that is
// not. Not one session can be made where a client verifies, and that must not pass.
var chainCases = []chainCase{
	{nodes: onlyExpiredCA, verdictCase: verdictCase{
		name: "haproxy.tls.expired-intermediate", command: "smoke", want: expectation{exit: 1, failed: []string{"tls.expiry"}}, check: expectNoSession}},
	{nodes: onlyExpiredCA, verdictCase: verdictCase{
		name: "haproxy.tls.expired-intermediate.certificates", command: "tls", want: expectation{exit: 1, failed: []string{"tls.expiry"}}}},
	{nodes: goodAndExpiredCA, verdictCase: verdictCase{
		name: "haproxy.tls.expired-intermediate.one-of-two", command: "smoke", want: expectation{exit: 1, failed: []string{"tls.expiry", "tls.same-on-all-nodes"}}}},
}

func onlyExpiredCA(p pki) []string    { return []string{p.expiredCA} }
func goodAndExpiredCA(p pki) []string { return []string{p.good, p.expiredCA} }

// chainProofs use certificates whose chain is older than the leaf.
func chainProofs(l *lab) []proof {
	var all []proof
	for _, c := range chainCases {
		all = append(all, proof{name: c.name, run: func(ctx context.Context) (evidence, error) { return c.prove(ctx, l) }})
	}
	return all
}

// expectNoSession checks that no session was opened and that ours were refused by us.
func expectNoSession(r result) error {
	if r.Sessions.OK != 0 || r.Sessions.Refused == 0 {
		return fmt.Errorf("%d sessions were opened, %d refused", r.Sessions.OK, r.Sessions.Refused)
	}
	return nil
}

func (t chainCase) prove(ctx context.Context, l *lab) (evidence, error) {
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	p, err := l.pki()
	if err != nil {
		return evidence{}, err
	}
	var listeners []listener
	for i, certificate := range t.nodes(p) {
		listeners = append(listeners, listener{
			name: fmt.Sprintf("node-%d", i+1), bind: node(i+1, chainPort) + " ssl crt " + certificate,
			options: []string{roundRobinLine}, servers: c.addresses(),
		})
	}
	h, err := l.startHAProxy(ctx, t.name, listeners)
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	t.args = []string{"--ca-cert", p.root, "--server-name", lbName}
	if t.command == "smoke" {
		t.args = slices.Concat(t.args, []string{"--tls"}, expecting(c.names()))
	}
	t.args = append(t.args, h.addresses()...)
	// The finding names the authority that expired, the last line the place.
	t.says = map[string]string{"tls.expiry": "Simulated Server CA"}
	t.lastLine = []string{"FAIL", "tls.expiry"}
	t.counted = h.connections
	return t.verdictCase.prove(ctx, l)
}

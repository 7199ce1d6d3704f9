//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// simName is the name on the simulated cluster's own certificates, and
// simIssuer what is known of their issuer.
const (
	simName   = "impala.example.com"
	simIssuer = "O=Amazon"
)

// tlsCase is a run of smoke against a listener that speaks TLS.
type tlsCase struct {
	name     string
	listener string
	front    func() (front, error)
	issuer   string // expected of the certificate
	fails    string // the one finding that fails, "": none does
	says     string // what that finding must say
	control  bool   // with an unrelated root as the one to trust, tls.chain has to fail
}

// front is a balancer, what is behind it, and how its certificates are checked.
type front struct {
	balancer
	behind *cluster
	ca     string // PEM file to trust
	name   string // in the certificates
}

// tlsProofs: certificates that HAProxy and nginx really serve, or really pass through.
func tlsProofs(l *lab) []proof {
	haproxy := func() (front, error) { h, err := l.haproxy(); return l.terminating(h, err, l.plain) }
	nginx := func() (front, error) { n, err := l.nginx(); return l.terminating(n, err, l.plain) }
	again := func() (front, error) { h, err := l.secureHAProxy(); return l.terminating(h, err, l.secure) }
	through := func() (front, error) {
		h, err := l.secureHAProxy()
		if err != nil {
			return front{}, err
		}
		c, err := l.secure()
		if err != nil {
			return front{}, err
		}
		return front{balancer: h, behind: c, ca: c.ca, name: simName}, nil
	}
	var all []proof
	for _, c := range []tlsCase{
		{"haproxy.tls.termination", "tls-termination", haproxy, goodIssuer, "", "", true},
		{"nginx.tls.termination", "tls", nginx, goodIssuer, "", "", true},
		{"haproxy.tls.passthrough", "passthrough", through, simIssuer, "", "", true},
		{"haproxy.tls.re-encryption", "re-encryption", again, goodIssuer, "", "", false},
		{"haproxy.tls.wrong-issuer", "tls-wrong-issuer", haproxy, goodIssuer, "tls.issuer", otherOrg, false},
		{"haproxy.tls.no-intermediate", "tls-no-intermediate", haproxy, goodIssuer, "tls.chain", "incomplete", false},
	} {
		all = append(all, proof{name: c.name, run: func(ctx context.Context) (evidence, error) { return c.prove(ctx, l) }})
	}
	return all
}

// terminating is the front of a balancer that has certificates of our own PKI.
func (l *lab) terminating(b balancer, err error, behind func() (*cluster, error)) (front, error) {
	if err != nil {
		return front{}, err
	}
	c, err := behind()
	if err != nil {
		return front{}, err
	}
	certs, err := l.pki()
	return front{balancer: b, behind: c, ca: certs.root, name: lbName}, err
}

// startSecureHAProxy runs HAProxy in front of the coordinators that speak TLS.
func (l *lab) startSecureHAProxy(ctx context.Context) (*haproxy, error) {
	c, err := l.secure()
	if err != nil {
		return nil, err
	}
	certs, err := l.pki()
	if err != nil {
		return nil, err
	}
	var again []string
	for _, address := range c.addresses() {
		again = append(again, fmt.Sprintf("%s ssl verify required ca-file %s verifyhost %s sni str(%s)", address, c.ca, simName, simName))
	}
	roundRobin := []string{"balance roundrobin"}
	return l.startHAProxy(ctx, "haproxy-secure", []listener{
		{"passthrough", "127.0.0.1:31021", roundRobin, c.addresses()},
		{"re-encryption", "127.0.0.1:31022 ssl crt " + certs.good, roundRobin, again},
	})
}

// prove runs the case; a healthy one has to be even as well.
func (c tlsCase) prove(ctx context.Context, l *lab) (evidence, error) {
	f, err := c.front()
	if err != nil {
		return evidence{}, err
	}
	args := []string{"--tls", "--ca-cert", f.ca, "--server-name", f.name, "--expect-issuer", c.issuer}
	if c.fails != "" {
		return c.refuse(ctx, l, f, args)
	}
	even := balanceCase{
		listener: c.listener, expect: f.behind.names(), sessions: 40, shares: []int{10, 10, 10, 10}, args: args,
		and: func(r result) error {
			return errors.Join(r.says("tls.issuer", "pass"), r.says("tls.chain", "pass"), r.says("tls.host", "pass"))
		},
	}
	e, err := even.prove(ctx, l, c.name, f, f.behind.names())
	if err != nil || !c.control {
		return e, err
	}
	certs, err := l.pki()
	if err != nil {
		return e, err
	}
	args[slices.Index(args, f.ca)] = certs.stranger
	c.name, c.fails = c.name+".control", "tls.chain"
	_, err = c.refuse(ctx, l, f, args)
	e.numbers += "; with another root: tls.chain"
	return e, err
}

// refuse runs a case whose certificate is not good: nothing else fails, and no
// session is opened behind it.
func (c tlsCase) refuse(ctx context.Context, l *lab, f front, args []string) (evidence, error) {
	address, err := f.find(c.listener)
	if err != nil {
		return evidence{}, err
	}
	args = append(args, "--expect-coordinators", "4", "--sessions", "40", address)
	r, err := l.smoke(ctx, c.name, expectation{1, []string{c.fails}}, args...)
	if err != nil {
		return evidence{}, err
	}
	if err := r.says(c.fails, "fail", c.says); err != nil {
		return evidence{}, err
	}
	if r.Sessions.OK != 0 {
		return evidence{}, fmt.Errorf("%d sessions were opened behind a certificate that was refused", r.Sessions.OK)
	}
	return evidence{numbers: fmt.Sprintf("exit %d, failed as it should: %s, saying %q; no session opened", r.Exit, c.fails, c.says)}, nil
}

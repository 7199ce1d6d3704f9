//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// simName is the host name in the simulated cluster's certificates.
const simName = "impala.example.com"

// tlsCase is a run of smoke against a TLS listener.
type tlsCase struct {
	name     string
	listener string
	frontend func() (frontend, error)
	issuer   string // expected issuer of the certificate
	failed   string // the only finding that fails; "": none
	words    string // text of that finding
	control  bool   // also run with an unrelated root: tls.chain must fail
}

// frontend is a balancer, the cluster behind it, and how to verify its certificates.
type frontend struct {
	balancer
	cluster *cluster
	ca      string // PEM file of the root to trust
	name    string // host name in the certificates
}

// tlsProofs use certificates that HAProxy and nginx serve or pass through.
func tlsProofs(l *lab) []proof {
	haproxy := func() (frontend, error) { h, err := l.haproxy(); return l.terminatingFrontend(h, err, l.plainCluster) }
	nginx := func() (frontend, error) { n, err := l.nginx(); return l.terminatingFrontend(n, err, l.plainCluster) }
	again := func() (frontend, error) {
		h, err := l.secureHAProxy()
		return l.terminatingFrontend(h, err, l.secureCluster)
	}
	through := func() (frontend, error) {
		h, err := l.secureHAProxy()
		if err != nil {
			return frontend{}, err
		}
		c, err := l.secureCluster()
		if err != nil {
			return frontend{}, err
		}
		return frontend{balancer: h, cluster: c, ca: c.ca, name: simName}, nil
	}
	var all []proof
	for _, c := range []tlsCase{
		{name: "haproxy.tls.termination", listener: "tls-termination", frontend: haproxy, issuer: goodIssuer, failed: "", words: "", control: true},
		{name: "nginx.tls.termination", listener: "tls", frontend: nginx, issuer: goodIssuer, failed: "", words: "", control: true},
		{name: "haproxy.tls.passthrough", listener: "passthrough", frontend: through, issuer: goodIssuer, failed: "", words: "", control: true},
		{name: "haproxy.tls.re-encryption", listener: "re-encryption", frontend: again, issuer: goodIssuer, failed: "", words: "", control: false},
		{name: "haproxy.tls.wrong-issuer", listener: "tls-wrong-issuer", frontend: haproxy, issuer: goodIssuer, failed: "tls.issuer", words: otherOrg, control: false},
		{name: "haproxy.tls.no-intermediate", listener: "tls-no-intermediate", frontend: haproxy, issuer: goodIssuer, failed: "tls.chain", words: "incomplete", control: false},
	} {
		all = append(all, proof{name: c.name, run: func(ctx context.Context) (evidence, error) { return c.prove(ctx, l) }})
	}
	return all
}

// terminatingFrontend returns the frontend of a balancer that terminates TLS.
func (l *lab) terminatingFrontend(b balancer, err error, getCluster func() (*cluster, error)) (frontend, error) {
	if err != nil {
		return frontend{}, err
	}
	c, err := getCluster()
	if err != nil {
		return frontend{}, err
	}
	certs, err := l.pki()
	return frontend{balancer: b, cluster: c, ca: certs.root, name: lbName}, err
}

// startSecureHAProxy starts HAProxy in front of the coordinators with TLS.
func (l *lab) startSecureHAProxy(ctx context.Context) (*haproxy, error) {
	c, err := l.secureCluster()
	if err != nil {
		return nil, err
	}
	certs, err := l.pki()
	if err != nil {
		return nil, err
	}
	var reEncrypted []string
	for _, address := range c.addresses() {
		reEncrypted = append(reEncrypted, fmt.Sprintf("%s ssl verify required ca-file %s verifyhost %s sni str(%s)", address, c.ca, simName, simName))
	}
	roundRobin := []string{"balance roundrobin"}
	return l.startHAProxy(ctx, "haproxy-secure", []listener{
		{name: "passthrough", bind: "127.0.0.1:31021", options: roundRobin, servers: c.addresses()},
		{name: "re-encryption", bind: "127.0.0.1:31022 ssl crt " + certs.good, options: roundRobin, servers: reEncrypted},
	})
}

// prove runs the case. If no finding fails, sessions must be distributed evenly.
func (c tlsCase) prove(ctx context.Context, l *lab) (evidence, error) {
	f, err := c.frontend()
	if err != nil {
		return evidence{}, err
	}
	args := []string{"--tls", "--ca-cert", f.ca, "--server-name", f.name, "--expect-issuer", c.issuer}
	if c.failed != "" {
		return c.proveRejected(ctx, l, f, args)
	}
	even := balanceCase{
		listener: c.listener, expect: f.cluster.names(), sessions: 40, shares: []int{10, 10, 10, 10}, args: args,
		check: func(r result) error {
			return errors.Join(r.expectFinding("tls.issuer", "pass"), r.expectFinding("tls.chain", "pass"), r.expectFinding("tls.host", "pass"))
		},
	}
	e, err := even.prove(ctx, l, c.name, f, f.cluster.names())
	if err != nil || !c.control {
		return e, err
	}
	certs, err := l.pki()
	if err != nil {
		return e, err
	}
	args[slices.Index(args, f.ca)] = certs.unrelatedRoot
	c.name, c.failed = c.name+".control", "tls.chain"
	_, err = c.proveRejected(ctx, l, f, args)
	e.numbers += "; with another root: tls.chain"
	return e, err
}

// proveRejected runs a case with an invalid certificate: no other finding fails, and
// no session is opened.
func (c tlsCase) proveRejected(ctx context.Context, l *lab, f frontend, args []string) (evidence, error) {
	address, err := f.find(c.listener)
	if err != nil {
		return evidence{}, err
	}
	args = append(args, "--expect-coordinators", "4", "--sessions", "40", address)
	r, err := l.smoke(ctx, c.name, expectation{exit: 1, failed: []string{c.failed}}, args...)
	if err != nil {
		return evidence{}, err
	}
	if err := r.expectFinding(c.failed, "fail", c.words); err != nil {
		return evidence{}, err
	}
	if r.Sessions.OK != 0 {
		return evidence{}, fmt.Errorf("%d sessions were opened despite a rejected certificate", r.Sessions.OK)
	}
	return evidence{numbers: fmt.Sprintf("exit %d, failed as expected: %s with %q; no session opened", r.Exit, c.failed, c.words)}, nil
}

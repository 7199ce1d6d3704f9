//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Ports of the acceptors of GSSAPI, and of HAProxy in front of them.
const (
	cyrusPort = 21700 + iota
	jdkAuthPort
	jdkIntegrityPort
	jdkPrivacyPort
)

const (
	kerberosPort = 31061 + iota
	integrityPort
	privacyPort
	refusedPort
)

// kerberosProofs use our client's Kerberos with a KDC and acceptors that are not ours,
// through HAProxy.
func kerberosProofs(l *lab) []proof {
	prepare := func() { l.kdc() }
	all := []proof{
		{name: "kerberos.cyrus-and-jdk", prepare: prepare, run: l.proveAcceptors},
		{name: "kerberos.jdk.auth-int", run: func(ctx context.Context) (evidence, error) {
			return l.proveProtection(ctx, "auth-int", jdkIntegrityPort, integrityPort)
		}},
		{name: "kerberos.jdk.auth-conf", run: func(ctx context.Context) (evidence, error) {
			return l.proveProtection(ctx, "auth-conf", jdkPrivacyPort, privacyPort)
		}},
	}
	for _, c := range kerberosRefusals {
		all = append(all, proof{name: "kerberos." + c.name, full: c.full, run: func(ctx context.Context) (evidence, error) { return l.proveRefusal(ctx, c) }})
	}
	return all
}

func local(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// proveAcceptors logs in to Cyrus SASL with MIT Kerberos and to the JDK, each in front of
// a simulated coordinator and with the balancer's principal.
func (l *lab) proveAcceptors(ctx context.Context) (evidence, error) {
	k, err := l.kdc()
	if err != nil {
		return evidence{}, err
	}
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	cyrus, err := l.startCyrus(k, k.keytab(), local(cyrusPort), c.addresses()[0])
	if err != nil {
		return evidence{}, err
	}
	defer cyrus.close()
	jdk, err := l.startJDK(ctx, k, []jdkListener{{"auth", local(jdkAuthPort), c.addresses()[1]}})
	if err != nil {
		return evidence{}, err
	}
	defer jdk.proc.stop()
	h, err := l.startHAProxy(ctx, "haproxy-kerberos", []listener{
		{name: "kerberos", bind: bothNodes(kerberosPort), options: []string{roundRobinLine}, servers: []string{local(cyrusPort), local(jdkAuthPort)}},
	})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	names := c.names()[:2]
	run := balanceCase{listener: "kerberos", policy: "round-robin", expect: names, sessions: 40, shares: []int{20, 20}, args: k.flags(kdcPort)}
	e, err := run.prove(ctx, l, "kerberos.cyrus-and-jdk", h, names)
	if err != nil {
		return e, err
	}
	e.numbers += fmt.Sprintf("; logins: Cyrus and MIT %d, JDK %d", cyrus.logins.Load(), jdk.logins())
	if cyrus.logins.Load() < 20 || jdk.logins() < 20 {
		err = errors.New(e.numbers)
	}
	return e, err
}

// proveProtection signs or encrypts what follows the login; the JDK lets in nobody who
// does not, and neither may our client be let in without.
func (l *lab) proveProtection(ctx context.Context, qop string, acceptorPort, port int) (evidence, error) {
	k, err := l.kdc()
	if err != nil {
		return evidence{}, err
	}
	c, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	jdk, err := l.startJDK(ctx, k, []jdkListener{{qop, local(acceptorPort), c.addresses()[2]}})
	if err != nil {
		return evidence{}, err
	}
	defer jdk.proc.stop()
	h, err := l.startHAProxy(ctx, "haproxy-"+qop, []listener{
		{name: "kerberos", bind: bothNodes(port), options: []string{roundRobinLine}, servers: []string{local(acceptorPort)}},
	})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	names := c.names()[2:3]
	run := balanceCase{listener: "kerberos", expect: names, sessions: 10, shares: []int{10}, args: slices.Concat(k.flags(kdcPort), []string{"--kerberos-qop", qop})}
	e, err := run.prove(ctx, l, "kerberos.jdk."+qop, h, names)
	if err != nil {
		return e, err
	}
	address, err := h.find("kerberos")
	if err != nil {
		return e, err
	}
	args := slices.Concat([]string{"--sessions", "4", "--burst", "0"}, k.flags(kdcPort), []string{address})
	if _, err := l.refused(ctx, "kerberos.jdk."+qop+".control", "sasl.protection", args); err != nil {
		return e, fmt.Errorf("with QOP auth: %w", err)
	}
	e.numbers += "; with QOP auth: sasl.protection"
	return e, nil
}

// refused runs our command, which nobody lets in, and checks the class of the failure
// that ends it.
func (l *lab) refused(ctx context.Context, name, class string, args []string) (result, error) {
	r, err := l.smoke(ctx, name, expectation{exit: 4}, args...)
	if err != nil {
		return r, err
	}
	if r.Sessions.OK != 0 || r.Stopped.Class != class {
		return r, fmt.Errorf("%d sessions were opened, and %q ended the run, not %s", r.Sessions.OK, r.Stopped.Class, class)
	}
	return r, nil
}

// kerberosRefusal is something wrong with a login by ticket, and the class of what our
// client says of it.
type kerberosRefusal struct {
	name, class string
	wrong       string // what is wrong, for docs/doctor.md
	full        bool
	prepare     func(ctx context.Context, l *lab, k *kdc) (flags []string, stop func(), err error)
}

func nothing() {}

var kerberosRefusals = []kerberosRefusal{
	{name: "unknown-service", wrong: "the KDC knows no such service", class: "sasl.unknown-service", prepare: func(_ context.Context, _ *lab, k *kdc) ([]string, func(), error) {
		return append(k.flags(kdcPort), "--kerberos-host-fqdn", "nobody."+"example.com"), nothing, nil
	}},
	{name: "skewed-kdc", wrong: "the KDC's clock is ten minutes ahead", class: "sasl.clock-skew", prepare: func(ctx context.Context, l *lab, k *kdc) ([]string, func(), error) {
		p, err := l.startKDCAt(ctx, k, skewedPort, "faketime", "-f", "+10m")
		if err != nil {
			return nil, nothing, err
		}
		return k.flags(skewedPort), p.stop, nil
	}},
	{name: "kdc-down", wrong: "no KDC listens", class: "sasl.kdc-unreachable", prepare: func(_ context.Context, _ *lab, k *kdc) ([]string, func(), error) {
		return k.flags(nobodysPort), nothing, nil
	}},
	{name: "kdc-mute", wrong: "packets to the KDC are dropped", class: "sasl.kdc-unreachable", prepare: func(_ context.Context, _ *lab, k *kdc) ([]string, func(), error) {
		release, err := blackHole(local(mutePort))
		return k.flags(mutePort), release, err
	}},
	{name: "ticket-expired", wrong: "the ticket in the cache has expired", class: "sasl.ticket-expired", prepare: func(ctx context.Context, _ *lab, k *kdc) ([]string, func(), error) {
		cache, err := k.kinit(ctx, kdcPort, "short", "2s")
		if err == nil {
			err = sleep(ctx, 3*time.Second)
		}
		return k.cacheFlags(kdcPort, cache), nothing, err
	}},
	{name: "unknown-user", wrong: "the user is no longer in the KDC's database", class: "sasl.unknown-client", full: true, prepare: func(_ context.Context, _ *lab, k *kdc) ([]string, func(), error) {
		return k.userFlags(kdcPort, goneUser), nothing, nil
	}},
	{name: "no-key", wrong: "the keytab is for another user", class: "sasl.no-ticket", full: true, prepare: func(_ context.Context, _ *lab, k *kdc) ([]string, func(), error) {
		return append(k.flags(kdcPort), "--principal", "mallory"), nothing, nil
	}},
}

// cacheFlags are flags with a credential cache in place of a keytab.
func (k *kdc) cacheFlags(port int, cache string) []string {
	return []string{"--auth", "kerberos", "--ccache", cache, "--krb5-conf", k.conf(port), "--kerberos-host-fqdn", lbName}
}

// proveRefusal runs our command through HAProxy to an acceptor that is in order.
func (l *lab) proveRefusal(ctx context.Context, c kerberosRefusal) (evidence, error) {
	k, err := l.kdc()
	if err != nil {
		return evidence{}, err
	}
	cluster, err := l.plainCluster()
	if err != nil {
		return evidence{}, err
	}
	cyrus, err := l.startCyrus(k, k.keytab(), local(cyrusPort), cluster.addresses()[0])
	if err != nil {
		return evidence{}, err
	}
	defer cyrus.close()
	h, err := l.startHAProxy(ctx, "haproxy-refused", []listener{
		{name: "kerberos", bind: bothNodes(refusedPort), options: []string{roundRobinLine}, servers: []string{local(cyrusPort)}},
	})
	if err != nil {
		return evidence{}, err
	}
	defer h.stop()
	flags, stop, err := c.prepare(ctx, l, k)
	if err != nil {
		return evidence{}, err
	}
	defer stop()
	began := time.Now()
	address := strings.Join(h.addresses()[:1], "")
	r, err := l.refused(ctx, "kerberos."+c.name, c.class, slices.Concat([]string{"--sessions", "10"}, flags, []string{address}))
	if err != nil {
		return evidence{}, err
	}
	return evidence{numbers: fmt.Sprintf("%s, %d tries, none was let in; exit %d after %.1f s", c.class, r.Sessions.Scout, r.Exit, time.Since(began).Seconds())}, nil
}

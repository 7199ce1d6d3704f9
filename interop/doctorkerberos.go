//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"
)

// kerberos returns mismatches of Kerberos: by MIT's KDC, by Cyrus SASL and by the JDK.
func (d *doctorRun) kerberos() []mismatch {
	l := d.lab
	behind := func(keytab func(*kdc) string, flags func(context.Context, *kdc) ([]string, func(), error)) func(context.Context) (string, []string, func(), error) {
		return func(ctx context.Context) (string, []string, func(), error) {
			k, err := l.kdc()
			if err != nil {
				return "", nil, nil, err
			}
			c, err := l.plainCluster()
			if err != nil {
				return "", nil, nil, err
			}
			more, stop, err := flags(ctx, k)
			if err != nil {
				return "", nil, nil, err
			}
			cyrus, err := l.startCyrus(k, keytab(k), local(cyrusPort), c.addresses()[0])
			return local(cyrusPort), more, func() { stop(); cyrus.close() }, err
		}
	}
	plain := func(flags ...string) func(context.Context, *kdc) ([]string, func(), error) {
		return func(context.Context, *kdc) ([]string, func(), error) { return flags, nothing, nil }
	}
	var all []mismatch
	for _, c := range kerberosRefusals {
		cause := c.class[len("sasl."):]
		all = append(all, mismatch{doctorCase: doctorCase{cause: cause, wrong: c.wrong}, product: "MIT Kerberos",
			start: behind((*kdc).keytab, func(ctx context.Context, k *kdc) ([]string, func(), error) { return c.prepare(ctx, l, k) })})
	}
	all = append(all,
		mismatch{doctorCase: doctorCase{cause: "login-needed", wrong: "the coordinators want Kerberos, and the client makes no login"}, product: "Cyrus SASL",
			start: behind((*kdc).keytab, plain())},
		mismatch{doctorCase: doctorCase{cause: "rejected", wrong: "the coordinator's keytab has another key than the KDC"}, product: "Cyrus SASL",
			start: behind(func(k *kdc) string { return k.file("coord1.keytab") }, func(_ context.Context, k *kdc) ([]string, func(), error) {
				return k.flags(kdcPort), nothing, nil
			})},
	)
	for _, c := range []struct {
		doctorCase
		qop   string
		flags func(*kdc) []string
	}{
		{doctorCase{cause: "login-needed", wrong: "the coordinators want Kerberos, and the client makes no login"}, "auth", func(*kdc) []string { return nil }},
		{doctorCase{cause: "mechanism", wrong: "the coordinators want Kerberos, and the client logs in with a password", flags: asLDAP}, "auth", func(*kdc) []string { return nil }},
		{doctorCase{cause: "protection", wrong: "the server wants messages signed, and the client does not sign"}, "auth-int", func(k *kdc) []string { return k.flags(kdcPort) }},
		{doctorCase{cause: "protection", wrong: "the server wants messages encrypted, and the client does not encrypt"}, "auth-conf", func(k *kdc) []string { return k.flags(kdcPort) }},
		{doctorCase{cause: "rejected", wrong: "the ticket is for a service whose key the server does not have"}, "auth", func(k *kdc) []string {
			return append(k.flags(kdcPort), "--kerberos-host-fqdn", "coord1.example.com")
		}},
	} {
		all = append(all, mismatch{doctorCase: c.doctorCase, product: "JDK", start: func(ctx context.Context) (string, []string, func(), error) {
			k, err := l.kdc()
			if err != nil {
				return "", nil, nil, err
			}
			plain, err := l.plainCluster()
			if err != nil {
				return "", nil, nil, err
			}
			jdk, err := l.startJDK(ctx, k, []jdkListener{{c.qop, local(jdkAuthPort), plain.addresses()[1]}})
			if err != nil {
				return "", nil, nil, err
			}
			return local(jdkAuthPort), c.flags(k), jdk.proc.stop, nil
		}})
	}
	return all
}

// ports returns mismatches of ports and of other servers.
func (d *doctorRun) ports() []mismatch {
	l := d.lab
	return []mismatch{
		{doctorCase: doctorCase{cause: "port-closed", wrong: "nothing listens on the port", exit: 4}, product: "Linux",
			start: func(context.Context) (string, []string, func(), error) { return local(nobodysPort), nil, nothing, nil }},
		{doctorCase: doctorCase{cause: "no-answer", wrong: "packets to the port are dropped", exit: 4}, product: "Linux",
			start: func(context.Context) (string, []string, func(), error) {
				release, err := blackHole(local(mutePort))
				return local(mutePort), nil, release, err
			}},
		{doctorCase: doctorCase{cause: "http-status", wrong: "the port is another service of HTTP", flags: overHTTP}, product: "moto",
			start: func(context.Context) (string, []string, func(), error) {
				_, err := l.moto()
				return local(motoPort), nil, nothing, err
			}},
		{doctorCase: doctorCase{cause: "mute", wrong: "the port is an LDAP directory"}, product: "OpenLDAP",
			start: func(context.Context) (string, []string, func(), error) { return slapdAddress, nil, nothing, l.slapd() }},
	}
}

// proveHealthy calls every way into healthy clusters healthy.
func (d *doctorRun) proveHealthy(ctx context.Context) (evidence, error) {
	l := d.lab
	ticket := func() ([]string, error) {
		k, err := l.kdc()
		if err != nil {
			return nil, err
		}
		return k.flags(kdcPort), nil
	}
	password := func() ([]string, error) {
		file, err := l.passwordFile()
		return []string{"--auth", "ldap", "--user", ldapUser, "--password-file", file}, err
	}
	token := func() ([]string, error) {
		t, err := l.tokens()
		return []string{"--auth", "jwt", "--token-file", t.good}, err
	}
	none := func() ([]string, error) { return nil, nil }
	n := 0
	var errs []error
	for _, c := range []struct {
		cluster  func() (*cluster, error)
		login    func() ([]string, error)
		protocol string
	}{
		{l.openWays, none, "hs2"}, {l.openWays, none, "hs2-http"}, {l.openWays, none, "beeswax"},
		{l.tlsCluster, none, "hs2"}, {l.tlsCluster, none, "beeswax"},
		{l.loginWays, password, "hs2"}, {l.loginWays, password, "hs2-http"}, {l.loginWays, password, "beeswax"},
		{l.loginWays, ticket, "hs2"}, {l.loginWays, ticket, "hs2-http"}, {l.loginWays, ticket, "beeswax"},
		{l.tokenWays, token, "hs2-http"},
	} {
		n++
		if err := d.healthy(ctx, fmt.Sprintf("doctor-healthy-%d", n), c.cluster, c.login, c.protocol); err != nil {
			errs = append(errs, fmt.Errorf("case %d, %s: %w", n, c.protocol, err))
		}
	}
	return evidence{numbers: fmt.Sprintf("%d ways in of protocol, login and TLS: exit 0, no problem", n)}, errors.Join(errs...)
}

func (d *doctorRun) healthy(ctx context.Context, name string, get func() (*cluster, error), login func() ([]string, error), protocol string) error {
	c, err := get()
	if err != nil {
		return err
	}
	flags, err := login()
	if err != nil {
		return err
	}
	if c.tls {
		flags = slices.Concat(flags, []string{"--tls", "--ca-cert", c.ca, "--server-name", simName})
	}
	address := c.listeners(protocol)[0]
	if _, _, err := net.SplitHostPort(address); err != nil {
		return err
	}
	e, err := d.lab.examine(ctx, name, slices.Concat([]string{address, "--protocol", protocol, "--timeout", (10 * time.Second).String()}, flags)...)
	if err != nil {
		return err
	}
	works := slices.ContainsFunc(e.Ways, func(w struct {
		State string `json:"state"`
	}) bool {
		return w.State == "works"
	})
	if e.Exit != 0 || len(e.Problems) > 0 || !works {
		return fmt.Errorf("exit %d, problems %v", e.Exit, e.named())
	}
	return nil
}

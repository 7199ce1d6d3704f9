//go:build linux

package main

import (
	"context"
	"slices"
)

// A shellRelease is a release of impala-shell.
type shellRelease struct {
	version string
	install func() (string, error)
	jwt     bool // it has --jwt
	spnego  bool // it has Kerberos over HTTP
}

// releaseProofs use several releases of Impala's clients, and clients that are made from
// them, with every way into the simulated cluster.
func releaseProofs(l *lab) []proof {
	var cases []clientCase
	for _, r := range []shellRelease{
		{version: "4.6.0", install: l.shell, jwt: true, spnego: true},
		{version: "4.3.0", install: l.shell43, jwt: true, spnego: true},
		{version: "4.1.0", install: l.shell41},
		{version: "3.4.0", install: l.shell34},
	} {
		cases = append(cases, r.cases(l)...)
	}
	cases = slices.Concat(cases, impylaCases(l, "0.24", l.impyla), impylaCases(l, "0.18", l.impyla18), jdbcCases(l))
	prepare := func() {
		go l.shell43()
		go l.shell41()
		go l.shell34()
		go l.impyla18()
		go l.jdbc()
		go l.dbt()
	}
	var all []proof
	for _, c := range cases {
		all = append(all, proof{name: c.name, full: c.full, prepare: prepare, run: func(ctx context.Context) (evidence, error) { return c.prove(ctx, l) }})
	}
	return append(all, inspectProofs(l, prepare)...)
}

// cases returns the ways in of a release: those of Impala's documentation, with what it
// prints after a query on request.
func (r shellRelease) cases(l *lab) []clientCase {
	hs2 := func(c *cluster) string { return c.listeners("hs2")[0] }
	http := func(c *cluster) string { return c.listeners("hs2-http")[0] }
	beeswax := func(c *cluster) string { return c.listeners("beeswax")[0] }
	open := func(address func(*cluster) string, query string, flags ...string) func(*cluster) ([]string, error) {
		return func(c *cluster) ([]string, error) { return r.query(query, append(flags, "-i", address(c))...) }
	}
	secure := func(login func(*lab) ([]string, error), prefix func(*lab) ([]string, error), address func(*cluster) string, flags ...string) func(*cluster) ([]string, error) {
		return func(c *cluster) ([]string, error) {
			more, err := login(l)
			if err != nil {
				return nil, err
			}
			env, err := prefix(l)
			if err != nil {
				return nil, err
			}
			argv, err := r.query(pidQuery, slices.Concat(flags, more, []string{"--ssl", "--ca_cert=" + c.ca, "-i", withHostName(address(c))})...)
			return append(env, argv...), err
		}
	}
	name := func(way string) string { return "client.impala-shell-" + r.version + "." + way }
	overHTTP := "--protocol=hs2-http"
	cases := []clientCase{
		{name: name("hs2"), cluster: l.openWays, argv: open(hs2, pidQuery, "--protocol=hs2")},
		{name: name("beeswax"), cluster: l.openWays, argv: open(beeswax, pidQuery, "--protocol=beeswax")},
		{name: name("http"), cluster: l.openWays, argv: open(http, pidQuery, overHTTP)},
		{name: name("profile"), cluster: l.openWays, argv: open(hs2, pidQuery, "--protocol=hs2", "-p"), words: []string{"Query Runtime Profile", pidQuery}},
		{name: name("summary"), cluster: l.openWays, argv: open(hs2, pidQuery+"; summary", "--protocol=hs2"), words: []string{"Operator", "#Hosts"}},
		{name: name("ldap-tls"), cluster: l.loginWays, argv: secure(ldapFlags, noPrefix, hs2, "--protocol=hs2"),
			rejectedArgv: secure(wrongLDAPFlags, noPrefix, hs2, "--protocol=hs2")},
		{name: name("http-ldap-tls"), cluster: l.loginWays, argv: secure(ldapFlags, noPrefix, http, overHTTP),
			rejectedArgv: secure(wrongLDAPFlags, noPrefix, http, overHTTP)},
		{name: name("kerberos"), cluster: l.loginWays, argv: secure(kerberosShellFlags, ticketPrefix, hs2, "--protocol=hs2"),
			rejectedArgv: secure(kerberosShellFlags, noTicketPrefix, hs2, "--protocol=hs2")},
	}
	if r.spnego {
		cases = append(cases, clientCase{name: name("http-kerberos"), cluster: l.loginWays, argv: secure(kerberosShellFlags, ticketPrefix, http, overHTTP),
			rejectedArgv: secure(kerberosShellFlags, noTicketPrefix, http, overHTTP)})
	}
	if r.jwt {
		cases = append(cases, clientCase{name: name("jwt"), cluster: l.tokenWays, argv: secure(tokenFlags, noPrefix, http, overHTTP),
			rejectedArgv: secure(forgedTokenFlags, noPrefix, http, overHTTP)})
	}
	for i := range cases {
		cases[i].runs = 1
	}
	return cases
}

const pidQuery = "select pid()"

// query returns a command line of the release.
func (r shellRelease) query(query string, flags ...string) ([]string, error) {
	dir, err := r.install()
	return slices.Concat([]string{dir + "/bin/impala-shell"}, flags, []string{"-B", "--quiet", "-q", query}), err
}

func ldapFlags(*lab) ([]string, error) {
	return []string{"-l", "-u", ldapUser, "--ldap_password_cmd=printf '" + ldapPassword + "'"}, nil
}

func wrongLDAPFlags(*lab) ([]string, error) {
	return []string{"-l", "-u", ldapUser, "--ldap_password_cmd=printf wrong"}, nil
}

func kerberosShellFlags(*lab) ([]string, error) {
	return []string{"-k", "-s", krbService, "-b", lbName}, nil
}

func tokenFlags(l *lab) ([]string, error) {
	t, err := l.tokens()
	return []string{"-j", "--jwt_cmd=cat " + t.good}, err
}

func forgedTokenFlags(l *lab) ([]string, error) {
	t, err := l.tokens()
	return []string{"-j", "--jwt_cmd=cat " + t.forged}, err
}

// Prefixes of command lines set the environment of Kerberos: with a ticket, and without.
func noPrefix(*lab) ([]string, error) { return nil, nil }

func ticketPrefix(l *lab) ([]string, error) {
	k, err := l.kdc()
	if err != nil {
		return nil, err
	}
	cache, err := l.ticket()
	return append(append([]string{"env"}, k.env(kdcPort)...), "KRB5CCNAME=FILE:"+cache), err
}

func noTicketPrefix(l *lab) ([]string, error) {
	k, err := l.kdc()
	if err != nil {
		return nil, err
	}
	return append([]string{"env"}, k.env(kdcPort)...), nil
}

package soak

import (
	"crypto/x509"
	"net/netip"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// way is one way into a cluster.
type way struct {
	name     string
	protocol scenarios.Protocol
	login    scenarios.Mechanism // "": none
	tls      bool
}

var ways = []way{
	{name: "plain", protocol: scenarios.ProtocolHS2},
	{name: "TLS", protocol: scenarios.ProtocolHS2, tls: true},
	{name: "password over TLS", protocol: scenarios.ProtocolHS2, tls: true, login: scenarios.MechanismLDAP},
	{name: "Kerberos", protocol: scenarios.ProtocolHS2, login: scenarios.MechanismKerberos},
	{name: "HTTP", protocol: scenarios.ProtocolHS2HTTP},
	{name: "HTTPS with a token", protocol: scenarios.ProtocolHS2HTTP, tls: true, login: scenarios.MechanismJWT},
	{name: "HTTP with Kerberos", protocol: scenarios.ProtocolHS2HTTP, login: scenarios.MechanismKerberos},
	{name: "Beeswax", protocol: scenarios.ProtocolBeeswax},
}

// tokens are what the way with a token logs in with, for all rounds.
type tokens struct {
	jwks  []byte
	token string
}

func newTokens(t *testing.T) tokens {
	t.Helper()
	issuer, err := simcluster.NewTokenIssuer()
	if err != nil {
		t.Fatal(err)
	}
	jwks, err := issuer.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	token, err := issuer.Token(user, time.Now(), 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return tokens{jwks, token}
}

// configure has a cluster serve the way.
func (w way) configure(c *simcluster.Config, k tokens) {
	c.Host, c.TLS = host, w.tls
	c.HTTP, c.Beeswax = w.protocol == scenarios.ProtocolHS2HTTP, w.protocol == scenarios.ProtocolBeeswax
	switch w.login {
	case scenarios.MechanismLDAP:
		c.Auth, c.Users = simcluster.AuthLDAP, map[string]string{user: password}
	case scenarios.MechanismJWT:
		c.Auth, c.JWKS = simcluster.AuthJWT, k.jwks
	}
}

// aim points a scenario at the cluster, over the way.
func (w way) aim(t *testing.T, s *scenarios.Scenario, c cluster, k tokens) lbcheck.Options {
	t.Helper()
	var opt lbcheck.Options
	s.Target.Protocol, s.Target.Endpoints = w.protocol, nil
	for _, n := range w.nodes(c) {
		s.Target.Endpoints = append(s.Target.Endpoints, n.String())
	}
	if w.tls {
		s.TLS.Enabled, s.TLS.ServerName, s.TLS.CACert = true, host, "ca.pem"
		opt.Roots = x509.NewCertPool()
		opt.Roots.AppendCertsFromPEM(c.CA)
	}
	s.Auth.Mechanism = w.login
	switch w.login {
	case scenarios.MechanismLDAP:
		s.Auth.User, opt.Password = user, password
	case scenarios.MechanismJWT:
		opt.Token = k.token
	case scenarios.MechanismKerberos:
		s.Auth.Principal, s.Auth.KerberosHost = user, host
		conf, err := hs2client.ParseKerberosConf(c.Krb5Conf)
		if err != nil {
			t.Fatal(err)
		}
		opt.Kerberos = hs2client.KerberosLogin{Conf: conf, Principal: user, Password: password}
	}
	return opt
}

// nodes are the addresses that the way leads to.
func (w way) nodes(c cluster) []netip.AddrPort {
	switch w.protocol {
	case scenarios.ProtocolHS2HTTP:
		return c.HTTPNodes
	case scenarios.ProtocolBeeswax:
		return c.BeeswaxNodes
	}
	return c.Nodes
}

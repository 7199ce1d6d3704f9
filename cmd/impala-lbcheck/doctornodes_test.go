package main

import (
	"net"
	"path/filepath"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// ldap are the flags of a login.
var ldap = []string{"--auth", "ldap", "--user", "ann", "--password-command", "echo s3cret", "--allow-cleartext-auth"}

var withLDAP = simcluster.Config{Auth: simcluster.AuthLDAP, Users: map[string]string{"ann": "s3cret"}}

// overTLS is a configuration with TLS.
func overTLS(c simcluster.Config) simcluster.Config {
	c.TLS = true
	return c
}

// node is the first node of a cluster.
func node(config simcluster.Config, faults ...string) func(*testing.T) (string, []string) {
	return func(t *testing.T) (string, []string) {
		config.Coordinators, config.Nodes = 1, 1
		c := cluster(t, config, faults...)
		return c.Nodes()[0].String(), trusting(t, c, config)
	}
}

// httpNode is the same of HTTP.
func httpNode(config simcluster.Config) func(*testing.T) (string, []string) {
	return func(t *testing.T) (string, []string) {
		config.Coordinators, config.Nodes, config.HTTP = 1, 1, true
		c := cluster(t, config)
		return c.HTTPNodes()[0].String(), trusting(t, c, config)
	}
}

// withFault is a node of a configuration with a fault.
func withFault(of func(simcluster.Config) func(*testing.T) (string, []string), config simcluster.Config, fault string) func(*testing.T) (string, []string) {
	return func(t *testing.T) (string, []string) {
		f, err := simcluster.ParseFault(fault)
		if err != nil {
			t.Fatal(err)
		}
		config.Faults = []simcluster.Fault{f}
		return of(config)(t)
	}
}

// withJWT is a cluster that takes tokens of an issuer of its own.
func withJWT(t *testing.T) simcluster.Config {
	issuer, err := simcluster.NewTokenIssuer()
	if err != nil {
		t.Fatal(err)
	}
	keys, err := issuer.JWKS()
	if err != nil {
		t.Fatal(err)
	}
	return simcluster.Config{Auth: simcluster.AuthJWT, JWKS: keys}
}

// jwt are the flags of a token.
func jwt(token string) []string {
	return []string{"--auth", "jwt", "--token-command", "echo " + token, "--protocol", "hs2-http"}
}

// beeswaxNode is the same of Beeswax.
func beeswaxNode(config simcluster.Config) func(*testing.T) (string, []string) {
	return func(t *testing.T) (string, []string) {
		config.Coordinators, config.Nodes, config.Beeswax = 1, 1, true
		c := cluster(t, config)
		return c.BeeswaxNodes()[0].String(), trusting(t, c, config)
	}
}

// trusting are the flags that make a cluster's certificates good.
func trusting(t *testing.T, c *simcluster.Cluster, config simcluster.Config) []string {
	if !config.TLS {
		return nil
	}
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(c.CA()))
	return []string{"--ca-cert", ca, "--server-name", clusterHost}
}

// port is a port of its own.
func port(handle func(net.Conn)) func(*testing.T) (string, []string) {
	return func(t *testing.T) (string, []string) { return peertest.Serve(t, handle), nil }
}

// before is what stands before a cluster's node.
func before(config simcluster.Config, stand func(t *testing.T, to string) string) func(*testing.T) (string, []string) {
	return func(t *testing.T) (string, []string) {
		to, flags := node(config)(t)
		return stand(t, to), flags
	}
}

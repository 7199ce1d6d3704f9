//go:build linux

package main

import "strings"

// The logins.
const (
	loginNone     = ""
	loginPassword = "password" // SASL PLAIN, over HTTP Basic
	loginKerberos = "kerberos" // SASL GSSAPI, over HTTP Negotiate
)

// way is how a client gets in: transport, login and TLS. The zero value is the binary
// protocol without a login and without TLS.
type way struct {
	HTTP  bool   `json:"http"`
	Login string `json:"login"` // "": none
	TLS   bool   `json:"tls"`
}

// name returns a name such as "plain", "kerberos/plain" or "http/password/tls".
func (w way) name() string {
	var parts []string
	if w.HTTP {
		parts = append(parts, "http")
	}
	if w.Login != loginNone {
		parts = append(parts, w.Login)
	}
	if w.TLS {
		return strings.Join(append(parts, "tls"), "/")
	}
	return strings.Join(append(parts, "plain"), "/")
}

// furtherWays are the ways in other than the binary protocol without a login and
// without TLS. A password is sent over TLS where that is what users have; SASL's logins
// are without it, so that TLS does not hide what they cost.
var furtherWays = []way{
	{HTTP: false, Login: loginNone, TLS: true},
	{HTTP: false, Login: loginPassword, TLS: false},
	{HTTP: false, Login: loginKerberos, TLS: false},
	{HTTP: true, Login: loginNone, TLS: false},
	{HTTP: true, Login: loginPassword, TLS: true},
	{HTTP: true, Login: loginKerberos, TLS: true},
}

// cluster is one of the simulated clusters.
type cluster struct{ login, tls bool }

// cluster returns the one that has the way.
func (w way) cluster() cluster { return cluster{w.Login != loginNone, w.TLS} }

// name returns a name such as "login-tls".
func (c cluster) name() string {
	name := "plain"
	if c.tls {
		name = "tls"
	}
	if c.login {
		name = "login-" + name
	}
	return name
}

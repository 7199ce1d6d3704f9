package simcluster

import "strings"

// Auth is a set of ways for clients to authenticate: AuthLDAP|AuthKerberos is a cluster
// that takes either, on the same ports. The zero value is AuthNone.
type Auth uint8

// The ways. On the binary ports (HS2, Beeswax) LDAP is SASL PLAIN and Kerberos SASL
// GSSAPI; over HTTP they are Basic and Negotiate. A JWT can only be sent over HTTP: as
// in Impala, the binary ports of a cluster with AuthJWT alone ask for no login at all.
const (
	AuthLDAP     Auth = 1 << iota // Config.Users
	AuthKerberos                  // Config.Keytab
	AuthJWT                       // Config.JWKS

	AuthNone Auth = 0
)

// authNames has the name of each way.
var authNames = []struct {
	way  Auth
	name string
}{{AuthLDAP, "ldap"}, {AuthKerberos, "kerberos"}, {AuthJWT, "jwt"}}

// String joins the names with plus signs: "ldap+kerberos"; "none" for AuthNone.
func (a Auth) String() string {
	var names []string
	for _, n := range authNames {
		if a.has(n.way) {
			names = append(names, n.name)
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, "+")
}

// has reports whether a has any of the given ways.
func (a Auth) has(some Auth) bool { return a&some != 0 }

// usesSASL reports whether the binary ports ask for a login.
func (a Auth) usesSASL() bool { return a.has(AuthLDAP | AuthKerberos) }

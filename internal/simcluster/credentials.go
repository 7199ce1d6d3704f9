package simcluster

import "github.com/impala-lbcheck/impala-lbcheck/internal/keytab"

// credentials are what a coordinator checks logins with, besides Config.Users.
type credentials struct {
	tokens    *keySet // AuthJWT; otherwise nil
	cookieKey cookieKey
	acceptors acceptors // AuthKerberos; otherwise empty
	keys      keytab.Table
	principal string
}

// newCredentials returns what the coordinators have in common. The error is a *[ConfigError].
func newCredentials(c Config) (credentials, error) {
	all := credentials{cookieKey: newCookieKey()}
	if c.Auth.has(AuthJWT) {
		tokens, err := parseKeySet(c.JWKS)
		if err != nil {
			return all, &ConfigError{Field: "JWKS", Reason: err.Error()}
		}
		all.tokens = tokens
	}
	if c.Auth.has(AuthKerberos) {
		keys, principal, err := c.parseKeytab()
		if err != nil {
			return all, err
		}
		all.keys, all.principal = keys, principal
	}
	return all, nil
}

// forCoordinator returns those of a coordinator that behaves as p says.
func (s credentials) forCoordinator(c Config, p coordinatorPlan) credentials {
	if c.Auth.has(AuthKerberos) {
		s.acceptors = newAcceptors(s.keys, s.principal, p)
	}
	if !c.SharedCookieKey {
		s.cookieKey = newCookieKey()
	}
	return s
}

package simcluster

// credentials are what a coordinator checks logins with, besides Config.Users.
type credentials struct {
	tokens    *keySet // AuthJWT; otherwise nil
	cookieKey cookieKey
}

// newCredentials returns the first coordinator's. The error is a *[ConfigError].
func newCredentials(c Config) (credentials, error) {
	all := credentials{cookieKey: newCookieKey()}
	if c.Auth.has(AuthJWT) {
		tokens, err := parseKeySet(c.JWKS)
		if err != nil {
			return all, &ConfigError{Field: "JWKS", Reason: err.Error()}
		}
		all.tokens = tokens
	}
	return all, nil
}

// forCoordinator returns those of one more coordinator.
func (s credentials) forCoordinator(c Config) credentials {
	if !c.SharedCookieKey {
		s.cookieKey = newCookieKey()
	}
	return s
}

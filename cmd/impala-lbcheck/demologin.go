package main

import (
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simkdc"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// secureDemo turns TLS on where a login would otherwise send a secret in clear, and says
// so: nothing of that kind is a default, not in a demo either.
func secureDemo(e env, s *scenarios.Scenario, o *flags.Overrides) {
	secret := s.Auth.Mechanism.SecretInClear()
	if secret == "" || s.TLS.Enabled || s.Auth.AllowCleartext || o.Has("tls.enabled", s.Kind) {
		return
	}
	s.TLS.Enabled = true
	fmt.Fprintf(e.err, "demo: TLS is on, since %s would send the %s in cleartext without it (--allow-cleartext-auth: without TLS)\n", s.Auth.Mechanism, secret)
}

// applyConnection configures the protocol, the logins, TLS and web pages of the cluster
// for the scenario, and returns the secrets of the client, and what ends the servers that
// it started.
func applyConnection(config *simcluster.Config, s *scenarios.Scenario) (secrets, func() error, error) {
	config.Beeswax, config.HTTP = s.Target.Protocol == scenarios.ProtocolBeeswax, s.Target.Protocol == scenarios.ProtocolHS2HTTP
	config.TLS = s.TLS.Enabled
	with, end, err := applyLogin(config, s)
	if err != nil {
		return with, nil, &exitError{exitInternal, err}
	}
	config.Web, config.WebPort, config.WebTLS = s.Target.WebPort > 0, uint16(s.Target.WebPort), s.Target.WebTLS
	if s.Target.WebUser != "" {
		with.webPassword = newPassword()
		config.WebUsers = map[string]string{s.Target.WebUser: with.webPassword}
	}
	return with, end, nil
}

// applyLogin makes the cluster accept the scenario's login, by secrets of its own.
func applyLogin(config *simcluster.Config, s *scenarios.Scenario) (with secrets, end func() error, err error) {
	user, end := s.Auth.User, func() error { return nil }
	if m := s.Auth.Mechanism; m == scenarios.MechanismKerberos || m == scenarios.MechanismJWT {
		s.Auth.User = "" // it is the demo's own; ticket and token say who logs in
	}
	switch s.Auth.Mechanism {
	case scenarios.MechanismKerberos:
		var kdc *simkdc.KDC
		if kdc, with.kerberos, err = startDemoKDC(config, s); err == nil {
			user, end = s.Auth.Principal, kdc.Close
		}
	case scenarios.MechanismLDAP:
		with.password = newPassword()
		config.Auth, config.Users = simcluster.AuthLDAP, map[string]string{user: with.password}
	case scenarios.MechanismJWT:
		user = demoUser
		with.token, err = acceptToken(config, user)
	}
	if s.Auth.Delegate != "" {
		config.ProxyUsers = map[string][]string{user: {s.Auth.Delegate}}
	}
	return with, end, err
}

// tokenLifetime is longer than a demo takes.
const tokenLifetime = 12 * time.Hour

// acceptToken makes the cluster accept tokens of an issuer of its own, and returns one.
func acceptToken(config *simcluster.Config, user string) (string, error) {
	issuer, err := simcluster.NewTokenIssuer()
	if err != nil {
		return "", err
	}
	config.Auth = simcluster.AuthJWT
	if config.JWKS, err = issuer.JWKS(); err != nil {
		return "", err
	}
	return issuer.Token(user, time.Now(), tokenLifetime)
}

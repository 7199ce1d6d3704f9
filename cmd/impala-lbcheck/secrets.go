package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// secrets is what a scenario names and does not hold: the passwords, the token, the files
// of Kerberos, the roots to trust, the client's certificate and its key. It is in no
// result, log or error.
type secrets struct {
	password    string
	token       string
	kerberos    hs2client.KerberosLogin
	webPassword string
	roots       *x509.CertPool   // nil: the system's
	client      *tls.Certificate // nil: none
}

// Format writes the type alone, whatever the verb: a panic prints what it is given.
func (secrets) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "secrets") }

// readSecrets reads what a scenario that is permitted names, before anything is sent.
func readSecrets(ctx context.Context, e env, s scenarios.Scenario) (secrets, error) {
	var with secrets
	var err error
	if (s.TLS.Enabled || s.Target.WebTLS) && s.TLS.CACert != "" {
		if with.roots, err = readRoots(ctx, s.TLS.CACert); err != nil {
			return secrets{}, err
		}
	}
	if s.TLS.Enabled && s.TLS.ClientCert != "" {
		if with.client, err = readClientCertificate(ctx, s.TLS); err != nil {
			return secrets{}, err
		}
	}
	if kindOf(s).login {
		if err = with.readLogin(ctx, e, s.Auth); err != nil {
			return secrets{}, err
		}
	}
	if s.Target.WebUser != "" {
		with.webPassword, err = readWebPassword(ctx, s.Target)
	}
	return with, err
}

// readLogin reads what the mechanism logs in with.
func (with *secrets) readLogin(ctx context.Context, e env, a scenarios.Auth) (err error) {
	switch a.Mechanism {
	case scenarios.MechanismLDAP:
		with.password, err = readSecret(ctx, e, passwordOf(a, a.User))
	case scenarios.MechanismKerberos:
		with.kerberos, err = readKerberos(ctx, e, a)
	case scenarios.MechanismJWT:
		with.token, err = readToken(ctx, e, a)
	}
	return err
}

// options are the options of a run with these secrets.
func (with secrets) options(m memory, opt run.Options) lbcheck.Options {
	return lbcheck.Options{
		Password: with.password, Token: with.token, Kerberos: with.kerberos, WebPassword: with.webPassword,
		Roots: with.roots, ClientCertificate: with.client, Memory: m.replies, Run: opt,
	}
}

// readRoots reads a PEM file of certificates to trust.
func readRoots(ctx context.Context, name string) (*x509.CertPool, error) {
	pem, err := readFile(ctx, name, maxRoots)
	if err != nil {
		return nil, fmt.Errorf("--ca-cert: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("--ca-cert %s: no certificate in it; it must hold PEM blocks that begin with -----BEGIN CERTIFICATE-----", name)
	}
	return pool, nil
}

// readWebPassword reads the password for the coordinators' web pages.
func readWebPassword(ctx context.Context, target scenarios.Target) (string, error) {
	if target.WebPasswordFile == "" {
		return "", fmt.Errorf("no password for user %s of the web pages: --web-password-file", target.WebUser)
	}
	return secretFromFile(ctx, "password", target.WebPasswordFile)
}

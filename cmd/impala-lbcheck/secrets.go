package main

import (
	"context"
	"crypto/x509"
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// secrets is what a scenario names and does not hold: the password, and the
// roots to trust. It is in no result, log or error.
type secrets struct {
	password string
	roots    *x509.CertPool // nil: the system's
}

// readSecrets reads what a scenario that is permitted names, before anything is sent.
func readSecrets(ctx context.Context, w world, s scenarios.Scenario) (secrets, error) {
	var with secrets
	var err error
	if s.TLS.Enabled && s.TLS.CACert != "" {
		if with.roots, err = readRoots(ctx, s.TLS.CACert); err != nil {
			return secrets{}, err
		}
	}
	if kinds[s.Kind.OrLooks()].login {
		with.password, err = readPassword(ctx, w, s.Auth)
	}
	return with, err
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

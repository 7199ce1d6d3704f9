package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxClientFile bounds a file with a client's certificate, or with its key.
const maxClientFile = 1 << 20

// readClientCertificate reads the client's certificate and its key, which only its
// owner may be able to read or change. Both may be in one file.
func readClientCertificate(ctx context.Context, s scenarios.TLSConfig) (*tls.Certificate, error) {
	key, err := readSecretFile(ctx, s.ClientKey, maxClientFile)
	if err != nil {
		return nil, fmt.Errorf("--client-key: %w", err)
	}
	chain := key
	if !same(s.ClientCert, s.ClientKey) {
		if chain, err = readFile(ctx, s.ClientCert, maxClientFile); err != nil {
			return nil, fmt.Errorf("--client-cert: %w", err)
		}
	}
	if err := checkClientKey(key); err != nil {
		return nil, fmt.Errorf("--client-key %s: %w", s.ClientKey, err)
	}
	if !bytes.Contains(chain, []byte("-----BEGIN CERTIFICATE-----")) {
		return nil, fmt.Errorf("--client-cert %s: no certificate in it; it must hold PEM blocks that begin with -----BEGIN CERTIFICATE-----", s.ClientCert)
	}
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil { // it says what does not fit, and shows no part of the key
		return nil, fmt.Errorf("--client-cert %s with --client-key %s: %w", s.ClientCert, s.ClientKey, err)
	}
	return &pair, nil
}

// checkClientKey says what crypto/tls would say less clearly.
func checkClientKey(key []byte) error {
	for block, rest := pem.Decode(key); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY", block.Headers["DEK-Info"] != "":
			return errors.New("the key is encrypted; write it without a passphrase (openssl pkey -in KEY -out FILE) where only you can read it")
		case block.Type == "PRIVATE KEY", block.Type == "RSA PRIVATE KEY", block.Type == "EC PRIVATE KEY":
			return nil
		}
	}
	return errors.New("no key in it; it must hold a PEM block that begins with -----BEGIN PRIVATE KEY-----")
}

//go:build linux

package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// The name in the balancers' certificates, and the organizations that issue them:
// the expected one, and the other one below the same root.
const (
	lbName     = "lb.example.com"
	goodIssuer = "O=Amazon"
	otherOrg   = "Another Trust"
)

// pki has the paths of the balancers' certificates.
type pki struct {
	root          string // the root that our command trusts
	unrelatedRoot string // a root that issued none of these certificates

	// For HAProxy: the leaf, its intermediate CA and the key in one file.
	good        string
	otherIssuer string
	noChain     string // without the intermediate CA
	expiredCA   string // the intermediate CA expired yesterday

	// For nginx, of the good leaf.
	chain    string // leaf and intermediate CA
	chainKey string
}

// newPKI writes new certificates to dir.
func newPKI(dir string) (pki, error) {
	at := func(name string) string { return filepath.Join(dir, name) }
	p := pki{
		root: at("root.pem"), unrelatedRoot: at("unrelated.pem"), good: at("good.pem"), otherIssuer: at("other.pem"),
		noChain: at("nochain.pem"), expiredCA: at("expiredca.pem"), chain: at("chain.crt"), chainKey: at("chain.key"),
	}
	now := time.Now()
	authority, err := certs.New(now)
	if err != nil {
		return p, err
	}
	unrelated, err := certs.New(now)
	if err != nil {
		return p, err
	}
	files := map[string][]byte{p.root: authority.RootPEM(), p.unrelatedRoot: unrelated.RootPEM()}
	// impyla compares the certificate with the addresses that it dials.
	ips := []net.IP{net.ParseIP(loginHost), net.ParseIP(sparkHost), net.ParseIP(spark4Host)}
	for path, kind := range map[string]certs.Kind{
		p.good: certs.KindGood, p.otherIssuer: certs.KindWrongIssuer, p.noChain: certs.KindNoIntermediate, p.expiredCA: certs.KindExpiredIntermediate,
	} {
		leaf, err := authority.Leaf(kind, lbName, ips)
		if err != nil {
			return p, err
		}
		chain, key, err := encodeLeaf(leaf)
		if err != nil {
			return p, err
		}
		files[path] = slices.Concat(chain, key)
		if kind == certs.KindGood {
			files[p.chain], files[p.chainKey] = chain, key
		}
	}
	for path, content := range files {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return p, err
		}
	}
	return p, nil
}

// encodeLeaf returns a certificate chain and its key in PEM.
func encodeLeaf(leaf tls.Certificate) (chain, key []byte, err error) {
	for _, der := range leaf.Certificate {
		chain = append(chain, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})...)
	}
	der, err := x509.MarshalPKCS8PrivateKey(leaf.PrivateKey)
	return chain, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), err
}

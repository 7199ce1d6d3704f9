//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// The name on the balancers' certificates, and the organisations that issue
// them: the one that is expected, and another that the same root vouches for.
const (
	lbName      = "lb.example.com"
	goodIssuer  = "O=Example Trust Services"
	goodOrg     = "Example Trust Services"
	otherOrg    = "Other Trust Services"
	certificate = "CERTIFICATE"
)

// pki holds the paths of the balancers' certificates. The PEM files for HAProxy
// hold the leaf, what belongs to its chain, and the key.
type pki struct {
	root          string // what our command is told to trust
	unrelatedRoot string // a root that issued nothing here
	good          string // leaf, intermediate, key
	otherIssuer   string // leaf and intermediate of the other issuer, key
	noChain       string // leaf and key of the good one, no intermediate
	chain         string // for nginx: leaf, intermediate
	chainKey      string // for nginx: the key
}

// signer is a CA.
type signer struct {
	cert *x509.Certificate
	der  []byte
	key  *ecdsa.PrivateKey
}

// newPKI writes fresh certificates, good for thirty days.
func newPKI(dir string) (pki, error) {
	at := func(name string) string { return filepath.Join(dir, name) }
	p := pki{root: at("root.pem"), unrelatedRoot: at("stranger.pem"), good: at("good.pem"), otherIssuer: at("wrong.pem"), noChain: at("nochain.pem"), chain: at("chain.crt"), chainKey: at("chain.key")}
	root, err := newCA("Interop Root", "Example Root", nil)
	if err != nil {
		return p, err
	}
	stranger, err := newCA("Stranger Root", "Example Stranger", nil)
	if err != nil {
		return p, err
	}
	good, err := newLeaf("Interop Issuing CA", goodOrg, root)
	if err != nil {
		return p, err
	}
	wrong, err := newLeaf("Other Issuing CA", otherOrg, root)
	if err != nil {
		return p, err
	}
	for path, content := range map[string][][]byte{
		p.root:          {encodePEM(certificate, root.der)},
		p.unrelatedRoot: {encodePEM(certificate, stranger.der)},
		p.good:          {good.leaf, good.intermediate, good.key},
		p.otherIssuer:   {wrong.leaf, wrong.intermediate, wrong.key},
		p.noChain:       {good.leaf, good.key},
		p.chain:         {good.leaf, good.intermediate},
		p.chainKey:      {good.key},
	} {
		var all []byte
		for _, b := range content {
			all = append(all, b...)
		}
		if err := os.WriteFile(path, all, 0o600); err != nil {
			return p, err
		}
	}
	return p, nil
}

// newCA makes a CA below its parent; nil makes a root.
func newCA(name, org string, parent *signer) (*signer, error) {
	template := &x509.Certificate{
		Subject: pkix.Name{CommonName: name, Organization: []string{org}},
		IsCA:    true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	return issue(template, parent)
}

// serverCertificate is a leaf for lbName with what goes along with it, each as PEM.
type serverCertificate struct{ leaf, intermediate, key []byte }

// newLeaf makes an intermediate of that organisation and a leaf below it.
func newLeaf(ca, org string, root *signer) (serverCertificate, error) {
	intermediate, err := newCA(ca, org, root)
	if err != nil {
		return serverCertificate{}, err
	}
	leaf, err := issue(&x509.Certificate{
		Subject:     pkix.Name{CommonName: lbName},
		DNSNames:    []string{lbName},
		IPAddresses: []net.IP{net.ParseIP(loginHost)}, // impyla knows no other name to look for than the one it dials
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}, intermediate)
	if err != nil {
		return serverCertificate{}, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(leaf.key)
	return serverCertificate{leaf: encodePEM(certificate, leaf.der), intermediate: encodePEM(certificate, intermediate.der), key: encodePEM("PRIVATE KEY", key)}, err
}

// issue signs a certificate for a new key: by its parent, or by itself.
func issue(template *x509.Certificate, parent *signer) (*signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, big.NewInt(1<<62)); err != nil {
		return nil, err
	}
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(30*24*time.Hour)
	by := &signer{cert: template, key: key}
	if parent != nil {
		by = parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, &key.PublicKey, by.key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &signer{cert: cert, der: der, key: key}, err
}

func encodePEM(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}

package certs

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

const day = 24 * time.Hour

// Common names of the intermediate CAs. The issuer of Amazon's public certificates
// has O=Amazon, which checks of a load balancer's certificate look for.
const (
	amazonName = "Simulated Server CA"
	otherName  = "Another Server CA"
)

// Authority issues certificates relative to one time. Create it with [New]. It is
// safe for concurrent use.
type Authority struct {
	now                        time.Time
	rootCA, endedRoot          signer // both in RootPEM; the latter expired a day ago
	amazonCA, otherCA          signer // intermediate CAs below rootCA
	unknownIssuer, unknownRoot signer // an intermediate CA and its root, which RootPEM does not have
}

// signer is a CA certificate with its key.
type signer struct {
	cert *x509.Certificate
	key  crypto.Signer
}

// New creates a root CA with two intermediate CAs, a root CA that has expired, and
// one that is not in RootPEM. Certificates are valid around now.
func New(now time.Time) (*Authority, error) {
	a := &Authority{now: now}
	for _, s := range []struct {
		to     *signer
		name   pkix.Name
		parent *signer
		until  time.Time // zero: as authorityTemplate has it
	}{
		{to: &a.rootCA, name: subject("Example Trust", "Simulated Root CA")},
		{to: &a.endedRoot, name: subject("Example Trust", "Simulated Root CA of Old"), until: now.Add(-day)},
		{to: &a.amazonCA, name: subject("Amazon", amazonName), parent: &a.rootCA},
		{to: &a.otherCA, name: subject("Another Trust", otherName), parent: &a.rootCA},
		{to: &a.unknownRoot, name: subject("Stranger Trust", "Unknown Root CA")},
		{to: &a.unknownIssuer, name: subject("Amazon", amazonName), parent: &a.unknownRoot},
	} {
		template := authorityTemplate(s.name, now)
		if !s.until.IsZero() {
			template.NotAfter = s.until
		}
		made, err := sign(template, s.parent, newECKey)
		if err != nil {
			return nil, fmt.Errorf("create the certificate of %s: %w", s.name.CommonName, err)
		}
		*s.to = made
	}
	return a, nil
}

// RootPEM returns the root certificates to trust, PEM encoded.
func (a *Authority) RootPEM() []byte {
	return append(certificatePEM(a.rootCA.cert.Raw), certificatePEM(a.endedRoot.cert.Raw)...)
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// Leaf issues a certificate of kind k for host and ips, with a new key and the
// chain that the listener presents. It fails only if k is unknown.
func (a *Authority) Leaf(k Kind, host string, ips []net.IP) (tls.Certificate, error) {
	plan, err := a.plan(k, host, ips)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue a certificate of kind %s: %w", k, err)
	}
	leaf, err := sign(plan.template, plan.parent, plan.newKey)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue a certificate of kind %s: %w", k, err)
	}
	c := tls.Certificate{Certificate: [][]byte{leaf.cert.Raw}, PrivateKey: leaf.key, Leaf: leaf.cert}
	for _, ca := range plan.chain {
		c.Certificate = append(c.Certificate, ca.Raw)
	}
	return c, nil
}

// sign creates a certificate with a new key and serial number, signed by parent;
// if parent is nil it is self-signed.
func sign(template *x509.Certificate, parent *signer, newKey func() (crypto.Signer, error)) (signer, error) {
	key, err := newKey()
	if err != nil {
		return signer{}, err
	}
	return signKey(template, parent, key)
}

// signKey is sign for a key that exists.
func signKey(template *x509.Certificate, parent *signer, key crypto.Signer) (signer, error) {
	var err error
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return signer{}, err
	}
	by := signer{template, key}
	if parent != nil {
		by = *parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, key.Public(), by.key)
	if err != nil {
		return signer{}, err
	}
	cert, err := x509.ParseCertificate(der)
	return signer{cert, key}, err
}

func newECKey() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

// newWeakKey is a key that nobody may use any more.
func newWeakKey() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 1024) }

func subject(organisation, name string) pkix.Name {
	return pkix.Name{Country: []string{"US"}, Organization: []string{organisation}, CommonName: name}
}

func authorityTemplate(name pkix.Name, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject: name, NotBefore: now.Add(-365 * day), NotAfter: now.Add(5 * 365 * day),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
}

func leafTemplate(host string, ips []net.IP, now time.Time) *x509.Certificate {
	return &x509.Certificate{
		Subject: pkix.Name{CommonName: host}, DNSNames: []string{host}, IPAddresses: ips,
		NotBefore: now.Add(-30 * day), NotAfter: now.Add(300 * day), BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

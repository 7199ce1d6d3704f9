package certs

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
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
	rootCA                     signer
	amazonCA, otherCA          signer // intermediate CAs below rootCA
	unknownIssuer, unknownRoot signer // an intermediate CA and its root, which RootPEM does not have
}

// signer is a CA certificate with its key.
type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// New creates a root CA with two intermediate CAs, and a second root CA that is
// not in RootPEM. Certificates are valid around now.
func New(now time.Time) (*Authority, error) {
	a := &Authority{now: now}
	for _, s := range []struct {
		to     *signer
		name   pkix.Name
		parent *signer
	}{
		{to: &a.rootCA, name: subject("Example Trust", "Simulated Root CA"), parent: nil},
		{to: &a.amazonCA, name: subject("Amazon", amazonName), parent: &a.rootCA},
		{to: &a.otherCA, name: subject("Another Trust", otherName), parent: &a.rootCA},
		{to: &a.unknownRoot, name: subject("Stranger Trust", "Unknown Root CA"), parent: nil},
		{to: &a.unknownIssuer, name: subject("Amazon", amazonName), parent: &a.unknownRoot},
	} {
		made, err := a.sign(authorityTemplate(s.name, now), s.parent)
		if err != nil {
			return nil, fmt.Errorf("create the certificate of %s: %w", s.name.CommonName, err)
		}
		*s.to = made
	}
	return a, nil
}

// RootPEM returns the root certificate to trust, PEM encoded.
func (a *Authority) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.rootCA.cert.Raw})
}

// Leaf issues a certificate of kind k for host and ips, with a new key and the
// chain that the listener presents. It fails only if k is unknown.
func (a *Authority) Leaf(k Kind, host string, ips []net.IP) (tls.Certificate, error) {
	template := leafTemplate(host, ips, a.now)
	parent, chain := &a.amazonCA, []*x509.Certificate{a.amazonCA.cert}
	switch k {
	case KindGood:
	case KindWrongIssuer:
		parent, chain = &a.otherCA, []*x509.Certificate{a.otherCA.cert}
	case KindExpired:
		template.NotBefore, template.NotAfter = a.now.Add(-90*day), a.now.Add(-day)
	case KindNotYet:
		template.NotBefore, template.NotAfter = a.now.Add(day), a.now.Add(90*day)
	case KindWrongHost:
		template.Subject.CommonName = "wrong.example.org"
		template.DNSNames, template.IPAddresses = []string{"wrong.example.org"}, nil
	case KindNoIntermediate:
		chain = nil
	case KindSelfSigned:
		parent, chain = nil, nil
	case KindUnknownCA:
		parent, chain = &a.unknownIssuer, []*x509.Certificate{a.unknownIssuer.cert, a.unknownRoot.cert}
	default:
		return tls.Certificate{}, fmt.Errorf("unknown certificate kind %d", k)
	}
	leaf, err := a.sign(template, parent)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue a certificate of kind %s: %w", k, err)
	}
	c := tls.Certificate{Certificate: [][]byte{leaf.cert.Raw}, PrivateKey: leaf.key, Leaf: leaf.cert}
	for _, ca := range chain {
		c.Certificate = append(c.Certificate, ca.Raw)
	}
	return c, nil
}

// sign creates a certificate with a new key and serial number, signed by parent;
// if parent is nil it is self-signed.
func (a *Authority) sign(template *x509.Certificate, parent *signer) (signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return signer{}, err
	}
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127)); err != nil {
		return signer{}, err
	}
	by := signer{template, key}
	if parent != nil {
		by = *parent
	}
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, &key.PublicKey, by.key)
	if err != nil {
		return signer{}, err
	}
	cert, err := x509.ParseCertificate(der)
	return signer{cert, key}, err
}

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

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

// Subjects of what signs. Amazon's public certificates name O=Amazon in their
// issuer, which is what a check of a load balancer's certificate looks for.
const (
	amazonName  = "Simulated Server CA"
	anotherName = "Another Server CA"
)

// Authority signs leaves at one moment. Make it with [New]; it is safe for
// concurrent use.
type Authority struct {
	now              time.Time
	root             signer
	amazon, another  signer // intermediates below root
	stranger, hidden signer // an intermediate of a root that RootPEM does not hold, and that root
}

// signer is a certificate that may sign, with its key.
type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// New makes a root with two intermediates, and a second root that nobody is
// given. What it signs is valid around now.
func New(now time.Time) (*Authority, error) {
	a := &Authority{now: now}
	for _, s := range []struct {
		to     *signer
		name   pkix.Name
		parent *signer
	}{
		{to: &a.root, name: subject("Example Trust", "Simulated Root CA"), parent: nil},
		{to: &a.amazon, name: subject("Amazon", amazonName), parent: &a.root},
		{to: &a.another, name: subject("Another Trust", anotherName), parent: &a.root},
		{to: &a.hidden, name: subject("Stranger Trust", "Unknown Root CA"), parent: nil},
		{to: &a.stranger, name: subject("Amazon", amazonName), parent: &a.hidden},
	} {
		made, err := a.sign(authorityTemplate(s.name, now), s.parent)
		if err != nil {
			return nil, fmt.Errorf("certs: making %s: %w", s.name.CommonName, err)
		}
		*s.to = made
	}
	return a, nil
}

// RootPEM is the one root to trust, PEM encoded.
func (a *Authority) RootPEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.cert.Raw})
}

// Leaf issues a certificate of kind k for host and ips, with a key of its own
// and the chain that a listener of that kind presents. It fails only where the
// system has no randomness, or k is unknown.
func (a *Authority) Leaf(k Kind, host string, ips []net.IP) (tls.Certificate, error) {
	template := leafTemplate(host, ips, a.now)
	parent, chain := &a.amazon, []*x509.Certificate{a.amazon.cert}
	switch k {
	case Good:
	case WrongIssuer:
		parent, chain = &a.another, []*x509.Certificate{a.another.cert}
	case Expired:
		template.NotBefore, template.NotAfter = a.now.Add(-90*day), a.now.Add(-day)
	case NotYet:
		template.NotBefore, template.NotAfter = a.now.Add(day), a.now.Add(90*day)
	case WrongHost:
		template.Subject.CommonName = "wrong.example.org"
		template.DNSNames, template.IPAddresses = []string{"wrong.example.org"}, nil
	case NoIntermediate:
		chain = nil
	case SelfSigned:
		parent, chain = nil, nil
	case UnknownCA:
		parent, chain = &a.stranger, []*x509.Certificate{a.stranger.cert, a.hidden.cert}
	default:
		return tls.Certificate{}, fmt.Errorf("certs: no kind %d", k)
	}
	leaf, err := a.sign(template, parent)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("certs: making a %s leaf: %w", k, err)
	}
	c := tls.Certificate{Certificate: [][]byte{leaf.cert.Raw}, PrivateKey: leaf.key, Leaf: leaf.cert}
	for _, above := range chain {
		c.Certificate = append(c.Certificate, above.Raw)
	}
	return c, nil
}

// sign gives template a key, a serial number and the signature of parent, or
// its own where parent is nil.
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

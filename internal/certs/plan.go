package certs

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
)

// leafPlan is a leaf to be signed, and what a listener presents with it.
type leafPlan struct {
	template *x509.Certificate
	parent   *signer             // nil: it signs itself
	chain    []*x509.Certificate // above the leaf
	newKey   func() (crypto.Signer, error)
}

// plan is the leaf of a kind. Authorities that only one kind has are made here.
func (a *Authority) plan(k Kind, host string, ips []net.IP) (leafPlan, error) {
	template := leafTemplate(host, ips, a.now)
	p := leafPlan{template, &a.amazonCA, []*x509.Certificate{a.amazonCA.cert}, newECKey}
	switch k {
	case KindGood:
	case KindWrongIssuer:
		p.parent, p.chain = &a.otherCA, []*x509.Certificate{a.otherCA.cert}
	case KindExpired:
		template.NotBefore, template.NotAfter = a.now.Add(-90*day), a.now.Add(-day)
	case KindNotYet:
		template.NotBefore, template.NotAfter = a.now.Add(day), a.now.Add(90*day)
	case KindWrongHost:
		template.Subject.CommonName = "wrong.example.org"
		template.DNSNames, template.IPAddresses = []string{"wrong.example.org"}, nil
	case KindNoIntermediate:
		p.chain = nil
	case KindSelfSigned:
		p.parent, p.chain = nil, nil
	case KindUnknownCA:
		p.parent, p.chain = &a.unknownIssuer, []*x509.Certificate{a.unknownIssuer.cert, a.unknownRoot.cert}
	case KindWeakKey:
		p.newKey = newWeakKey
	case KindUnneededExpired:
		return p, a.addUnneeded(&p)
	default:
		return p, a.addAuthorities(&p, k)
	}
	return p, nil
}

// addAuthorities puts the leaf below intermediate CAs of its own.
func (a *Authority) addAuthorities(p *leafPlan, k Kind) error {
	first, n := authorityTemplate(subject("Amazon", amazonName), a.now), 1
	parent := &a.rootCA
	switch k {
	case KindExpiredIntermediate:
		first.NotAfter = a.now.Add(-day)
	case KindExpiringIntermediate:
		first.NotAfter = a.now.Add(2*day + day/2)
	case KindExpiredRoot:
		first.Subject = subject("Example Trust", "Simulated Root CA of Tomorrow")
		parent, n = &a.endedRoot, 2
	case KindNameConstraint:
		first.PermittedDNSDomains, first.PermittedDNSDomainsCritical = []string{"allowed.example.org"}, true
	case KindTooLong:
		n = tooMany
	default:
		return fmt.Errorf("unknown certificate kind %d", k)
	}
	p.chain = nil
	for i := range n {
		template := first
		if i > 0 {
			template = authorityTemplate(subject("Amazon", fmt.Sprintf("%s %d", amazonName, i+1)), a.now)
		}
		made, err := sign(template, parent, newECKey)
		if err != nil {
			return err
		}
		p.chain, parent = append([]*x509.Certificate{made.cert}, p.chain...), &made
	}
	p.parent = parent
	return nil
}

// tooMany is more authorities than any client follows, and fewer than the bytes
// that a handshake may have.
const tooMany = 300

// addUnneeded adds the certificate of the intermediate CA that another root signed.
func (a *Authority) addUnneeded(p *leafPlan) error {
	template := authorityTemplate(a.amazonCA.cert.Subject, a.now)
	template.NotAfter = a.now.Add(-day)
	cross, err := signKey(template, &a.unknownRoot, a.amazonCA.key)
	if err != nil {
		return err
	}
	p.chain = append(p.chain, cross.cert)
	return nil
}

// Client issues a certificate and its key for a client that a listener asks for one,
// PEM encoded, in one text.
func (a *Authority) Client(name string) ([]byte, error) {
	template := leafTemplate(name, nil, a.now)
	template.DNSNames, template.ExtKeyUsage = nil, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	leaf, err := sign(template, &a.rootCA, newECKey)
	if err != nil {
		return nil, fmt.Errorf("issue a client certificate: %w", err)
	}
	key, err := x509.MarshalPKCS8PrivateKey(leaf.key)
	if err != nil {
		return nil, fmt.Errorf("write a client's key: %w", err)
	}
	return append(certificatePEM(leaf.cert.Raw), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})...), nil
}

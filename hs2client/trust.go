package hs2client

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// chainStatus follows a chain to the roots at a moment when the leaf is valid,
// so that an expired certificate does not read as an unknown authority.
func chainStatus(sent []*x509.Certificate, roots *x509.CertPool) ChainStatus {
	leaf := sent[0]
	at := time.Now()
	if at.Before(leaf.NotBefore) {
		at = leaf.NotBefore
	} else if at.After(leaf.NotAfter) {
		at = leaf.NotAfter
	}
	err := verify(sent, roots, at)
	invalid, _ := errors.AsType[x509.CertificateInvalidError](err)
	switch {
	case err == nil, invalid.Cert != nil && invalid.Reason == x509.Expired:
		return OK // where time alone was wrong, it was an authority's: see refusal
	case signedItself(leaf):
		return SelfSigned
	case len(sent) == 1:
		// Whether an intermediate is missing or the authority is unknown cannot
		// be told from a leaf alone; a forgotten intermediate is the common case.
		return Incomplete
	case !reaches(sent, leaf):
		return Incomplete
	}
	return UnknownCA
}

// reaches reports whether any other certificate that was sent signed the leaf's
// name: without one, what came along is no help.
func reaches(sent []*x509.Certificate, leaf *x509.Certificate) bool {
	for _, c := range sent[1:] {
		if bytes.Equal(c.RawSubject, leaf.RawIssuer) {
			return true
		}
	}
	return false
}

func signedItself(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// verify follows the chain at one moment, the host left aside.
func verify(sent []*x509.Certificate, roots *x509.CertPool, at time.Time) error {
	between := x509.NewCertPool()
	for _, c := range sent[1:] {
		between.AddCert(c)
	}
	_, err := sent[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at})
	return err
}

// refusal is why the certificate behind p is not good enough at now; nil where
// it is. The order is that of what must be mended first.
func refusal(p *Peer, c *TLSConfig, now time.Time) error {
	oldest := c.MinVersion
	if oldest == 0 {
		oldest = tls.VersionTLS12
	}
	switch {
	case p.State.Version < oldest:
		return &cause{kind: KindVersion, text: fmt.Sprintf("%s, older than %s", p.Version, versionName(oldest))}
	case p.Chain == SelfSigned:
		return &cause{kind: KindSelfSigned, text: "the certificate signed itself: " + p.Subject}
	case p.Chain == Incomplete:
		return &cause{kind: KindIncomplete, text: "nothing that was sent or is trusted signed the certificate: its issuer is " + p.Issuer}
	case p.Chain != OK:
		return &cause{kind: KindUnknownCA, text: "no trusted root above " + p.Issuer}
	case now.Before(p.NotBefore):
		return &cause{kind: KindNotYetValid, text: "valid from " + p.NotBefore.UTC().Format(time.RFC3339)}
	case now.After(p.NotAfter):
		return &cause{kind: KindExpired, text: "valid until " + p.NotAfter.UTC().Format(time.RFC3339)}
	}
	if err := verify(p.State.PeerCertificates, c.Roots, now); err != nil {
		return &cause{kind: KindExpired, err: err} // the leaf is in time: an authority above it is not
	}
	if p.HostErr != nil {
		return &cause{kind: KindHostname, err: p.HostErr}
	}
	if c.Accept == nil {
		return nil
	}
	if err := c.Accept(*p); err != nil {
		return &cause{kind: KindPolicy, err: err}
	}
	return nil
}

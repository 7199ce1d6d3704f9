package hs2client

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"
)

// trust is where a chain leads.
type trust struct {
	status ChainStatus
	late   error  // status is ChainOK, yet an authority above the leaf is not in time
	good   period // while it stays as it is; only where status is ChainOK and late nil
}

// period is a span of time, both ends included.
type period struct{ from, until time.Time }

func (p period) has(t time.Time) bool { return !t.Before(p.from) && !t.After(p.until) }

// follow follows a chain to the roots at a moment when the leaf is valid, the
// nearest one to now, so that an expired certificate does not read as an unknown
// authority.
func follow(sent []*x509.Certificate, roots *x509.CertPool, now time.Time) trust {
	leaf, at := sent[0], now
	if at.Before(leaf.NotBefore) {
		at = leaf.NotBefore
	} else if at.After(leaf.NotAfter) {
		at = leaf.NotAfter
	}
	paths, err := verify(sent, roots, at)
	invalid, _ := errors.AsType[x509.CertificateInvalidError](err)
	switch {
	case err == nil:
		return trust{status: ChainOK, good: longest(paths)}
	case invalid.Cert != nil && invalid.Reason == x509.Expired:
		return trust{status: ChainOK, late: err}
	case signedItself(leaf):
		return trust{status: ChainSelfSigned}
	case len(sent) == 1:
		// Whether an intermediate is missing or the authority is unknown cannot
		// be told from a leaf alone; a forgotten intermediate is the common case.
		return trust{status: ChainIncomplete}
	case !reaches(sent, leaf):
		return trust{status: ChainIncomplete}
	}
	return trust{status: ChainUnknownCA}
}

// longest is the time for which one of the paths is in time as a whole: of
// several, that which lasts longest.
func longest(paths [][]*x509.Certificate) period {
	var best period
	for _, path := range paths {
		p := period{path[0].NotBefore, path[0].NotAfter}
		for _, c := range path[1:] {
			if c.NotBefore.After(p.from) {
				p.from = c.NotBefore
			}
			if c.NotAfter.Before(p.until) {
				p.until = c.NotAfter
			}
		}
		if p.until.After(best.until) {
			best = p
		}
	}
	return best
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

// verify follows the chain at one moment, the host left aside, and returns the
// paths to a root.
func verify(sent []*x509.Certificate, roots *x509.CertPool, at time.Time) ([][]*x509.Certificate, error) {
	between := x509.NewCertPool()
	for _, c := range sent[1:] {
		between.AddCert(c)
	}
	return sent[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: at})
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
	case p.Chain == ChainSelfSigned:
		return &cause{kind: KindSelfSigned, text: "the certificate signed itself: " + p.Subject}
	case p.Chain == ChainIncomplete:
		return &cause{kind: KindIncomplete, text: "nothing that was sent or is trusted signed the certificate: its issuer is " + p.Issuer}
	case p.Chain != ChainOK:
		return &cause{kind: KindUnknownCA, text: "no trusted root above " + p.Issuer}
	case now.Before(p.NotBefore):
		return &cause{kind: KindNotYetValid, text: "valid from " + p.NotBefore.UTC().Format(time.RFC3339)}
	case now.After(p.NotAfter):
		return &cause{kind: KindExpired, text: "valid until " + p.NotAfter.UTC().Format(time.RFC3339)}
	case p.late != nil:
		return &cause{kind: KindExpired, err: p.late} // the leaf is in time: an authority above it is not
	case p.HostErr != nil:
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

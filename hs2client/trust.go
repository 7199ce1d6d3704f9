package hs2client

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// trust is where a chain leads.
type trust struct {
	status   ChainStatus
	expired  error  // status is ChainOK, but an authority above the leaf is outside its validity
	validity period // of the path; only where status is ChainOK and expired nil
}

// period is a span of time, including both ends.
type period struct{ from, until time.Time }

func (p period) contains(t time.Time) bool { return !t.Before(p.from) && !t.After(p.until) }

// verifyChain verifies a chain at a moment when the leaf is valid, the nearest one
// to now, so that an expired certificate is not taken for an unknown authority.
func verifyChain(sent []*x509.Certificate, roots *x509.CertPool, now time.Time) trust {
	leaf, at := sent[0], now
	if at.Before(leaf.NotBefore) {
		at = leaf.NotBefore
	} else if at.After(leaf.NotAfter) {
		at = leaf.NotAfter
	}
	paths, err := pathsToRoot(sent, roots, at)
	invalid, _ := errors.AsType[x509.CertificateInvalidError](err)
	switch {
	case err == nil:
		return trust{status: ChainOK, validity: longestValidity(paths)}
	case invalid.Cert != nil && invalid.Reason == x509.Expired:
		return trust{status: ChainOK, expired: err}
	case isSelfSigned(leaf):
		return trust{status: ChainSelfSigned}
	case len(sent) == 1:
		// A leaf alone does not show whether an intermediate is missing or the
		// authority is unknown; a missing intermediate is the common case.
		return trust{status: ChainIncomplete}
	case !issuerSent(sent, leaf):
		return trust{status: ChainIncomplete}
	}
	return trust{status: ChainUnknownCA}
}

// longestValidity is the time for which one of the paths is valid as a whole: of
// several, the one that lasts longest.
func longestValidity(paths [][]*x509.Certificate) period {
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

// issuerSent reports whether a certificate of the leaf's issuer was sent with it.
func issuerSent(sent []*x509.Certificate, leaf *x509.Certificate) bool {
	for _, c := range sent[1:] {
		if bytes.Equal(c.RawSubject, leaf.RawIssuer) {
			return true
		}
	}
	return false
}

func isSelfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}

// pathsToRoot verifies the chain at one moment, whatever the host, and returns the
// paths to a root.
func pathsToRoot(sent []*x509.Certificate, roots *x509.CertPool, at time.Time) ([][]*x509.Certificate, error) {
	intermediates := x509.NewCertPool()
	for _, c := range sent[1:] {
		intermediates.AddCert(c)
	}
	return sent[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, CurrentTime: at})
}

// checkPeer is why the certificate behind p is refused at now; nil where it is
// not. The order is that of what must be fixed first.
func checkPeer(p *Peer, c *TLSConfig, now time.Time) error {
	oldest := c.MinVersion
	if oldest == 0 {
		oldest = tls.VersionTLS12
	}
	refuse := func(kind Kind, format string, args ...any) error {
		return &wire.Error{Kind: kind, Text: fmt.Sprintf(format, args...)}
	}
	switch {
	case p.State.Version < oldest:
		return refuse(KindVersion, "%s, older than %s", p.Version, versionName(oldest))
	case p.Chain == ChainSelfSigned:
		return refuse(KindSelfSigned, "the certificate is self-signed: %s", p.Subject)
	case p.Chain == ChainIncomplete:
		return refuse(KindIncomplete, "no certificate that was sent or is trusted signed it: its issuer is %s", p.Issuer)
	case p.Chain != ChainOK:
		return refuse(KindUnknownCA, "no trusted root above %s", p.Issuer)
	case now.Before(p.NotBefore):
		return refuse(KindNotYetValid, "valid from %s", p.NotBefore.UTC().Format(time.RFC3339))
	case now.After(p.NotAfter):
		return refuse(KindExpired, "valid until %s", p.NotAfter.UTC().Format(time.RFC3339))
	case p.expiredAuthority != nil:
		return &wire.Error{Kind: KindExpired, Err: p.expiredAuthority} // the leaf itself is valid
	case p.HostErr != nil:
		return &wire.Error{Kind: KindHostname, Err: p.HostErr}
	}
	if c.Accept == nil {
		return nil
	}
	if err := c.Accept(*p); err != nil {
		return &wire.Error{Kind: KindPolicy, Err: err}
	}
	return nil
}

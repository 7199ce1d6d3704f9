package hs2client

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"
)

// trust is where a chain leads.
type trust struct {
	status ChainStatus
	detail string
	path   []*x509.Certificate // from the leaf to a root; nil unless status is ChainOK
}

// period is a span of time, including both ends.
type period struct{ from, until time.Time }

func (p period) contains(t time.Time) bool { return !t.Before(p.from) && !t.After(p.until) }

// periodOf is the time for which all certificates of a path are valid; the zero period
// where there is none.
func periodOf(path []*x509.Certificate) period {
	if len(path) == 0 {
		return period{}
	}
	p := period{path[0].NotBefore, path[0].NotAfter}
	for _, c := range path[1:] {
		if c.NotBefore.After(p.from) {
			p.from = c.NotBefore
		}
		if c.NotAfter.Before(p.until) {
			p.until = c.NotAfter
		}
	}
	return p
}

// verifyChain follows a chain to a root. What has expired or is not valid yet is
// followed, too, so that it is not taken for an unknown authority.
func verifyChain(sent []*x509.Certificate, roots *x509.CertPool, now time.Time) trust {
	paths, err := pathsToRoot(sent, roots, now)
	if err != nil {
		status, detail := brokenChain(sent, err)
		return trust{status: status, detail: detail}
	}
	best := bestPath(paths, now)
	if len(best) > MaxCertificates {
		return trust{status: ChainTooLong, detail: fmt.Sprintf("the path to the root has %d certificates", len(best))}
	}
	return trust{status: ChainOK, path: best}
}

// bestPath is the one that is valid for the longest time; of those whose authorities
// are valid now, where there are any.
func bestPath(paths [][]*x509.Certificate, now time.Time) []*x509.Certificate {
	var best []*x509.Certificate
	var validNow bool
	for _, path := range paths {
		valid := len(path) == 1 || periodOf(path[1:]).contains(now)
		longer := periodOf(path).until.After(periodOf(best).until)
		if best == nil || valid && !validNow || valid == validNow && longer {
			best, validNow = path, valid
		}
	}
	return best
}

// pathsToRoot are the paths to a root, whatever the host and the validity of what was
// sent. A root that has expired is trusted as it was in its time, where no other is
// left.
func pathsToRoot(sent []*x509.Certificate, roots *x509.CertPool, now time.Time) ([][]*x509.Certificate, error) {
	original := map[string]*x509.Certificate{}
	timeless := make([]*x509.Certificate, len(sent))
	times := []time.Time{now}
	for i, c := range sent {
		original[string(c.Raw)] = c
		copied := *c
		copied.NotBefore, copied.NotAfter = time.Time{}, endOfTime
		timeless[i] = &copied
		if len(sent) <= MaxCertificates {
			times = append(times, c.NotBefore) // its issuer was valid then
		}
	}
	intermediates := x509.NewCertPool()
	for i, c := range timeless[1:] {
		// A root is of use among the trusted ones alone.
		if !isSelfSigned(sent[i+1]) {
			intermediates.AddCert(c)
		}
	}
	var first error
	for i := 0; i < len(times); i++ {
		paths, err := timeless[0].Verify(x509.VerifyOptions{Roots: roots, Intermediates: intermediates, CurrentTime: times[i]})
		if err == nil {
			return withOriginals(paths, original), nil
		}
		if first != nil {
			continue
		}
		first = err
		switch invalid, ok := errors.AsType[x509.CertificateInvalidError](err); {
		case ok && invalid.Reason != x509.Expired:
			return nil, err
		case ok && invalid.Cert != nil:
			times = append(times, invalid.Cert.NotBefore)
		}
	}
	return nil, first
}

// endOfTime is later than any certificate's (RFC 5280, section 4.1.2.5).
var endOfTime = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// withOriginals puts the certificates that were sent in the place of their copies.
func withOriginals(paths [][]*x509.Certificate, original map[string]*x509.Certificate) [][]*x509.Certificate {
	for _, path := range paths {
		for i, c := range path {
			if o, ok := original[string(c.Raw)]; ok {
				path[i] = o
			}
		}
	}
	return paths
}

// brokenChain says why there is no path to a root.
func brokenChain(sent []*x509.Certificate, err error) (ChainStatus, string) {
	leaf := sent[0]
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason != x509.Expired {
		return ChainConstraint, strings.TrimPrefix(err.Error(), "x509: ")
	}
	if unknown := leaf.UnhandledCriticalExtensions; len(unknown) > 0 {
		return ChainConstraint, fmt.Sprintf("it has a critical extension that is not known (%s)", unknown[0])
	}
	if isSelfSigned(leaf) {
		return ChainSelfSigned, "the certificate is self-signed: " + leaf.Subject.String()
	}
	if len(sent) > MaxCertificates {
		return ChainTooLong, fmt.Sprintf("%d certificates were sent, and no short path leads to a root", len(sent))
	}
	top := leaf
	for range sent {
		if insecure(top) && !isSelfSigned(top) {
			return ChainWeakSignature, fmt.Sprintf("%s is signed with %s", top.Subject, top.SignatureAlgorithm)
		}
		next := issuerOf(sent, top)
		if next == nil {
			break
		}
		top = next
	}
	switch {
	case top == leaf:
		// A leaf alone does not show whether an intermediate is missing or its issuer
		// is a root.
		return ChainIncomplete, "no certificate that was sent or is trusted signed it: its issuer is " + leaf.Issuer.String()
	case isSelfSigned(top):
		return ChainUnknownCA, "the root is not trusted: " + top.Subject.String()
	}
	return ChainUnknownCA, fmt.Sprintf("no certificate that was sent or is trusted signed %s: its issuer is %s", top.Subject, top.Issuer)
}

// issuerOf is the certificate of c's issuer that was sent; nil where none was.
func issuerOf(sent []*x509.Certificate, c *x509.Certificate) *x509.Certificate {
	if bytes.Equal(c.RawIssuer, c.RawSubject) {
		return nil
	}
	for _, s := range sent[1:] {
		if bytes.Equal(s.RawSubject, c.RawIssuer) {
			return s
		}
	}
	return nil
}

// isSelfSigned reports whether a certificate signed itself. Who would not trust the
// algorithm goes by the names.
func isSelfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) &&
		(insecure(c) || c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil)
}

// insecure reports whether crypto/x509 does not trust the algorithm that signed it.
func insecure(c *x509.Certificate) bool {
	switch c.SignatureAlgorithm {
	case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
		return true
	}
	return false
}

package hs2client

import (
	"crypto/tls"
	"crypto/x509"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Peer is what a TLS handshake showed of the other side, before it is checked.
type Peer struct {
	State       tls.ConnectionState // of this very connection
	Fingerprint string              // SHA-256 of the leaf, lower case hex
	Chain       ChainStatus         // the path to a trusted root; time and host left aside
	ChainDetail string              // which certificate Chain is about, and why; "" where it is ChainOK
	HostErr     error               // nil: the leaf is valid for ServerName
	Version     string              // "TLS1.3"
	ServerName  string              // the name that was asked for

	NotBefore, NotAfter time.Time // of the leaf
	Subject, Issuer     string    // of the leaf, as RFC 2253 and 4514 write names
	SANs                []string  // DNS names and addresses of the leaf, at most 100

	// Sent is the chain as it was presented, leaf first, and Path the one from the
	// leaf to a trusted root, both included, that is valid for the longest time; nil
	// unless Chain is ChainOK. Both have [MaxCertificates] at the most.
	Sent, Path []Certificate

	SentCount        int    // certificates presented, also those beyond Sent
	ChainFingerprint string // SHA-256 over those of all that were presented, in their order
}

// ChainStatus says whether a certificate leads to a root that is trusted.
type ChainStatus = vocab.ChainStatus

// The states of a chain. The zero value is ChainUnchecked.
const (
	ChainUnchecked     = vocab.ChainUnchecked
	ChainOK            = vocab.ChainOK            // it leads to a trusted root
	ChainIncomplete    = vocab.ChainIncomplete    // nothing that was sent or is trusted signed the leaf
	ChainSelfSigned    = vocab.ChainSelfSigned    // the leaf signed itself, and is not trusted
	ChainUnknownCA     = vocab.ChainUnknownCA     // it ends at an authority that is not trusted
	ChainConstraint    = vocab.ChainConstraint    // an authority may not issue such a certificate
	ChainTooLong       = vocab.ChainTooLong       // it has more than MaxCertificates
	ChainWeakSignature = vocab.ChainWeakSignature // a signature is by an algorithm that is not trusted any more
)

const maxSANs = 100

// newPeer gathers the facts of a finished handshake, at that moment. The state
// has a leaf: crypto/tls ends a handshake without one.
func newPeer(state tls.ConnectionState, c *TLSConfig, name string, now time.Time) *Peer {
	leaf := state.PeerCertificates[0]
	facts := c.Chains.facts(state.PeerCertificates, name, c.Roots, now)
	first := facts.sent[0]
	return &Peer{
		State: state, Fingerprint: first.Fingerprint,
		Chain: facts.status, ChainDetail: facts.detail, HostErr: leaf.VerifyHostname(name),
		Version: versionName(state.Version), ServerName: name,
		NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter,
		Subject: first.Subject, Issuer: first.Issuer, SANs: slices.Clone(facts.sans),
		Sent: facts.sent, Path: facts.path, SentCount: len(state.PeerCertificates), ChainFingerprint: facts.fingerprint,
	}
}

// chainFacts are what the bytes of a chain show, and where it leads.
type chainFacts struct {
	fingerprint string // of the whole chain
	sent, path  []Certificate
	sans        []string
	status      ChainStatus
	detail      string
	validity    period // of path; zero where there is none
}

// newChainFacts reads the certificates and verifies the chain.
func newChainFacts(sent []*x509.Certificate, roots *x509.CertPool, now time.Time) chainFacts {
	where := verifyChain(sent, roots, now)
	return chainFacts{
		fingerprint: chainFingerprint(sent), sent: newCertificates(sent), path: newCertificates(where.path), sans: namesOf(sent[0]),
		status: where.status, detail: wire.Clip(where.detail), validity: periodOf(where.path),
	}
}

// namesOf are the leaf's names, at most 100.
func namesOf(leaf *x509.Certificate) []string {
	var out []string
	for _, name := range leaf.DNSNames {
		if len(out) < maxSANs {
			out = append(out, wire.Clip(name))
		}
	}
	for _, ip := range leaf.IPAddresses {
		if len(out) < maxSANs {
			out = append(out, ip.String())
		}
	}
	return out
}

// versionName is TLS's name without the space that tls.VersionName puts in it.
func versionName(v uint16) string {
	switch v {
	case tls.VersionTLS10:
		return "TLS1.0"
	case tls.VersionTLS11:
		return "TLS1.1"
	case tls.VersionTLS12:
		return "TLS1.2"
	case tls.VersionTLS13:
		return "TLS1.3"
	}
	return tls.VersionName(v)
}

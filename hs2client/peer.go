package hs2client

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
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
	HostErr     error               // nil: the leaf is valid for ServerName
	Version     string              // "TLS1.3"
	ServerName  string              // the name that was asked for

	NotBefore, NotAfter time.Time // of the leaf
	Subject, Issuer     string    // of the leaf, as RFC 2253 and 4514 write names
	SANs                []string  // DNS names and addresses of the leaf, at most 100

	expiredAuthority error // a certificate above the leaf is outside its validity; nil: none, or Chain is not ChainOK
}

// ChainStatus says whether a certificate leads to a root that is trusted.
type ChainStatus = vocab.ChainStatus

// The states of a chain. The zero value is ChainUnchecked.
const (
	ChainUnchecked  = vocab.ChainUnchecked
	ChainOK         = vocab.ChainOK         // it leads to a trusted root
	ChainIncomplete = vocab.ChainIncomplete // the leaf came alone, or nothing that was sent or is trusted signed it
	ChainSelfSigned = vocab.ChainSelfSigned // the leaf signed itself, and is not trusted
	ChainUnknownCA  = vocab.ChainUnknownCA  // it ends at an authority that is not trusted
)

const maxSANs = 100

// newPeer gathers the facts of a finished handshake, at that moment. The state
// has a leaf: crypto/tls ends a handshake without one.
func newPeer(state tls.ConnectionState, c *TLSConfig, name string, now time.Time) *Peer {
	leaf := state.PeerCertificates[0]
	facts := c.Chains.facts(state.PeerCertificates, name, c.Roots, now)
	return &Peer{
		State: state, Fingerprint: facts.fingerprint,
		Chain: facts.trust.status, HostErr: leaf.VerifyHostname(name),
		Version: versionName(state.Version), ServerName: name,
		NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter,
		Subject: facts.subject, Issuer: facts.issuer, SANs: slices.Clone(facts.sans),
		expiredAuthority: facts.trust.expired,
	}
}

// chainFacts are what the bytes of a chain show, and where it leads.
type chainFacts struct {
	fingerprint, subject, issuer string
	sans                         []string
	trust                        trust
}

// newChainFacts reads the leaf and verifies the chain.
func newChainFacts(sent []*x509.Certificate, roots *x509.CertPool, now time.Time) chainFacts {
	leaf := sent[0]
	sum := sha256.Sum256(leaf.Raw)
	return chainFacts{
		fingerprint: hex.EncodeToString(sum[:]), subject: leaf.Subject.String(), issuer: leaf.Issuer.String(),
		sans: namesOf(leaf), trust: verifyChain(sent, roots, now),
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

package scenarios

import (
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Cert is what one node's listener presented. All facts are recorded, whether
// or not one of them ended the connection: the judge says what they amount to.
type Cert struct {
	Node        netip.AddrPort `json:"node"`
	Sessions    int            `json:"sessions"`    // connections on which it was seen
	Seen        time.Time      `json:"seen"`        // when first, by our clock: validity is judged by it
	Fingerprint string         `json:"fingerprint"` // SHA-256 of the leaf, lower-case hex
	Subject     string         `json:"subject"`     // RFC 4514
	Issuer      string         `json:"issuer"`      // RFC 4514, of the leaf
	SANs        []string       `json:"sans"`
	NotBefore   time.Time      `json:"not_before"`
	NotAfter    time.Time      `json:"not_after"`
	Version     string         `json:"version"` // "TLS1.3"
	Chain       ChainStatus    `json:"chain"`
	ChainDetail string         `json:"chain_detail,omitempty"` // which certificate Chain is about, and why; untrusted
	ServerName  string         `json:"server_name"`            // what the certificate was checked against
	HostOK      bool           `json:"host_ok"`                // it names ServerName

	// Sent is the chain as it was presented, leaf first, and Path the one from the
	// leaf to a trusted root, both included, that is valid for the longest time. Both
	// have [MaxCertificates] at the most. Path is nil where there is none, and both are
	// in results of earlier versions.
	Sent      []Certificate `json:"sent,omitempty"`
	Path      []Certificate `json:"path,omitempty"`
	SentCount int           `json:"sent_count,omitempty"` // certificates presented, also those beyond Sent

	// ChainFingerprint is the SHA-256 over those of all certificates that were
	// presented, in their order; "" in results of earlier versions.
	ChainFingerprint string `json:"chain_fingerprint,omitempty"`
}

// Certificate is what one certificate of a chain shows.
type Certificate = vocab.Certificate

// MaxCertificates is how many certificates of a chain are kept.
const MaxCertificates = vocab.MaxCertificates

// Same reports whether two nodes, or one at two times, presented the same.
func (c Cert) Same(o Cert) bool {
	return c.Fingerprint == o.Fingerprint && c.ChainFingerprint == o.ChainFingerprint
}

// Ends is when the first certificate of the path to the root expires; of the leaf
// where there is no path.
func (c Cert) Ends() time.Time {
	ends := c.NotAfter
	for _, p := range c.Path {
		if p.NotAfter.Before(ends) {
			ends = p.NotAfter
		}
	}
	return ends
}

// ChainStatus says whether a certificate leads to a trusted root, time and
// host name left aside. The zero value is not checked, which is not a pass.
type ChainStatus = vocab.ChainStatus

// The chain's states.
const (
	ChainUnchecked     = vocab.ChainUnchecked
	ChainOK            = vocab.ChainOK            // it leads to one of our roots
	ChainIncomplete    = vocab.ChainIncomplete    // nothing that was sent or is trusted signed the leaf
	ChainSelfSigned    = vocab.ChainSelfSigned    // the leaf signed itself
	ChainUnknownCA     = vocab.ChainUnknownCA     // it leads to a root that is not ours
	ChainConstraint    = vocab.ChainConstraint    // an authority may not issue such a certificate
	ChainTooLong       = vocab.ChainTooLong       // it has more than MaxCertificates
	ChainWeakSignature = vocab.ChainWeakSignature // a signature is by an algorithm that is not trusted any more
)

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
	ServerName  string         `json:"server_name"` // what the certificate was checked against
	HostOK      bool           `json:"host_ok"`     // it names ServerName
}

// ChainStatus says whether a certificate leads to a trusted root, time and
// host name left aside. The zero value is not checked, which is not a pass.
type ChainStatus = vocab.ChainStatus

// The chain's states.
const (
	ChainUnchecked  = vocab.ChainUnchecked
	ChainOK         = vocab.ChainOK         // it leads to one of our roots
	ChainIncomplete = vocab.ChainIncomplete // the server left out an intermediate
	ChainSelfSigned = vocab.ChainSelfSigned // the leaf signed itself
	ChainUnknownCA  = vocab.ChainUnknownCA  // it leads to a root that is not ours
)

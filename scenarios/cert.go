package scenarios

import (
	"net/netip"
	"time"
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
type ChainStatus int

// The chain's states.
const (
	ChainUnchecked  ChainStatus = iota
	ChainOK                     // it leads to one of our roots
	ChainIncomplete             // the server left out an intermediate
	ChainSelfSigned             // the leaf signed itself
	ChainUnknownCA              // it leads to a root that is not ours
)

var chainNames = []string{"unchecked", "ok", "incomplete", "self-signed", "unknown-ca"}

// String returns the name that result files use.
func (c ChainStatus) String() string { return nameOf(chainNames, int(c)) }

// MarshalText writes the name.
func (c ChainStatus) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads a name; it fails on any other.
func (c *ChainStatus) UnmarshalText(b []byte) error { return indexOf(chainNames, "chain", b, c) }

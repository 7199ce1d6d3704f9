package scenarios

import (
	"net/netip"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Probe is what was learned of one node after no session was good on any: a few
// diagnostic connections, without a login and in no tally.
type Probe struct {
	Node         netip.AddrPort `json:"node"`
	Connections  int            `json:"connections"`
	Heard        vocab.Heard    `json:"heard,omitempty"`         // who speaks there; "": nobody that could be recognised
	TLS          bool           `json:"tls,omitempty"`           // within TLS
	AsConfigured bool           `json:"as_configured,omitempty"` // it is what a session of this scenario needs
	Text         string         `json:"text,omitempty"`          // the first bytes, quoted: untrusted
	Hint         Fixes          `json:"hint,omitempty"`
}

package doctor

import (
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Schema is the version of a [Report] in JSON.
const Schema = "impala-lbcheck/doctor/1"

// Report says what works, and why the rest does not.
type Report struct {
	Schema   string    `json:"schema"`
	Tool     string    `json:"tool"`
	Host     string    `json:"host"`
	Exit     int       `json:"exit"`
	Verdict  string    `json:"verdict"` // the last line
	Answers  []Answer  `json:"answers"`
	Listener []TLS     `json:"tls,omitempty"`
	Ways     []Way     `json:"ways"`
	Problems []Problem `json:"problems,omitempty"`
	Notes    []string  `json:"notes,omitempty"`
	As       *Fit      `json:"as,omitempty"`
	Lines    []Line    `json:"lines,omitempty"`
}

// Answer is what one node says on one port.
type Answer struct {
	Port uint16         `json:"port"`
	Node netip.AddrPort `json:"node"`
	Says string         `json:"says"`
	Text string         `json:"text,omitempty"` // the first bytes, quoted: untrusted
}

// TLS is what the handshake with one node showed.
type TLS struct {
	Port     uint16         `json:"port"`
	Node     netip.AddrPort `json:"node"`
	Version  string         `json:"version,omitempty"`
	Subject  string         `json:"subject,omitempty"` // as the next: untrusted
	Issuer   string         `json:"issuer,omitempty"`
	NotAfter time.Time      `json:"not_after,omitzero"`
	Chain    string         `json:"chain,omitempty"`
	NameOK   bool           `json:"name_ok"`
	Refused  string         `json:"refused,omitempty"` // the class of why it is not good
}

// Way is one cell of the matrix.
type Way struct {
	Port        uint16              `json:"port"`
	Protocol    scenarios.Protocol  `json:"protocol"`
	Login       scenarios.Mechanism `json:"login"`
	TLS         bool                `json:"tls"`
	State       State               `json:"state"`
	Coordinator string              `json:"coordinator,omitempty"` // as the next: untrusted
	Version     string              `json:"version,omitempty"`
	Class       string              `json:"class,omitempty"` // of its failure
	Why         string              `json:"why,omitempty"`   // the server's words or ours
}

// Problem is one cause, and where it was met.
type Problem struct {
	Cause  string          `json:"cause"` // its anchor in docs/troubleshooting.md
	Title  string          `json:"title"`
	Where  []string        `json:"where"`
	Class  string          `json:"class,omitempty"`
	Detail string          `json:"detail,omitempty"` // untrusted
	Fix    scenarios.Fixes `json:"fix,omitempty"`
	Link   string          `json:"link"`
}

// Line is how a client connects.
type Line struct {
	Client string `json:"client"`
	Text   string `json:"text"`
}

// Fit says whether a client will work.
type Fit struct {
	Client  Client   `json:"client"`
	Works   *bool    `json:"works"` // null: it cannot be told
	Reasons []string `json:"reasons"`
}

// link is where the documentation has a cause.
func link(id string) string {
	return "https://github.com/impala-lbcheck/impala-lbcheck/blob/main/docs/troubleshooting.md#" + id
}

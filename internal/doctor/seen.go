package doctor

import (
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Wish is what the user has said that sessions are to be like.
type Wish struct {
	Scenario scenarios.Scenario // the endpoint, the login and what to trust
	Protocol bool               // its protocol was asked for; otherwise any will do
	TLS      bool               // whether TLS is on was asked for
	Login    bool               // its login was asked for
}

// Seen is what an examination saw.
type Seen struct {
	Wish    Wish
	Host    string
	Failure *Failure // the name led nowhere, and nothing was asked; nil: it did
	Ports   []Port   // in ascending order
	Cells   []Cell   // in the order in which they were tried
}

// Port is one port of the host.
type Port struct {
	Number uint16
	Given  bool   // the user named it; otherwise it is one of Impala's usual ports
	Nodes  []Node // sorted by address
	Left   int    // nodes that were not asked, for there are too many
}

// Node is one address of a port.
type Node struct {
	Addr    netip.AddrPort
	Failure *Failure // no connection was made; nil: one was
	Heard   hs2client.Heard

	Cert    *scenarios.Cert // of its handshake; nil: there was none
	Refused *Failure        // why its handshake or its certificate is not good; nil: it is, or there is none
}

// Failure is why something did not work.
type Failure struct {
	Class  vocab.Class
	Text   string // the server's words and ours: untrusted
	Waited time.Duration
	Fix    scenarios.Fixes
}

// State says what became of a cell.
type State string

// The states. The zero value is that nothing is known.
const (
	StateWorks    State = "works"
	StateFails    State = "fails"
	StateNotTried State = "not tried"
)

// Cell is one way in: a protocol, a login, with or without TLS.
type Cell struct {
	Port     uint16
	Protocol scenarios.Protocol
	Login    scenarios.Mechanism
	TLS      bool

	State   State
	Node    netip.AddrPort // that was dialled
	Who     vocab.Identity // who answered, where it works
	Failure *Failure       // where it fails, or where its settings ruled it out
	Why     string         // where it was not tried
	Wanted  bool           // the user asked for it, and so it matters that it was not tried
}

// heard is what the port answers: what the first node said of which anything was heard,
// or else the first to which a connection was made. False: there was none.
func (p Port) heard() (hs2client.Heard, bool) {
	n, ok := p.speaker()
	return n.Heard, ok
}

// speaker is the node that heard is of.
func (p Port) speaker() (Node, bool) {
	for _, n := range p.Nodes {
		if n.Heard.What != vocab.HeardNothing {
			return n, true
		}
	}
	for _, n := range p.Nodes {
		if n.Heard.Connections > 0 {
			return n, true
		}
	}
	return Node{}, false
}

// spoken reports whether TLS is.
func spoken(h hs2client.Heard) bool { return h.Within || h.What == vocab.HeardTLS }

// overHTTP reports whether an answer of HTTP was heard.
func overHTTP(h hs2client.Heard) bool {
	return h.What == vocab.HeardHTTP || h.What == vocab.HeardHTTP2
}

package vocab

import "github.com/impala-lbcheck/impala-lbcheck/internal/enum"

// Phase is a step in the life of one session, in the order in which the steps
// happen.
type Phase int

// The phases of a session. One that a session does not have (tls on a plain
// listener, sasl without a login) takes no time.
const (
	PhaseResolve Phase = iota // name to address
	PhaseTCP                  // connect
	PhaseTLS                  // handshake and the checks on the certificate
	PhaseSASL                 // login
	PhaseOpen                 // OpenSession, and Ping where it says who answers; Beeswax: Ping
	PhaseExecute              // the statement, until its state is finished
	PhaseFetch                // its description and its rows
	PhaseClose                // operation, session and connection
	NumPhases
)

// The steps of a run before its first session. A [Class] may have one of them;
// no session does, no time is kept of them, and UnmarshalText does not read them.
const (
	PhaseScenario Phase = NumPhases + iota // the scenario is checked
	PhasePages                             // the coordinators' own pages are read
)

// phaseUnknown is that of a class which another version wrote.
const phaseUnknown Phase = -1

var phaseNames = []string{"resolve", "tcp", "tls", "sasl", "open", "execute", "fetch", "close", "scenario", "pages"}

// InSession reports whether it is a phase of a session, of which arrays of
// NumPhases have an element.
func (p Phase) InSession() bool { return p >= 0 && p < NumPhases }

// UntilOpen reports whether a session in this phase is not open yet: it has not
// been asked anything.
func (p Phase) UntilOpen() bool { return p <= PhaseOpen || !p.InSession() }

// String returns the name that classes, reports and result files use; "unknown"
// for a number out of range.
func (p Phase) String() string { return enum.Name(phaseNames, p, "unknown") }

// MarshalText writes the name.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the name of a phase of a session; it fails on any other.
func (p *Phase) UnmarshalText(b []byte) error {
	return enum.Parse(phaseNames[:NumPhases], "phase", b, p)
}

package scenarios

// Phase is a step in the life of one session, in the order in which the steps
// happen.
type Phase int

// The phases of a session. A phase that a session does not have (tls on a
// plain listener, sasl without authentication) takes no time.
const (
	Resolve Phase = iota // name to addresses; once per run, not per session
	TCP                  // connect
	TLS                  // handshake and the checks on the certificate
	SASL                 // login
	Open                 // OpenSession, and Ping where it says who answers; Beeswax: Ping
	Execute              // the statement, until its state is finished
	Fetch                // its rows
	Close                // operation, session and connection
	NumPhases
)

var phaseNames = [NumPhases]string{"resolve", "tcp", "tls", "sasl", "open", "execute", "fetch", "close"}

// String returns the name that classes, reports and result files use.
func (p Phase) String() string { return nameOf(phaseNames[:], int(p)) }

// MarshalText writes the name.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name; it fails on any other.
func (p *Phase) UnmarshalText(b []byte) error { return indexOf(phaseNames[:], "phase", b, p) }

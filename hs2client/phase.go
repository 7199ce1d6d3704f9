package hs2client

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

var phaseNames = [NumPhases]string{"resolve", "tcp", "tls", "sasl", "open", "execute", "fetch", "close"}

// String returns the name that classes use; "unknown" for a number out of range.
func (p Phase) String() string {
	if p < 0 || p >= NumPhases {
		return "unknown"
	}
	return phaseNames[p]
}

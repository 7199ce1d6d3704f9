package scenarios

import "github.com/impala-lbcheck/impala-lbcheck/vocab"

// Phase is a step in the life of one session.
type Phase = vocab.Phase

// The phases of a session, in the order in which they happen. A phase that a
// session does not have (tls on a plain listener, sasl without authentication)
// takes no time.
const (
	Resolve   = vocab.PhaseResolve // name to addresses; once per run, not per session
	TCP       = vocab.PhaseTCP     // connect
	TLS       = vocab.PhaseTLS     // handshake and the checks on the certificate
	SASL      = vocab.PhaseSASL    // login
	Open      = vocab.PhaseOpen    // OpenSession, and Ping where it says who answers; Beeswax: Ping
	Execute   = vocab.PhaseExecute // the statement, until its state is finished
	Fetch     = vocab.PhaseFetch   // its rows
	Close     = vocab.PhaseClose   // operation, session and connection
	NumPhases = vocab.NumPhases
)

// Class says where and how a session failed, or why a run ended: "open.timeout" in
// a result file. The zero value is no failure.
type Class = vocab.Class

package hs2client

import "github.com/impala-lbcheck/impala-lbcheck/vocab"

// Phase is a step in the life of one session.
type Phase = vocab.Phase

// The phases of a session, in the order in which they happen. One that a session
// does not have (tls on a plain listener, sasl without a login) takes no time.
const (
	PhaseResolve = vocab.PhaseResolve // name to address
	PhaseTCP     = vocab.PhaseTCP     // connect
	PhaseTLS     = vocab.PhaseTLS     // handshake and the checks on the certificate
	PhaseSASL    = vocab.PhaseSASL    // login
	PhaseOpen    = vocab.PhaseOpen    // OpenSession, and Ping where it says who answers; Beeswax: Ping
	PhaseExecute = vocab.PhaseExecute // the statement, until its state is finished
	PhaseFetch   = vocab.PhaseFetch   // its description and its rows
	PhaseClose   = vocab.PhaseClose   // operation, session and connection
	NumPhases    = vocab.NumPhases
)

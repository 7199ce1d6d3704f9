package hs2client

import "github.com/impala-lbcheck/impala-lbcheck/vocab"

// Kind is what went wrong, whatever the phase; [Kind.Means] says it in a
// sentence. A failure's [Class] is its phase and its kind.
type Kind = vocab.Kind

// Class is the phase and the kind of a failure: "open.timeout". The zero value is
// no failure.
type Class = vocab.Class

// The kinds of failure of this package.
const (
	KindNone        = vocab.KindNone
	KindOther       = vocab.KindOther
	KindInvalid     = vocab.KindInvalid
	KindNotFound    = vocab.KindNotFound
	KindRefused     = vocab.KindRefused
	KindUnreachable = vocab.KindUnreachable
	KindTimeout     = vocab.KindTimeout
	KindCanceled    = vocab.KindCanceled
	KindReset       = vocab.KindReset
	KindEOF         = vocab.KindEOF
	KindLocalFiles  = vocab.KindLocalFiles
	KindLocalPorts  = vocab.KindLocalPorts

	KindNotTLS      = vocab.KindNotTLS
	KindNeedsTLS    = vocab.KindNeedsTLS
	KindNeedsSASL   = vocab.KindNeedsSASL
	KindHTTP        = vocab.KindHTTP
	KindProxyHeader = vocab.KindProxyHeader
	KindOtherServer = vocab.KindOtherServer
	KindGarbage     = vocab.KindGarbage
	KindOversize    = vocab.KindOversize
	KindMismatch    = vocab.KindMismatch

	KindAlert         = vocab.KindAlert
	KindClientCert    = vocab.KindClientCert
	KindExpired       = vocab.KindExpired
	KindNotYetValid   = vocab.KindNotYetValid
	KindHostname      = vocab.KindHostname
	KindUnknownCA     = vocab.KindUnknownCA
	KindSelfSigned    = vocab.KindSelfSigned
	KindIncomplete    = vocab.KindIncomplete
	KindConstraint    = vocab.KindConstraint
	KindTooLong       = vocab.KindTooLong
	KindWeakSignature = vocab.KindWeakSignature
	KindVersion       = vocab.KindVersion
	KindPolicy        = vocab.KindPolicy

	KindRejected  = vocab.KindRejected
	KindMechanism = vocab.KindMechanism

	KindFailed         = vocab.KindFailed
	KindUnsupported    = vocab.KindUnsupported
	KindShuttingDown   = vocab.KindShuttingDown
	KindSessionLimit   = vocab.KindSessionLimit
	KindInvalidSession = vocab.KindInvalidSession
	KindInvalidHandle  = vocab.KindInvalidHandle
	KindAdmission      = vocab.KindAdmission
	KindUnauthorized   = vocab.KindUnauthorized

	KindServerName = vocab.KindServerName
	KindNoCipher   = vocab.KindNoCipher

	KindNoTicket       = vocab.KindNoTicket
	KindTicketExpired  = vocab.KindTicketExpired
	KindClockSkew      = vocab.KindClockSkew
	KindUnknownService = vocab.KindUnknownService
	KindUnknownClient  = vocab.KindUnknownClient
	KindKDCUnreachable = vocab.KindKDCUnreachable
	KindWrongRealm     = vocab.KindWrongRealm
	KindNoEncryption   = vocab.KindNoEncryption
	KindServerProof    = vocab.KindServerProof
	KindProtection     = vocab.KindProtection

	KindNoCredentials = vocab.KindNoCredentials
	KindNoPath        = vocab.KindNoPath
	KindRedirect      = vocab.KindRedirect
	KindUnavailable   = vocab.KindUnavailable
	KindHTTPStatus    = vocab.KindHTTPStatus
	KindForeignHandle = vocab.KindForeignHandle
)

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

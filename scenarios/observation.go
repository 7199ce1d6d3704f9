package scenarios

import (
	"net/netip"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/enum"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Observation is everything known of one session: one connection, one record.
type Observation struct {
	Seq    int           // 0-based, in the order of starting
	Part   Part          // which part of the run it belongs to
	Due    time.Duration // when it should have started, since the run began
	Start  time.Duration // when it did
	Began  time.Time     // the time of Start in UTC, by this machine's clock as it was when the run began
	End    time.Duration // when it had ended, closing included, since the run began
	Owed   time.Duration // the part of Start - Due that this machine caused by starting late; the rest was spent waiting for a free slot
	Phases [NumPhases]time.Duration

	Unpaced bool // it had no due time: Due is Start, and there is no lag

	Node  netip.AddrPort // the balancer's node that was dialled
	Local netip.AddrPort // zero: never connected
	Who   Identity       // zero: never learned

	BytesIn, BytesOut int64 // of its connection, TLS's own included

	HTTP HTTPCounts // zero: not over HTTP, or never connected

	Open   int           // sessions of the run that were open when it opened, itself included, or failed to
	Waited time.Duration // of one that failed: how long it was in the phase in which it failed

	Outcome Outcome // zero: Unknown
	Failed  Phase   // where it failed; meaningless unless Outcome is Failed
	Class   Class   // zero unless Outcome is Failed, or this machine could not carry the session
	Text    string  // the server's words and ours; untrusted
	Hint    Fixes   // what to try; nil: nothing to suggest
	Refused bool    // we ended it because of its certificate: no error of the service
	Cert    *Cert   // nil: no TLS, or no certificate was received

	Closed     Outcome // how closing ended; Unknown: it never opened
	CloseClass Class   // zero unless Closed is Failed
	CloseText  string  // untrusted
}

// Lag is how late the session started, whatever the cause.
func (o Observation) Lag() time.Duration { return o.Start - o.Due }

// Login is what a user waits: from when the session was due until it was open.
func (o Observation) Login() time.Duration {
	d := o.Lag()
	for p := PhaseResolve; p <= PhaseOpen; p++ {
		d += o.Phases[p]
	}
	return d
}

// WithoutTicket reports whether there was nothing to log in with, so that no connection
// was made: the ticket of every session is the same.
func (o Observation) WithoutTicket() bool {
	return o.Outcome == OutcomeFailed && o.Failed == PhaseSASL && !o.Local.IsValid() && o.Phases[PhaseTCP] == 0
}

// LoggedIn reports whether the session is known to have been opened, whatever
// became of it then.
func (o Observation) LoggedIn() bool {
	return o.Outcome == OutcomeOK || o.Outcome == OutcomeFailed && o.Failed > PhaseOpen
}

// Part says in which part of a run a session was opened.
type Part int

// The parts of a run. Only PartOrdered sessions have an order; PartScout and PartSettle
// are recorded and never tallied.
const (
	PartScout    Part = iota // alone on a node, before all others
	PartSettle               // one per node until all coordinators are back
	PartOrdered              // one after the other, over all nodes
	PartParallel             // beyond the ordered ones, where many are needed
	PartBurst                // opened together, held, closed
	PartArrival              // of a stage, or of a watch: opened when it is due, whatever becomes of the others
	PartHeld                 // kept open: of a capacity, an idle ladder or a watch
)

var partNames = []string{"scout", "settle", "ordered", "parallel", "burst", "arrival", "held"}

// String returns the name that observation files use.
func (p Part) String() string { return enum.Name(partNames, p, "") }

// MarshalText writes the name.
func (p Part) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name; it fails on any other.
func (p *Part) UnmarshalText(b []byte) error { return enum.Parse(partNames, "part", b, p) }

// Outcome is how a session ended. The zero value is Unknown: a session that
// was cut off is never counted as good.
type Outcome int

// The outcomes of a session.
const (
	OutcomeUnknown Outcome = iota
	OutcomeOK
	OutcomeFailed
)

var outcomeNames = []string{"unknown", "ok", "failed"}

// String returns the name that observation files use.
func (o Outcome) String() string { return enum.Name(outcomeNames, o, "") }

// MarshalText writes the name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name; it fails on any other.
func (o *Outcome) UnmarshalText(b []byte) error { return enum.Parse(outcomeNames, "outcome", b, o) }

// Identity is the coordinator that answered a session. The zero value is unidentified.
type Identity = vocab.Identity

// Source is how the coordinator's name was learned.
type Source = vocab.Source

// The sources of an identity, from none to the strongest.
const (
	SourceNone          = vocab.SourceNone          // the name is unknown
	SourceIdentityQuery = vocab.SourceIdentityQuery // the user's identity query
	SourceCoordinator   = vocab.SourceCoordinator   // SELECT coordinator(): a host without a port
	SourceHTTPAddr      = vocab.SourceHTTPAddr      // http_addr in OpenSession's configuration
	SourcePing          = vocab.SourcePing          // webserver_address of Ping
)

// Phase is a step in the life of one session.
type Phase = vocab.Phase

// The phases of a session, in the order in which they happen. A phase that a
// session does not have (tls on a plain listener, sasl without authentication)
// takes no time.
const (
	PhaseResolve = vocab.PhaseResolve // name to addresses; once per run, not per session
	PhaseTCP     = vocab.PhaseTCP     // connect
	PhaseTLS     = vocab.PhaseTLS     // handshake and the checks on the certificate
	PhaseSASL    = vocab.PhaseSASL    // login
	PhaseOpen    = vocab.PhaseOpen    // OpenSession, and Ping where it says who answers; Beeswax: Ping
	PhaseExecute = vocab.PhaseExecute // the statement, until its state is finished
	PhaseFetch   = vocab.PhaseFetch   // its rows
	PhaseClose   = vocab.PhaseClose   // operation, session and connection
	NumPhases    = vocab.NumPhases
)

// Class says where and how a session failed, or why a run ended: "open.timeout" in
// a result file. The zero value is no failure.
type Class = vocab.Class

package scenarios

import (
	"encoding/json"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/enum"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Status is a finding's outcome. The zero value is StatusInconclusive, so a check
// that never ran cannot read as a pass.
type Status int

// The four states of a finding and of a verdict.
const (
	StatusInconclusive Status = iota
	StatusPass
	StatusFail
	StatusSkipped // not applicable, or nothing to judge: it counts for nothing
)

var statusNames = []string{"inconclusive", "pass", "fail", "skipped"}

// String returns the name that result files use.
func (s Status) String() string { return enum.Name(statusNames, s, "") }

// MarshalText writes the name.
func (s Status) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name; it fails on any other.
func (s *Status) UnmarshalText(b []byte) error { return enum.Parse(statusNames, "status", b, s) }

// VerdictOf is the worst of the findings: a failure before what is open before a
// pass. Those with StatusSkipped count for nothing, and nothing judged is inconclusive.
func VerdictOf(findings []Finding) Status {
	for _, s := range []Status{StatusFail, StatusInconclusive, StatusPass} {
		if slices.ContainsFunc(findings, func(f Finding) bool { return f.Status == s }) {
			return s
		}
	}
	return StatusInconclusive
}

// The ids of findings. Others rely on them: none is ever renamed.
const (
	ErrorsRate        = "errors.rate"
	IdentitySound     = "identity.sound"
	BalanceOrder      = "balance.order"
	BalanceReach      = "balance.reach"
	BalanceCoverage   = "balance.coverage"
	BalanceUnexpected = "balance.unexpected"
	BalanceImbalance  = "balance.imbalance"
	VersionsSame      = "versions.same"
	TLSIssuer         = "tls.issuer"
	TLSRoot           = "tls.root"     // the chain leads to the root that was declared
	TLSStrength       = "tls.strength" // no key or signature below the root is too weak
	TLSChain          = "tls.chain"
	TLSHost           = "tls.host"
	TLSExpiry         = "tls.expiry"
	TLSVersion        = "tls.version"
	TLSSameOnAllNodes = "tls.same-on-all-nodes"
	DNSNodes          = "dns.nodes"
	LoadLag           = "load.lag"
	ShardMeasured     = "shard.measured"     // of a shard, the only one: it did its part of the scenario
	SessionsClosed    = "sessions.closed"    // sessions end when they are closed, and none is left open
	CapacityHeld      = "capacity.held"      // the sessions asked for got in, stayed and answered
	QuerySucceeds     = "query.succeeds"     // the statement runs on every coordinator
	QuerySlowest      = "query.slowest"      // no coordinator takes much longer than the others
	IdleCut           = "idle.cut"           // idle connections live as long as they must, and are not cut in silence
	WatchOutage       = "watch.outage"       // new sessions fail no longer than they may
	WatchLost         = "watch.lost"         // sessions that stay open live as long as their coordinator
	AffinityHandles   = "affinity.handles"   // sessions are there over other connections, too
	AffinityCalls     = "affinity.calls"     // over HTTP, every call of a session reaches the coordinator that opened it
	PagesAgree        = "pages.agree"        // the coordinators count at least the sessions that we tallied there
	PagesKeepalive    = "pages.keepalive"    // the keepalive of the coordinators is shorter than the idle cut
	CountsAgree       = "counts.agree"       // there only where counts of the result contradict each other, which is a fault of this program
	ReconcileJoined   = "reconcile.joined"   // the balancer's log has the sessions that succeeded
	ReconcileClock    = "reconcile.clock"    // all of them agree on the difference of the clocks
	ReconcileReached  = "reconcile.reached"  // the failed ones got to the balancer
	ReconcileBackends = "reconcile.backends" // each backend of the log is one coordinator
	ReconcileFailed   = "reconcile.failed"   // where failed sessions were sent, and the log's reason
	ThresholdPrefix   = "threshold."
	AuditRead         = "audit.read" // the load balancer's settings could be read
	AuditPrefix       = "audit."     // a setting of the load balancer on AWS
	BaselinePrefix    = "baseline."  // a figure is worse than that of an earlier run, by more than it may be
)

// Finding is one claim, judged. Numbers that a claim does not have are nil.
type Finding struct {
	ID        string   `json:"id"`
	Status    Status   `json:"status"`
	Subject   string   `json:"subject,omitempty"` // a coordinator, a node; "": the whole
	Observed  *float64 `json:"observed,omitempty"`
	Expected  *float64 `json:"expected,omitempty"`
	P         *float64 `json:"p,omitempty"`         // chance of it, or worse, on a healthy balancer
	Limit     *float64 `json:"limit,omitempty"`     // what P or Observed was held against
	Confirmed bool     `json:"confirmed,omitempty"` // a fresh look said the same
	Message   string   `json:"message"`             // one sentence
	Note      string   `json:"note,omitempty"`      // what to read even though it passed
	Explain   string   `json:"explain,omitempty"`   // the arithmetic
	Fix       Fixes    `json:"fix,omitempty"`       // what to try; alternatives, the most likely first
	See       string   `json:"see,omitempty"`       // a URL
}

// Fixes are alternatives to try against a failure, the most likely first.
type Fixes []vocab.Fix

// UnmarshalJSON reads a list of fixes, or the one text that stood there in
// results of earlier versions.
func (f *Fixes) UnmarshalJSON(b []byte) error {
	var text string
	if err := json.Unmarshal(b, &text); err != nil {
		return json.Unmarshal(b, (*[]vocab.Fix)(f))
	}
	*f = nil
	if text != "" {
		*f = Fixes{{Why: text}}
	}
	return nil
}

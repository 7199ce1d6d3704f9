package scenarios

import (
	"net/netip"
	"slices"
	"time"
)

// Schema is the version of the result file that this package writes and reads.
const Schema = "impala-lbcheck/result/1"

// Result is a scenario, what was measured, and the verdict: the file that is
// stored, judged again, compared and rendered. Readers ignore keys they do not know.
type Result struct {
	Schema   string     `json:"schema"`
	Run      string     `json:"run"`  // sorts by time; unique
	Tool     string     `json:"tool"` // version of impala-lbcheck
	Verdict  Status     `json:"verdict"`
	Exit     int        `json:"exit"`
	Summary  string     `json:"summary"`  // the verdict in one sentence
	Complete bool       `json:"complete"` // false: interrupted, stopped by a breaker, or never got in
	Seed     uint64     `json:"seed"`
	Started  time.Time  `json:"started"`
	Seconds  float64    `json:"duration_s"`
	Policy   PolicySeen `json:"policy"`
	Measured
	Coords   []CoordTally `json:"coordinators"`
	Errors   []ErrorGroup `json:"errors"`
	Failures []Failure    `json:"failures,omitempty"` // the first MaxFailures
	Findings []Finding    `json:"findings"`
	Detect   *Detectable  `json:"detectable,omitempty"`
	Notes    []string     `json:"notes,omitempty"` // what to know besides the findings
}

// MaxFailures is how many failed sessions a result keeps line by line.
const MaxFailures = 200

// Stop says why a run ended before its time.
type Stop struct {
	By    StopReason `json:"by"`
	Class Class      `json:"class,omitzero"` // of the session that decided it
	Text  string     `json:"text"`           // what happened; may hold the server's words
	Hint  Fixes      `json:"hint,omitempty"` // what to try
}

// StopReason is why a run ended before its time.
type StopReason string

// The reasons to stop.
const (
	StopScout       StopReason = "scout"       // no session was good on any node: nothing was measured
	StopRejected    StopReason = "rejected"    // two refused logins: an account must not be locked
	StopStalled     StopReason = "stalled"     // two sessions in a row without an answer
	StopAllRefused  StopReason = "all-refused" // twenty sessions in a row failed, on every node
	StopInterrupted StopReason = "interrupted" // by a signal
	StopCertificate StopReason = "certificate" // no node with a good certificate is left
	StopGenerator   StopReason = "generator"   // this machine has no descriptor or port left: what follows would say nothing of the service
	StopPartial     StopReason = "partial"     // of a merged result: a shard is missing, or a run that it is the sum of was stopped
	StopGuard       StopReason = "guard"       // the coordinators' pages say that this would be too much: nothing was sent
)

// PolicySeen is the policy as declared, and as the order of sessions tells it.
type PolicySeen struct {
	Declared Policy `json:"declared"`
	Inferred Policy `json:"inferred,omitempty"` // "": the order does not tell
}

// Sessions counts how the sessions of all looks ended, bursts included:
// Attempted = OK + Failed + Unknown. Scout, Settle and Refused stand beside them.
type Sessions struct {
	Attempted int `json:"attempted"`
	OK        int `json:"ok"`
	Failed    int `json:"failed"`
	Unknown   int `json:"unknown"`
	LeftOpen  int `json:"left_open"` // server-side sessions that we could not close
	Scout     int `json:"scout,omitempty"`
	Settle    int `json:"settle,omitempty"`
	Refused   int `json:"refused,omitempty"` // ended by us, because of the certificate
}

// CoordTally is one coordinator over all looks. Expected is its fair share
// under the scenario, nil where that is unknown.
type CoordTally struct {
	Name     string   `json:"name"`
	PIDs     []int32  `json:"pids"`
	Sessions int      `json:"sessions"`
	Failed   int      `json:"failed"`
	Share    float64  `json:"share"`
	Expected *float64 `json:"expected,omitempty"`
	Version  string   `json:"version,omitempty"`
	Restarts int      `json:"restarts,omitempty"`
	Login    *Spread  `json:"login,omitempty"` // of its sessions, from their start; nil: none was timed
}

// NodeTally is one node over all looks.
type NodeTally struct {
	Address      netip.AddrPort `json:"address"`
	Sessions     int            `json:"sessions"`
	Failed       int            `json:"failed"`
	Unidentified int            `json:"unattributed,omitempty"`
	Coordinators map[string]int `json:"coordinators"`
	Joined       Seconds        `json:"joined_s,omitempty"` // when the name began to resolve to it; 0: from the start
	Left         Seconds        `json:"left_s,omitempty"`   // when the name stopped resolving to it; 0: it did not
	Login        *Spread        `json:"login,omitempty"`    // of the sessions over it, from their start; nil: none was timed
}

// Failure is one failed session as a line to grep a server's log with.
type Failure struct {
	Time        time.Time      `json:"time"` // UTC
	Local       netip.AddrPort `json:"local"`
	Node        netip.AddrPort `json:"node"`
	Coordinator string         `json:"coordinator,omitempty"`
	Phase       Phase          `json:"phase"`
	Class       Class          `json:"class"`
	Text        string         `json:"text"`
}

// Detectable is the chance that a run like this one would have shown a fault of each
// kind, with the further looks that it asks for: the coordinator with the smallest
// fair share dead, taking three times or twice its share, or half of it.
type Detectable struct {
	Sessions int     `json:"sessions"` // N of the first look
	Dead     float64 `json:"dead"`
	Hot3x    float64 `json:"hot3x"`
	Hot2x    float64 `json:"hot2x"`
	Half     float64 `json:"half"`
}

// The exit codes that a result has by itself. A process has further ones: a
// signal, a report that could not be written, an internal error.
const (
	ExitPass         = 0
	ExitFail         = 1
	ExitUsage        = 2 // refused by a guard rail: nothing was sent
	ExitInconclusive = 3
	ExitUnmeasured   = 4 // no certificate, no connection, no login anywhere
)

// ExitCode follows from the verdict, from why the run stopped, and from what the
// scenario makes of an inconclusive run.
func (r Result) ExitCode() int {
	if s := r.Stopped; s != nil {
		switch {
		case s.By == StopGuard:
			return ExitUsage
		case s.By == StopScout && r.Verdict != StatusFail: // a bad certificate was measured
			return ExitUnmeasured
		}
	}
	switch {
	case r.Verdict == StatusPass:
		return ExitPass
	case r.Verdict == StatusFail:
		return ExitFail
	case r.Shard != nil: // what a sum that is inconclusive is to be, is not for one of its parts
		return ExitInconclusive
	case r.Scenario.Inconclusive == OnInconclusivePass && !r.interrupted() && !r.contradicts():
		return ExitPass
	case r.Scenario.Inconclusive == OnInconclusiveFail:
		return ExitFail
	}
	return ExitInconclusive
}

// interrupted reports whether the run was ended from outside: what it did not get to
// is not a question that was asked and left open.
func (r Result) interrupted() bool { return r.Stopped != nil && r.Stopped.By == StopInterrupted }

// contradicts reports whether the run found its own counts to be wrong: that is no question
// which the service left open.
func (r Result) contradicts() bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.ID == CountsAgree && f.Status != StatusPass })
}

// Signalled reports whether a signal ended the run: the exit code that the
// process then has, 128 and the signal's number, outweighs the verdict's.
func (r Result) Signalled() bool {
	const none, last = 128, 128 + 64
	return r.interrupted() && r.Exit > none && r.Exit <= last
}

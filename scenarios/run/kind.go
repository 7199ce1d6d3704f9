package run

import (
	"context"
	"runtime"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// kindRules is what runs of one kind do that others do not.
type kindRules struct {
	loop func(*run, context.Context) // once the scout's session has succeeded

	refused      string // why [Run] does not run it; "": it does
	handshake    bool   // only [Certificates] runs it: no session, no scout, no pages
	unordered    bool   // sessions end in no order, on all cores at once
	charted      bool   // it is recorded second by second
	scheduled    bool   // sessions have due times even where load.rate is 0
	scoutNoQuery bool   // the scout does not run the statement

	// expectsFailure reports whether a failure is what the run measures and no
	// reason to stop it, however many there are; nil: that of a session that settles.
	expectsFailure func(scenarios.Observation) bool
}

// kinds has every kind of scenario.
func kinds() map[scenarios.Kind]kindRules {
	return map[scenarios.Kind]kindRules{
		scenarios.KindLooks:        {loop: (*run).settleAndLook},
		scenarios.KindCertificates: {loop: (*run).handshakeAll, handshake: true, refused: "a scenario of kind certificates has no sessions: use Certificates"},
		scenarios.KindAudit:        {refused: "a scenario of kind audit has no sessions: AWS is asked, and nothing is run"},
		scenarios.KindStages:       {loop: (*run).stages, unordered: true, charted: true, scheduled: true},
		scenarios.KindCapacity:     {loop: (*run).capacity, charted: true, expectsFailure: ofHeldSession},
		scenarios.KindQuery:        {loop: (*run).queries, scoutNoQuery: true, expectsFailure: ofStatement},
		scenarios.KindIdle:         {loop: (*run).idle, expectsFailure: ofIdleSession},
		scenarios.KindWatch:        {loop: (*run).watch, charted: true, expectsFailure: ofAny},
		scenarios.KindHandleReuse:  {loop: (*run).reuseHandles},
	}
}

// kindOf is the scenario's; one without a kind is of looks.
func kindOf(s scenarios.Scenario) kindRules { return kinds()[s.Kind.OrLooks()] }

// A capacity ends with its first failure by itself.
func ofHeldSession(o scenarios.Observation) bool { return o.Part == scenarios.PartHeld }

// A statement that fails, or takes its full time, says something of the one coordinator that ran it.
func ofStatement(o scenarios.Observation) bool {
	return o.Failed == scenarios.PhaseExecute || o.Failed == scenarios.PhaseFetch
}

// An idle session that does not answer was cut in silence, which holds up no login.
func ofIdleSession(o scenarios.Observation) bool {
	return o.Part == scenarios.PartHeld && o.Failed == scenarios.PhaseExecute
}

// A watch measures how long failures last.
func ofAny(scenarios.Observation) bool { return true }

// Settling waits failures out.
func ofSettling(o scenarios.Observation) bool { return o.Part == scenarios.PartSettle }

// maxRecorders bounds the recorders: each holds a megabyte or two of
// histograms, and beyond this number they no longer wait for each other.
const maxRecorders = 8

// recorders is how many a kind needs: one core can end one session at a time.
func (k kindRules) recorders() int {
	if k.unordered {
		return min(runtime.GOMAXPROCS(0), maxRecorders)
	}
	return 1
}

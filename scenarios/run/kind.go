package run

import (
	"context"
	"runtime"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// kind is what runs of one kind do that others do not.
type kind struct {
	loop func(*run, context.Context) // once the scout's session has succeeded

	handshake    bool // only [Certificates] runs it: no session, no scout, no pages
	unordered    bool // sessions end in no order, on all cores at once
	charted      bool // it is recorded second by second
	scheduled    bool // sessions have due times even where load.rate is 0
	scoutNoQuery bool // the scout does not run the statement

	// expectsTimeout reports whether a timeout is what the run measures and no
	// reason to stop it; nil: that of a session that settles.
	expectsTimeout func(scenarios.Observation) bool
}

// kinds has every kind of scenario.
func kinds() map[scenarios.Kind]kind {
	return map[scenarios.Kind]kind{
		scenarios.KindLooks:        {loop: (*run).settleAndLook},
		scenarios.KindCertificates: {loop: (*run).handshakeAll, handshake: true},
		scenarios.KindStages:       {loop: (*run).stages, unordered: true, charted: true, scheduled: true},
		scenarios.KindCapacity:     {loop: (*run).capacity, charted: true, expectsTimeout: ofHeldSession},
		scenarios.KindQuery:        {loop: (*run).queries, scoutNoQuery: true, expectsTimeout: ofStatement},
		scenarios.KindIdle:         {loop: (*run).idle, expectsTimeout: ofIdleSession},
		scenarios.KindWatch:        {loop: (*run).watch, charted: true, expectsTimeout: ofAny},
	}
}

// kindOf is the scenario's; one without a kind is of looks.
func kindOf(s scenarios.Scenario) kind { return kinds()[s.Kind.OrLooks()] }

// A capacity ends with its first timeout by itself.
func ofHeldSession(o scenarios.Observation) bool { return o.Part == scenarios.Held }

// A statement that takes its full time says something of the one coordinator that ran it.
func ofStatement(o scenarios.Observation) bool {
	return o.Failed == scenarios.Execute || o.Failed == scenarios.Fetch
}

// An idle session that does not answer was cut in silence, which holds up no login.
func ofIdleSession(o scenarios.Observation) bool {
	return o.Part == scenarios.Held && o.Failed == scenarios.Execute
}

// A watch measures how long timeouts last.
func ofAny(scenarios.Observation) bool { return true }

// Settling waits timeouts out.
func ofSettling(o scenarios.Observation) bool { return o.Part == scenarios.Settle }

// maxRecorders bounds the recorders: each holds a megabyte or two of
// histograms, and beyond this number they no longer wait for each other.
const maxRecorders = 8

// recorders is how many a kind needs: one core can end one session at a time.
func (k kind) recorders() int {
	if k.unordered {
		return min(runtime.GOMAXPROCS(0), maxRecorders)
	}
	return 1
}

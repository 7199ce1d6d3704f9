package record

import (
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// recorder holds a share of what a run records, so that sessions that end at the
// same time seldom wait for each other.
type recorder struct {
	mu     sync.Mutex
	inLook bool          // a look is being taken
	begun  bool          // the first look has
	warm   time.Duration // sessions due before are warm-up
	look   scenarios.Look
	closes []scenarios.CloseTally
	counts scenarios.Sessions
	phases scenarios.PhaseStats
	load   scenarios.LoadStats
	series *scenarios.Series // nil: the kind has none
	tags   tagTimes
	logins *logins // of all recorders
	certs  []scenarios.Cert
	http   scenarios.HTTPCounts
}

// decided records a session of which the outcome is known, and reports whether it
// belongs to a look.
func (r *recorder) decided(o scenarios.Observation) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count(o)
	if o.Cert != nil {
		r.certs = pooledCert(r.certs, seenOn(o))
	}
	if !r.inLook || !inLooks(o.Part) {
		return false
	}
	r.look.Add(o)
	return true
}

// inLooks reports whether sessions of a part are tallied.
func inLooks(p scenarios.Part) bool { return p != scenarios.PartScout && p != scenarios.PartSettle }

// ended records the rest of a session: it has been closed. That may be after the end
// of its look.
func (r *recorder) ended(o scenarios.Observation, leftOpen bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if leftOpen {
		r.counts.LeftOpen++
	}
	r.http.Add(o.HTTP)
	if t, ok := scenarios.CloseTallyOf(o); ok {
		r.closes = scenarios.MergeCloses(r.closes, t)
	}
	if !r.begun || !inLooks(o.Part) || o.Refused {
		return
	}
	if r.series != nil {
		r.series.Add(o)
	}
	if o.Due >= r.warm {
		r.time(o)
	}
}

// count counts what stands beside the looks.
func (r *recorder) count(o scenarios.Observation) {
	switch o.Part {
	case scenarios.PartScout:
		r.counts.Scout++
	case scenarios.PartSettle:
		r.counts.Settle++
	}
	if o.Refused {
		r.counts.Refused++
	}
}

// time records how long a session and its steps took.
func (r *recorder) time(o scenarios.Observation) {
	r.load.Add(o)
	r.tags.add(o)
	r.logins.add(o)
	if o.Outcome == scenarios.OutcomeOK {
		r.phases.Record(o.Phases)
	}
}

// beginLook begins a look.
func (r *recorder) beginLook(warm time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.look, r.inLook, r.begun, r.warm = scenarios.Look{}, true, true, warm
}

// endLook ends it.
func (r *recorder) endLook() scenarios.Look {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inLook = false
	return r.look
}

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
	warm   time.Duration // sessions due before are warm-up
	look   scenarios.Look
	counts scenarios.Sessions
	phases scenarios.PhaseStats
	load   scenarios.LoadStats
	series *scenarios.Series // nil: the kind has none
	tags   tagTimes
	certs  []scenarios.Cert
}

// add records a session that has ended, and reports whether it belongs to a look.
func (r *recorder) add(o scenarios.Observation, leftOpen bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count(o, leftOpen)
	if o.Cert != nil {
		r.certs = pooledCert(r.certs, seenOn(o))
	}
	if !r.inLook || o.Part == scenarios.PartScout || o.Part == scenarios.PartSettle {
		return false
	}
	r.look.Add(o)
	if o.Refused {
		return true
	}
	if r.series != nil {
		r.chart(o)
	}
	if o.Due >= r.warm {
		r.time(o)
	}
	return true
}

// count counts what stands beside the looks.
func (r *recorder) count(o scenarios.Observation, leftOpen bool) {
	if leftOpen {
		r.counts.LeftOpen++
	}
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

// chart adds a session to the series.
func (r *recorder) chart(o scenarios.Observation) {
	r.series.Add(o)
	if o.Part == scenarios.PartHeld && o.LoggedIn() {
		r.series.Hold(o.Start+o.Login()-o.Lag(), o.End)
	}
}

// time records how long a session and its steps took.
func (r *recorder) time(o scenarios.Observation) {
	r.load.Add(o)
	r.tags.add(o)
	if o.Outcome == scenarios.OutcomeOK {
		r.phases.Record(o.Phases)
	}
}

// beginLook begins a look.
func (r *recorder) beginLook(warm time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.look, r.inLook, r.warm = scenarios.Look{}, true, warm
}

// endLook ends it.
func (r *recorder) endLook() scenarios.Look {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.inLook = false
	return r.look
}

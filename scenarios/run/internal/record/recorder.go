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
func (c *recorder) add(o scenarios.Observation, leftOpen bool) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count(o, leftOpen)
	if o.Cert != nil {
		c.certs = pooledCert(c.certs, seenOn(o))
	}
	if !c.inLook || o.Part == scenarios.Scout || o.Part == scenarios.Settle {
		return false
	}
	c.look.Add(o)
	if o.Refused {
		return true
	}
	if c.series != nil {
		c.chart(o)
	}
	if o.Due >= c.warm {
		c.time(o)
	}
	return true
}

// count counts what stands beside the looks.
func (c *recorder) count(o scenarios.Observation, leftOpen bool) {
	if leftOpen {
		c.counts.LeftOpen++
	}
	switch o.Part {
	case scenarios.Scout:
		c.counts.Scout++
	case scenarios.Settle:
		c.counts.Settle++
	}
	if o.Refused {
		c.counts.Refused++
	}
}

// chart adds a session to the series.
func (c *recorder) chart(o scenarios.Observation) {
	c.series.Add(o)
	if o.Part == scenarios.Held && o.LoggedIn() {
		c.series.Hold(o.Start+o.Login()-o.Lag(), o.End)
	}
}

// time records how long a session and its steps took.
func (c *recorder) time(o scenarios.Observation) {
	c.load.Add(o)
	c.tags.add(o)
	if o.Outcome == scenarios.OK {
		c.phases.Record(o.Phases)
	}
}

// beginLook begins a look.
func (c *recorder) beginLook(warm time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look, c.inLook, c.warm = scenarios.Look{}, true, warm
}

// endLook ends it.
func (c *recorder) endLook() scenarios.Look {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.inLook = false
	return c.look
}

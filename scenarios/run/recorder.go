package run

import (
	"slices"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// recorder holds a share of what a run records, so that sessions which end at
// the same time seldom wait for each other. Its memory grows with coordinators
// and nodes, not with sessions.
type recorder struct {
	mu     sync.Mutex
	taking bool          // a look is being taken
	warm   time.Duration // sessions due before are warm-up
	look   scenarios.Look
	counts scenarios.Sessions
	phases scenarios.PhaseStats
	load   scenarios.LoadStats
	series *scenarios.Series // nil: the kind has none
	tags   tagged
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
	if !c.taking || o.Part == scenarios.Scout || o.Part == scenarios.Settle {
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

// take begins a look.
func (c *recorder) take(warm time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.look, c.taking, c.warm = scenarios.Look{}, true, warm
}

// taken ends it.
func (c *recorder) taken() scenarios.Look {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.taking = false
	return c.look
}

// maxCerts bounds the certificates kept: a node shows one, or a few where
// several machines stand behind it.
const maxCerts = 256

// seenOn is a session's certificate, as that session alone saw it.
func seenOn(o scenarios.Observation) scenarios.Cert {
	cert := *o.Cert
	cert.Node, cert.Sessions = o.Node, 1
	return cert
}

// pooledCert pools what a node presented by fingerprint.
func pooledCert(certs []scenarios.Cert, cert scenarios.Cert) []scenarios.Cert {
	i := slices.IndexFunc(certs, func(o scenarios.Cert) bool {
		return o.Node == cert.Node && o.Fingerprint == cert.Fingerprint
	})
	switch {
	case i >= 0:
		certs[i].Sessions += cert.Sessions
		if !cert.Seen.IsZero() && cert.Seen.Before(certs[i].Seen) {
			certs[i].Seen = cert.Seen
		}
	case len(certs) < maxCerts:
		if cert.Seen.IsZero() {
			cert.Seen = time.Now().UTC()
		}
		certs = append(certs, cert)
	}
	return certs
}

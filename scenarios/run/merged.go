package run

import (
	"runtime"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// resolved records how long the names took.
func (c *collector) resolved(d time.Duration) {
	rec := c.recorders[0]
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.phases.Record([scenarios.NumPhases]time.Duration{scenarios.Resolve: d})
}

// each visits every recorder, which stands still meanwhile.
func (c *collector) each(visit func(*recorder)) {
	for _, rec := range c.recorders {
		rec.mu.Lock()
		visit(rec)
		rec.mu.Unlock()
	}
}

// counts are what stands beside the looks, so far.
func (c *collector) counts() scenarios.Sessions {
	var sum scenarios.Sessions
	c.each(func(rec *recorder) {
		sum.LeftOpen += rec.counts.LeftOpen
		sum.Scout += rec.counts.Scout
		sum.Settle += rec.counts.Settle
		sum.Refused += rec.counts.Refused
	})
	return sum
}

// settled is how many sessions the budget does not speak of.
func (c *collector) settled() int { return c.counts().Settle }

// phases are the times of all recorders, so far.
func (c *collector) phases() scenarios.PhaseStats {
	var all scenarios.PhaseStats
	c.each(func(rec *recorder) { all.Merge(rec.phases) })
	return all
}

// certs are the certificates that were seen, so far.
func (c *collector) certs() []scenarios.Cert {
	var all []scenarios.Cert
	c.each(func(rec *recorder) {
		for _, cert := range rec.certs {
			all = pooledCert(all, cert)
		}
	})
	return all
}

// load is how the promises were kept, so far.
func (c *collector) load(needs []scenarios.Resource) *scenarios.LoadStats {
	all := scenarios.LoadStats{OfCores: runtime.GOMAXPROCS(0), Needs: needs}
	c.each(func(rec *recorder) { all.Merge(rec.load) })
	c.mu.Lock()
	defer c.mu.Unlock()
	all.Dropped += c.dropped
	if c.begun {
		all.Cores = c.meter.cores()
	}
	return &all
}

// tags are the times that thresholds ask for, so far.
func (c *collector) tags() []scenarios.TagTimes {
	all := tagged{wanted: c.recorders[0].tags.wanted, times: map[tagKey]*scenarios.Times{}}
	c.each(func(rec *recorder) { all.merge(rec.tags) })
	return all.list()
}

// series is the run second by second, so far; nil where the kind has none.
func (c *collector) series() *scenarios.Series {
	if c.recorders[0].series == nil {
		return nil
	}
	var all scenarios.Series
	c.each(func(rec *recorder) { all.Merge(*rec.series) })
	return &all
}

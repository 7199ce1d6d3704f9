package record

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Set records sessions in one or several recorders; its methods may be called
// concurrently. Sessions that end on several cores at once do not wait for each
// other where there are several recorders; one keeps their order.
type Set struct {
	recorders []*recorder
	logins    *logins
}

// Options are what a Set is made for.
type Options struct {
	Recorders int                  // at least 1
	Series    bool                 // record second by second
	Tags      []scenarios.TagTimes // metrics by tag to record, without times
}

// NewSet is ready for a run's first session.
func NewSet(opt Options) *Set {
	s := &Set{logins: newLogins()}
	for range opt.Recorders {
		rec := &recorder{tags: newTagTimes(opt.Tags), logins: s.logins}
		if opt.Series {
			rec.series = &scenarios.Series{}
		}
		s.recorders = append(s.recorders, rec)
	}
	return s
}

// Decided records a session of which the outcome is known, and reports whether it
// belongs to a look.
func (s *Set) Decided(o scenarios.Observation) (inLook bool) {
	return s.recorderOf(o).decided(o)
}

// Ended records the rest of a session that was decided: it has been closed. leftOpen
// says that the server may still hold it.
func (s *Set) Ended(o scenarios.Observation, leftOpen bool) {
	s.recorderOf(o).ended(o, leftOpen)
}

func (s *Set) recorderOf(o scenarios.Observation) *recorder {
	return s.recorders[o.Seq%len(s.recorders)]
}

// Resolved records how long the names took.
func (s *Set) Resolved(d time.Duration) {
	rec := s.recorders[0]
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.phases.Record([scenarios.NumPhases]time.Duration{scenarios.PhaseResolve: d})
}

// BeginLook begins a look; sessions due before warm are warm-up.
func (s *Set) BeginLook(warm time.Duration) {
	for _, rec := range s.recorders {
		rec.beginLook(warm)
	}
}

// EndLook ends the look and adds its sessions to look.
func (s *Set) EndLook(look *scenarios.Look) {
	for _, rec := range s.recorders {
		look.Merge(rec.endLook())
	}
}

// CopyLook adds what the look that is being taken has so far to look; nothing where
// none is.
func (s *Set) CopyLook(look *scenarios.Look) {
	s.each(func(rec *recorder) {
		if rec.inLook {
			look.Merge(rec.look)
		}
	})
}

// each visits every recorder, which does not change meanwhile.
func (s *Set) each(visit func(*recorder)) {
	for _, rec := range s.recorders {
		rec.mu.Lock()
		visit(rec)
		rec.mu.Unlock()
	}
}

// Counts are the sessions outside of looks, so far.
func (s *Set) Counts() scenarios.Sessions {
	var sum scenarios.Sessions
	s.each(func(rec *recorder) {
		sum.LeftOpen += rec.counts.LeftOpen
		sum.Scout += rec.counts.Scout
		sum.Settle += rec.counts.Settle
		sum.Refused += rec.counts.Refused
	})
	return sum
}

// Closes are how closing went, so far, by coordinator.
func (s *Set) Closes() []scenarios.CloseTally {
	var all []scenarios.CloseTally
	s.each(func(rec *recorder) { all = scenarios.MergeCloses(all, rec.closes...) })
	return all
}

// HTTP is what the sessions over HTTP took, so far; nil where there was none.
func (s *Set) HTTP() *scenarios.HTTPCounts {
	var all scenarios.HTTPCounts
	s.each(func(rec *recorder) { all.Add(rec.http) })
	if all.Connections == 0 {
		return nil
	}
	return &all
}

// Phases are the times of all sessions, so far.
func (s *Set) Phases() scenarios.PhaseStats {
	var all scenarios.PhaseStats
	s.each(func(rec *recorder) { all.Merge(rec.phases) })
	return all
}

// Certs are the certificates that were seen, so far.
func (s *Set) Certs() []scenarios.Cert {
	var all []scenarios.Cert
	s.each(func(rec *recorder) {
		for _, cert := range rec.certs {
			all = pooledCert(all, cert)
		}
	})
	return all
}

// Load is how punctual sessions were, so far.
func (s *Set) Load() scenarios.LoadStats {
	var all scenarios.LoadStats
	s.each(func(rec *recorder) { all.Merge(rec.load) })
	return all
}

// Tags are the times that thresholds ask for, so far.
func (s *Set) Tags() []scenarios.TagTimes {
	all := tagTimes{metrics: s.recorders[0].tags.metrics, times: map[tagKey]*scenarios.Times{}}
	s.each(func(rec *recorder) { all.merge(rec.tags) })
	return all.list()
}

// Series is the run second by second, so far; nil where it is not recorded.
func (s *Set) Series() *scenarios.Series {
	if s.recorders[0].series == nil {
		return nil
	}
	var all scenarios.Series
	s.each(func(rec *recorder) { all.Merge(*rec.series) })
	return &all
}

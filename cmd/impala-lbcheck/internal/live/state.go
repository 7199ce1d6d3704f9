package live

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// state is what is known of a run that goes on.
type state struct {
	began, ends time.Time // of the run; of what it does, as planned: zero, not known
	phase       string
	held        string // what becomes of sessions that stay open; "": they end, and are counted
	done, total int    // that ended; where held is set, that are open
	failed      int
	byName      map[string]int // who answered
	byClass     map[string]int // of failures
	samples     []sample       // of late, the oldest first
}

// sample is how many sessions had ended at a time.
type sample struct {
	at   time.Time
	done int
}

const (
	window     = 5 * time.Second // over which the rate is taken
	maxNames   = 64              // that are counted apart
	maxNameLen = 60
)

func newState(now time.Time) *state {
	return &state{began: now, byName: map[string]int{}, byClass: map[string]int{}}
}

// event takes what a run says of its steps.
func (s *state) event(e run.Event, now time.Time) {
	if e.For > 0 {
		s.ends = now.Add(e.For)
	}
	switch e.Kind {
	case run.EventSession:
		s.held, s.done, s.total, s.failed = "", e.Done, e.Total, e.Failed
	case run.EventLook:
		s.phase, s.done, s.total, s.samples = "look", 0, e.Total, nil
	case run.EventStage:
		s.phase = "stage " + of(e.Done, e.Total)
	case run.EventHeld:
		s.held, s.done, s.total, s.samples = printable(e.Text), e.Done, e.Total, nil
	}
}

// observe takes a session that has ended. Those that are no part of a look are left out.
func (s *state) observe(o scenarios.Observation) {
	if o.Part == scenarios.PartScout || o.Part == scenarios.PartSettle || o.Refused {
		return
	}
	switch o.Outcome {
	case scenarios.OutcomeOK:
		name := cmp.Or(printable(o.Who.Coordinator), "(unidentified)")
		if s.byName[name] > 0 || len(s.byName) < maxNames {
			s.byName[name]++
		}
	case scenarios.OutcomeFailed:
		if class := printable(o.Class.String()); s.byClass[class] > 0 || len(s.byClass) < maxNames {
			s.byClass[class]++
		}
	}
}

// printable is a name that takes one column a character.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, report.Neutralize(name, maxNameLen))
}

// frame is what to show now.
func (s *state) frame(now time.Time) frame {
	f := frame{
		phase: s.phase, held: s.held, done: s.done, total: s.total, failed: s.failed, elapsed: now.Sub(s.began), left: -1,
		rate: s.rate(now), classes: ranked(s.byClass), shares: ranked(s.byName),
	}
	if !s.ends.IsZero() {
		f.left = max(0, s.ends.Sub(now))
	}
	return f
}

// rate is how many sessions ended in a second of late.
func (s *state) rate(now time.Time) float64 {
	s.samples = append(s.samples, sample{now, s.done})
	for len(s.samples) > 2 && now.Sub(s.samples[1].at) >= window {
		s.samples = s.samples[1:]
	}
	first := s.samples[0]
	took := now.Sub(first.at).Seconds()
	if took <= 0 {
		return 0
	}
	return float64(s.done-first.done) / took
}

// ranked are the names by how often they were met.
func ranked(counts map[string]int) []tally {
	var out []tally
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		out = append(out, tally{name, counts[name]})
	}
	slices.SortStableFunc(out, func(a, b tally) int { return cmp.Compare(b.count, a.count) })
	return out
}

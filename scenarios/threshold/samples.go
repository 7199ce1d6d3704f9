package threshold

import (
	"maps"
	"math"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// samples are what a threshold is measured on: all sessions, or those of one
// coordinator or node. Sessions that failed on this machine are in none of them.
type samples struct {
	value        string          // of the tag; "": all sessions
	times        scenarios.Times // of those that finished; empty where the metric is no time
	finished     int
	failed       int // at least; their time is endless
	unidentified int // may have failed here or elsewhere, and count nowhere else
	sessions     int // in all, without the lost
}

// samples gathers them, by value of the tag, sorted; one where there is no tag,
// and none of a time from when a session was due where no session was due.
func (m Metric) samples(e scenarios.Measured) []samples {
	if m.fromDue() && (e.Load == nil || !budget.Paced(e.Scenario)) {
		return nil
	}
	by := map[string]*samples{}
	at := func(value string) *samples {
		if by[value] == nil {
			by[value] = &samples{value: value}
		}
		return by[value]
	}
	m.timings(e, func(value string, t scenarios.Times) {
		at(value).times.Merge(t)
		at(value).finished += t.Count()
	})
	m.outcomes(e, at)
	if m.fromDue() {
		for _, s := range by {
			s.addDropped(m, e.Load.Dropped)
		}
	}
	var out []samples
	for _, value := range m.named(slices.Sorted(maps.Keys(by))) {
		out = append(out, *by[value])
	}
	return out
}

// addDropped adds the sessions that were due and never started, on an unknown coordinator.
func (s *samples) addDropped(m Metric, dropped int) {
	if m.Tag == "" {
		s.failed += dropped
	} else {
		s.unidentified += dropped
	}
}

// named keeps the values that the metric speaks of.
func (m Metric) named(values []string) []string {
	if m.Tag == "" || m.Value == each {
		return values
	}
	if m.Tag == byNode {
		return slices.DeleteFunc(values, func(v string) bool {
			return v != m.Value && batch.SplitHostPort(v).Host != batch.SplitHostPort(m.Value).Host || batch.SplitHostPort(m.Value).Port != "" && v != m.Value
		})
	}
	taken := batch.MatchNames([]string{m.Value}, values)
	return slices.DeleteFunc(values, func(v string) bool { _, ok := taken[v]; return !ok })
}

// timings tells the times of the metric, by value of the tag. Those of a query
// scenario's statement stand in its own tallies, one by one; a statement's that
// is not of such a scenario, and all times by tag, are recorded on request: see
// [Wanted].
func (m Metric) timings(e scenarios.Measured, tell func(value string, t scenarios.Times)) {
	switch {
	case m.inQueries(e.Scenario):
		for _, q := range e.Queries {
			value := q.Coordinator
			if m.Tag == "" {
				value = ""
			}
			tell(value, recorded(q.Times))
		}
	case m.Name == sessionMetric:
	case m.recordedBy():
		for _, t := range e.Tags {
			if t.Metric == m.Name && t.Tag == m.Tag {
				tell(t.Value, t.Times)
			}
		}
	case !m.fromDue():
		tell("", e.Phases.Times(m.phases()[0]))
	case m.Name == loginMetric:
		tell("", e.Load.Login)
	default:
		tell("", e.Load.Lag)
	}
}

// inQueries reports whether the tallies of a query scenario hold the metric.
func (m Metric) inQueries(s scenarios.Scenario) bool {
	return kindOf(s).ownRuns && m.Name == queryMetric && m.Tag != byNode
}

// recordedBy reports whether a run records the metric's times on request alone.
func (m Metric) recordedBy() bool {
	return m.Name != sessionMetric && m.Tag != "" || m.Name == queryMetric
}

// recorded makes a histogram of single times.
func recorded(times []scenarios.Seconds) scenarios.Times {
	var t scenarios.Times
	for _, s := range times {
		t.Record(s.Duration())
	}
	return t
}

// outcomes adds how many sessions there were, and how many failed.
func (m Metric) outcomes(e scenarios.Measured, at func(string) *samples) {
	if m.inQueries(e.Scenario) {
		for _, q := range e.Queries {
			s := at(m.valueOf(q.Coordinator))
			s.failed += q.Failed
			s.sessions += q.Runs
		}
		return
	}
	c := countOutcomes(batch.Pool(e.Looks), m)
	switch m.Tag {
	case byCoordinator:
		c.coordinators(m, at)
	case byNode:
		c.nodes(m, at)
	default:
		s := at("")
		s.failed, s.sessions = c.failedAs, c.sessions
		if m.Name == sessionMetric {
			s.finished = c.ok
		}
	}
}

// valueOf is a coordinator's name where there is a tag.
func (m Metric) valueOf(coordinator string) string {
	if m.Tag == "" {
		return ""
	}
	return coordinator
}

// measure is the threshold's value over the samples, with a number of the
// unidentified ones taken to have failed here, and on how many samples it rests.
func (t Threshold) measure(s samples, lost int) (m measurement, n int) {
	failed := s.failed + lost
	n = s.finished + failed
	switch t.Agg {
	case AggregateCount:
		return measurement{v: float64(s.finished)}, n
	case AggregateErrorRate:
		n = s.sessions + lost
		return measurement{float64(failed) / float64(max(1, n)), failed, n}, n
	case AggregateMin:
		return endless(s.times, 1), n
	case AggregateMax:
		return endless(s.times, n), n
	}
	return endless(s.times, scenarios.QuantileRank(t.Quantile, n)), n
}

// endless is the time of a rank among all: the failed stand behind the finished.
func endless(t scenarios.Times, rank int) measurement {
	if rank > t.Count() {
		return measurement{v: math.Inf(1)}
	}
	return measurement{v: float64(t.Ranked(rank))}
}

// unrecorded reports whether the run did not record what the threshold is held
// against.
func (t Threshold) unrecorded(e scenarios.Measured) bool {
	return t.Agg != AggregateErrorRate && slices.Contains(e.Unrecorded, scenarios.TagName{Metric: t.Metric.Name, Tag: t.Metric.Tag})
}

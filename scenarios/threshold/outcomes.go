package threshold

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
)

// metricOutcomes counts the sessions of all looks, those that failed on this machine left out.
type metricOutcomes struct {
	all                  scenarios.Tally
	ok, failed, sessions int
	local                int
	failedAs             int            // failed as the metric has it
	failedAt             map[string]int // the same by coordinator; "": unidentified
}

// countOutcomes counts them as a metric has it.
func countOutcomes(looks []batch.Look, m Metric) metricOutcomes {
	c := metricOutcomes{failedAt: map[string]int{}}
	for _, l := range looks {
		c.all.Merge(l.All())
	}
	for _, g := range batch.Errors(looks) {
		switch {
		case g.Class.IsLocal():
			c.local += g.Count
		case m.countsFailure(g.Class):
			c.failedAs += g.Count
			c.failedAt[g.Coordinator] += g.Count
		}
	}
	c.sessions, c.ok, c.failed, _ = c.all.Total()
	c.sessions, c.failed = max(0, c.sessions-c.local), max(0, c.failed-c.local)
	return c
}

// coordinators tells each one's sessions. A failed session without a
// coordinator may belong to any.
func (c metricOutcomes) coordinators(m Metric, at func(string) *samples) {
	for _, cell := range c.all {
		if cell.Coordinator == "" {
			continue
		}
		s := at(cell.Coordinator)
		s.sessions += cell.Sessions()
		if m.Name == sessionMetric {
			s.finished += cell.OK
		}
		s.failed, s.unidentified = c.failedAt[cell.Coordinator], c.failedAt[""]
	}
}

// nodes tells each one's sessions. What failed is known by node and by phase,
// but not by both: at least what cannot have failed on other nodes, at most all
// that failed on this one.
func (c metricOutcomes) nodes(m Metric, at func(string) *samples) {
	failed := map[string]int{}
	for _, cell := range c.all {
		s := at(cell.Node.String())
		s.sessions += cell.Sessions()
		failed[s.value] += cell.Failed
		if m.Name == sessionMetric {
			s.finished += cell.OK
		}
	}
	for node, n := range failed {
		s := at(node)
		elsewhere := c.failed + c.local - n
		s.failed = max(0, c.failedAs-elsewhere)
		s.unidentified = min(n, c.failedAs) - s.failed
		s.sessions -= s.unidentified
	}
}

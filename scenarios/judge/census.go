package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// census counts the sessions of all looks, those that failed on this machine left out.
type census struct {
	all                  scenarios.Tally
	ok, failed, sessions int
	own                  int
	spoilt               int            // failed as the metric has it
	at                   map[string]int // the same by coordinator; "": nobody knows whose
}

// take counts them as a metric has it.
func take(looks []look, m Metric) census {
	c := census{at: map[string]int{}}
	for _, l := range looks {
		c.all.Merge(l.all())
	}
	for _, g := range classes(looks) {
		switch {
		case g.Class.IsLocal():
			c.own += g.Count
		case m.spoilt(g.Class):
			c.spoilt += g.Count
			c.at[g.Coordinator] += g.Count
		}
	}
	c.sessions, c.ok, c.failed, _ = c.all.Total()
	c.sessions, c.failed = max(0, c.sessions-c.own), max(0, c.failed-c.own)
	return c
}

// coordinators tells each one's sessions. A failed session that did not say who
// answered may be anybody's.
func (c census) coordinators(m Metric, at func(string) *samples) {
	for _, cell := range c.all {
		if cell.Coordinator == "" {
			continue
		}
		s := at(cell.Coordinator)
		s.sessions += cell.Sessions()
		if m.Name == sessionMetric {
			s.finished += cell.OK
		}
		s.failed, s.lost = c.at[cell.Coordinator], c.at[""]
	}
}

// nodes tells each one's sessions. What failed is known by node and by phase,
// but not by both: at least what cannot have failed on other nodes, at most all
// that failed on this one.
func (c census) nodes(m Metric, at func(string) *samples) {
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
		elsewhere := c.failed + c.own - n
		s.failed = max(0, c.spoilt-elsewhere)
		s.lost = min(n, c.spoilt) - s.failed
		s.sessions -= s.lost
	}
}

package compare

import (
	"math"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Level is the confidence of every interval. Two that do not meet differ by chance in
// less than one of a thousand comparisons.
const Level = .99

// figure is one number of a run, and between which bounds it would lie in others like
// it. A time is in milliseconds; infinite is that of a session that failed.
type figure struct {
	count            int // of the samples; 0: there is no such figure
	value, low, high float64
}

// whole is a figure without chance in it.
func whole(v int) figure { return figure{1, float64(v), float64(v), float64(v)} }

// above reports whether f is above b by more than chance.
func (f figure) above(b figure) bool { return f.low > b.high }

// differs reports whether the intervals do not meet.
func (f figure) differs(b figure) bool {
	return f.count > 0 && b.count > 0 && (f.above(b) || b.above(f))
}

// bounded reports whether there are samples enough for both bounds.
func (f figure) bounded() bool { return !math.IsInf(f.low, 0) && !math.IsInf(f.high, 0) }

// quantile is that of times, with failed sessions as slower than all others: where all
// failed, it is infinite.
func quantile(t scenarios.Times, failed int, q float64) figure {
	finished := t.Count()
	n := finished + failed
	if n == 0 {
		return figure{}
	}
	at := func(rank int) float64 {
		switch {
		case rank < 1:
			return math.Inf(-1)
		case rank > finished:
			return math.Inf(1)
		}
		return float64(t.Ranked(rank).Microseconds()) / 1000
	}
	low, high := stats.QuantileRanks(n, q, Level)
	return figure{n, at(max(1, int(math.Ceil(q*float64(n)-1e-9)))), at(low), at(high)}
}

// proportion is k of n.
func proportion(k, n int) figure {
	if n == 0 {
		return figure{}
	}
	low, high := stats.ProportionInterval(k, n, Level)
	return figure{n, float64(k) / float64(n), low, high}
}

// figureOf is what a limit looks at.
func figureOf(m scenarios.Measured, l Limit) figure {
	switch l.metric {
	case metricErrors:
		return errorRate(m)
	case metricCapacity:
		if m.Capacity == nil {
			return figure{}
		}
		return whole(m.Capacity.Held)
	}
	times, failed := timesOf(m, l)
	return quantile(times, failed, l.quantile)
}

// errorRate is the share of failed sessions; those that this machine could not open are
// in neither number.
func errorRate(m scenarios.Measured) figure {
	local := failures(m, func(c scenarios.Class) bool { return c.IsLocal() })
	return proportion(m.Sessions.Failed-local, m.Sessions.Attempted-local)
}

// failures counts the failed sessions of some classes.
func failures(m scenarios.Measured, of func(scenarios.Class) bool) int {
	n := 0
	for _, l := range m.Looks {
		for _, g := range l.Errors {
			if of(g.Class) {
				n += g.Count
			}
		}
	}
	return n
}

// timesOf are the times of a metric, and how many sessions failed in it or never began.
// Without a schedule no session was late: a login counts from its start.
func timesOf(m scenarios.Measured, l Limit) (times scenarios.Times, failed int) {
	in := func(phases ...scenarios.Phase) int {
		return failures(m, func(c scenarios.Class) bool { return !c.IsLocal() && slices.Contains(phases, c.Phase) })
	}
	switch l.metric {
	case scenarios.MetricLogin:
		failed = in(scenarios.PhaseTCP, scenarios.PhaseTLS, scenarios.PhaseSASL, scenarios.PhaseOpen)
		switch {
		case m.Load != nil:
			return m.Load.Login, failed + m.Load.Dropped
		case m.Logins != nil && m.Logins.Times != nil:
			return m.Logins.Times.All, failed
		}
		return times, nobody(m, failed)
	case scenarios.MetricLag:
		if m.Load == nil {
			return times, 0
		}
		return m.Load.Lag, m.Load.Dropped
	}
	phase, _ := l.phase()
	return m.Phases.Times(phase), in(phase)
}

// nobody is failed where nobody got in. Else the times of those who did are not known, as
// in a result of an earlier version, and those who did not are no figure by themselves.
func nobody(m scenarios.Measured, failed int) int {
	if m.Phases.Count(scenarios.PhaseOpen) > 0 {
		return 0
	}
	return failed
}

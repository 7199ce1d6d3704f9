package balance

import (
	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// coverageStats is who stopped answering in a look, or never did.
type coverageStats struct {
	gaps    []gap // by slot
	limit   float64
	missing []int // slots beyond the limit
	near    []int // slots nearly, or perhaps, beyond it
	busier  []int // slots not seen, as expected: leastconn found them busier than others
}

// judgeCoverage asks whether a coordinator has not answered for longer than chance
// explains, with the share p.
func (l *lookStats) judgeCoverage(p []float64) { l.judgeGaps(l.gaps(anyNode), p) }

func (l *lookStats) judgeGaps(gaps []gap, p []float64) {
	k := float64(l.k)
	l.coverage = coverageStats{gaps: gaps, limit: l.alpha / k}
	c := &l.coverage
	for i, g := range c.gaps {
		if !g.never && (l.policy == scenarios.PolicyLeastConn || !l.sequenced) {
			continue // whom leastconn finds busy gets none for a while; or when it last answered is not known
		}
		switch g.state(p[i], l.thin(), c.limit, budget.Near/k) {
		case alarm:
			c.missing = append(c.missing, i)
		case doubt:
			c.near = append(c.near, i)
		case quiet:
			if g.never {
				c.near = append(c.near, i) // no look in which one was never seen is quiet
			}
		}
	}
	l.findPinned(p)
	if l.policy == scenarios.PolicyLeastConn {
		l.excludeBusier()
	}
	l.answers[coverageRule] = l.answerCoverage()
}

// findPinned takes all others for missing where one coordinator took so many sessions
// that chance does not explain it, though no gap alone is long enough.
func (l *lookStats) findPinned(p []float64) {
	if present := l.present(); len(present) != 1 || len(l.seen()) != 1 || l.allUnidentified() > 0 {
		return
	}
	if n := float64(l.sessions()) * l.thin(); stats.AllEqualProbability(p, int(n)) <= l.alpha {
		l.coverage.missing, l.coverage.near = unseen(l.all), nil
	}
}

func (l *lookStats) answerCoverage() answer {
	switch c := l.coverage; {
	case len(c.missing) > 0:
		return alarmOf(c.missing)
	case len(c.near) > 0 && l.whole && !l.neverSeen(c.near):
		return answer{state: quiet, near: true}
	case len(c.near) > 0:
		return answer{state: doubt, near: true}
	case !l.sequenced:
		return answer{why: noSequence}
	}
	return answer{state: quiet}
}

// alarmOf is an alarm about slots that had too few sessions.
func alarmOf(missing []int) answer {
	a := answer{state: alarm}
	for _, slot := range missing {
		a.marks = append(a.marks, mark{slot: slot})
	}
	return a
}

// unseen lists the slots without a session.
func unseen(all []int) []int {
	var out []int
	for slot, n := range all {
		if n == 0 {
			out = append(out, slot)
		}
	}
	return out
}

// neverSeen reports whether one of the slots never answered.
func (l *lookStats) neverSeen(slots []int) bool {
	for _, i := range slots {
		if l.all[i] == 0 {
			return true
		}
	}
	return false
}

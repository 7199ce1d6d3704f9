package balance

import (
	"cmp"
	"math"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// imbalanceStats is how far the shares of a look are off.
type imbalanceStats struct {
	shareStats
	ranking ranking // under leastconn, where coordinators say how many connections they have
}

// shareStats compares counts with shares.
type shareStats struct {
	x2, p     float64
	worst     int     // slot with the largest deviation
	deviation float64 // how far, relative to its share
	marks     []mark  // slots beyond the tolerance
}

// judgeImbalance asks whether shares are off by more than chance, and by more than
// the tolerance.
func (l *lookStats) judgeImbalance() {
	a := &l.answers[imbalanceRule]
	switch {
	case l.answers[coverageRule].state == alarm:
		*a = answer{state: idle, why: "a coordinator is missing; see balance.coverage"}
		return
	case l.policy == scenarios.PolicyLeastConn && l.conns == nil:
		*a = answer{why: "under leastconn other clients' sessions decide where ours go; the shares cannot be judged without the coordinators' web pages"}
		return
	case stats.Sum(l.counts) == 0:
		*a = answer{state: idle, why: "no expected coordinator answered"}
		return
	}
	if l.rankedByConns() {
		l.rankByConns()
		*a = l.answerShares(l.imbalance.shareStats)
		return
	}
	unidentified := l.unidentified()
	favourable := stats.FillColdest(l.counts, l.reach.due, unidentified)
	l.imbalance.shareStats = l.sharesOf(favourable)
	*a = l.answerShares(l.imbalance.shareStats)
	if a.state == alarm || unidentified == 0 {
		return
	}
	if unidentified > 1 && l.answerShares(l.sharesOf(l.counts)).state != quiet {
		a.near = true // one of them is not there again in a look as long; several are
	}
	for _, i := range l.corners() {
		if l.answerShares(l.sharesOf(stats.FillOne(l.counts, i, unidentified))).state == alarm {
			*a = answer{state: doubt, near: a.near, why: l.dependsOnUnidentified()}
			return
		}
	}
}

// corners are the slots that all unidentified sessions are given to in turn: every
// one, or where there are very many the hottest and the coldest for their share.
func (l *lookStats) corners() []int {
	slots := make([]int, len(l.counts))
	for i := range slots {
		slots[i] = i
	}
	if len(slots) <= maxCorners {
		return slots
	}
	heat := func(a, b int) int {
		return cmp.Compare(float64(l.counts[a])/l.reach.due[a], float64(l.counts[b])/l.reach.due[b])
	}
	return []int{slices.MinFunc(slots, heat), slices.MaxFunc(slots, heat)}
}

const maxCorners = 1000

// sharesOf compares counts with the shares that are due.
func (l *lookStats) sharesOf(counts []int) shareStats {
	n := float64(stats.Sum(counts))
	out := shareStats{x2: stats.ChiSquare(counts, l.reach.due) * l.thin()}
	out.p = stats.ChiSquareTail(out.x2, len(counts)-1)
	for i, c := range counts {
		off := float64(c)/(n*l.reach.due[i]) - 1
		if math.Abs(off) > math.Abs(out.deviation)+rounding {
			out.worst, out.deviation = i, off
		}
		if l.big(off) {
			out.marks = append(out.marks, mark{i, off > 0})
		}
	}
	return out
}

// answerShares is an alarm where the deviation is big and significant, and near
// where it is big and nearly significant.
func (l *lookStats) answerShares(s shareStats) answer {
	switch {
	case len(s.marks) == 0:
		return answer{state: quiet}
	case s.p <= l.alpha*(1+rounding):
		return answer{state: alarm, marks: s.marks}
	case s.p <= budget.Near && l.whole:
		return answer{state: quiet, near: true}
	case s.p <= budget.Near:
		return answer{state: doubt, near: true}
	}
	return answer{state: quiet}
}

// big reports whether a share is off by more than the tolerance.
func (l *lookStats) big(off float64) bool { return math.Abs(off) > l.tolerance+rounding }

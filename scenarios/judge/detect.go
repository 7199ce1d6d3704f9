package judge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// powerDraws is how many looks are drawn for each kind of fault: the chance
// told is right to about two percentage points.
const powerDraws = 2000

// mostDrawn is the longest look that is drawn. What it could not show is
// within the tolerance anyway.
const mostDrawn = 100_000

// detect fills in what one look of this run could have shown, and tells it
// where the shares passed.
func (j *Report) detect(e Evidence) {
	looks := pool(e.Looks)
	if _, why := nothingToJudge(e, looks); why != "" {
		return
	}
	policy := e.Scenario.Expect.Balance.Policy
	r := enrol(e.Scenario, looks)
	n := sampled(r, looks[0]).n()
	if len(r.seats) < 2 || n < len(r.seats) || n > mostDrawn || policy == scenarios.SourcePolicy || policy == scenarios.LeastConn {
		return
	}
	alpha, tolerance := limits(e.Scenario)
	j.Detect = detectable(r, n, terms{policy: policy, alpha: alpha, tolerance: tolerance})
	for i := range j.Findings {
		if f := &j.Findings[i]; f.ID == scenarios.BalanceImbalance && f.Status == scenarios.Pass {
			f.Explain = join(f.Explain, couldShow(*j.Detect))
		}
	}
}

// detectable draws looks of n sessions at a balancer with one coordinator at
// fault, and counts those that alarm. Drawn sessions have no order and one node.
// Where nothing was declared nobody can be missed: a dead one is never detected.
func detectable(r roster, n int, t terms) *scenarios.Detectable {
	power := func(factor float64) float64 {
		return stats.Power(n, faulty(r.shares(), factor), powerDraws, stats.Seeded(n, len(r.seats), int(100*factor)), func(counts []int) bool {
			o := readOnce(r, sample{counts: counts, whole: counts}, t)
			return o.any(alarmed)
		})
	}
	d := &scenarios.Detectable{Sessions: n, Hot3x: power(3), Hot2x: power(2), Half: power(.5)}
	if r.declared > 0 {
		d.Dead = power(0)
	}
	return d
}

// faulty are the shares where the first coordinator gets so many times its
// own, at most all, and the others share the rest as before.
func faulty(p []float64, factor float64) []float64 {
	out := make([]float64, len(p))
	out[0] = min(1, p[0]*factor)
	for i := 1; i < len(p); i++ {
		out[i] = p[i] * (1 - out[0]) / (1 - p[0])
	}
	return out
}

// couldShow says it in a sentence.
func couldShow(d scenarios.Detectable) string {
	return fmt.Sprintf("One look of %d shows a dead coordinator with a chance of %s, one at three times its share %s, at twice %s, at half %s",
		d.Sessions, percent(d.Dead), percent(d.Hot3x), percent(d.Hot2x), percent(d.Half))
}

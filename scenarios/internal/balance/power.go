package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// powerDraws is how many looks are drawn for each kind of fault: the chance
// reported is right to about two percentage points.
const powerDraws = 2000

// maxDrawn is the longest look that is drawn. What it could not show is
// within the tolerance anyway.
const maxDrawn = 100_000

// Detect is what one look of this run could have shown, nil where that cannot be
// said; it adds it to the explanation where the shares passed.
func Detect(e scenarios.Measured, findings []scenarios.Finding) *scenarios.Detectable {
	looks := batch.Pool(e.Looks)
	if _, why := nothingToJudge(e, looks); why != "" {
		return nil
	}
	policy := e.Scenario.Expect.Balance.Policy
	cs := batch.MatchExpected(e.Scenario, looks)
	n := sampleOf(cs, looks[0]).n()
	if len(cs.Slots) < 2 || n < len(cs.Slots) || n > maxDrawn || policy == scenarios.PolicySource || policy == scenarios.PolicyLeastConn {
		return nil
	}
	alpha, tolerance := budget.Limits(e.Scenario)
	d := detectable(cs, n, terms{policy: policy, alpha: alpha, tolerance: tolerance})
	for i := range findings {
		if f := &findings[i]; f.ID == scenarios.BalanceImbalance && f.Status == scenarios.StatusPass {
			f.Explain = phrase.Join(f.Explain, describePower(*d))
		}
	}
	return d
}

// detectable draws looks of n sessions at a balancer with one coordinator at
// fault, and counts those that alarm. Drawn sessions have no order and one node.
// Where nothing was declared none can be missed: a dead one is never detected.
func detectable(cs batch.CoordinatorSet, n int, t terms) *scenarios.Detectable {
	power := func(factor float64) float64 {
		return stats.Power(n, FaultyShares(cs.Shares(), factor), powerDraws, stats.NewSeededRand(n, len(cs.Slots), int(100*factor)), func(counts []int) bool {
			l := assess(cs, sample{counts: counts, all: counts}, t)
			return l.any(alarmed)
		})
	}
	d := &scenarios.Detectable{Sessions: n, Hot3x: power(3), Hot2x: power(2), Half: power(.5)}
	if cs.Declared > 0 {
		d.Dead = power(0)
	}
	return d
}

// PlannedPower is what a look of n sessions could show before any is taken.
func PlannedPower(s scenarios.Scenario, n int) scenarios.Detectable {
	alpha, tolerance := budget.Limits(s)
	return *detectable(batch.MatchExpected(s, nil), n, terms{alpha: alpha, tolerance: tolerance})
}

// FaultyShares are the shares where the first coordinator gets a multiple of its
// own, at most all, and the others share the rest as before.
func FaultyShares(p []float64, factor float64) []float64 {
	out := make([]float64, len(p))
	out[0] = min(1, p[0]*factor)
	for i := 1; i < len(p); i++ {
		out[i] = p[i] * (1 - out[0]) / (1 - p[0])
	}
	return out
}

// describePower says it in a sentence.
func describePower(d scenarios.Detectable) string {
	return fmt.Sprintf("Probability that one look of %d shows a dead coordinator: %s; one at three times its share: %s; at twice: %s; at half: %s",
		d.Sessions, phrase.Percent(d.Dead), phrase.Percent(d.Hot3x), phrase.Percent(d.Hot2x), phrase.Percent(d.Half))
}

package balance

import (
	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// Inferred is the policy that the order of the first look shows: a rotation on
// every node, or no pattern at all. "" where it shows neither.
func Inferred(e scenarios.Measured) scenarios.Policy {
	looks := batch.Pool(e.Looks)
	if _, why := nothingToJudge(e, looks); why != "" {
		return ""
	}
	alpha, tolerance := budget.Limits(e.Scenario)
	if rotates(looks[0].Orders, alpha) {
		return scenarios.PolicyRoundRobin
	}
	cs := batch.MatchExpected(e.Scenario, looks)
	l := assess(cs, sampleOf(cs, looks[0]), terms{alpha: alpha, tolerance: tolerance})
	if e.Scenario.Expect.Balance.Policy == scenarios.PolicyLeastConn || l.state[orderRule] != quiet || l.state[coverageRule] == alarmed {
		return ""
	}
	return scenarios.PolicyRandom
}

// rotates reports whether every node hands out its coordinators in turn: the
// matches at a distance of as many as it has are more than chance gives, and
// neighbours match less often than chance has it. Without the second, a sticky
// balancer would read as a rotation.
func rotates(orders []scenarios.Order, alpha float64) bool {
	for _, o := range orders {
		m, k, n := sequence(o), len(o.Counts), o.Sessions()
		if k < 2 || k > len(o.Lag) || float64(m.M) >= m.Mean() {
			return false
		}
		if stats.BinomialAtLeast(o.Lag[k-1], n-k, stats.MatchProbability(m.Counts)) > alpha {
			return false
		}
	}
	return len(orders) > 0
}

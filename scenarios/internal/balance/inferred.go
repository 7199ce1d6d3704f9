package balance

import (
	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// Inferred is the policy that the order of the first look shows: a rotation, or no
// pattern at all. "" where it shows neither, and where a policy was declared that
// may look like either: an idle leastconn goes round.
func Inferred(e scenarios.Measured) scenarios.Policy {
	looks := batch.Pool(e.Looks)
	if _, why := nothingToJudge(e, looks); why != "" {
		return ""
	}
	switch e.Scenario.Expect.Balance.Policy {
	case scenarios.PolicyLeastConn, scenarios.PolicySource:
		return ""
	}
	alpha, tolerance := budget.Limits(e.Scenario)
	cs := batch.MatchExpected(e.Scenario, looks)
	s := sampleOf(cs, looks[0])
	if rotates(s.perNode(), alpha) || len(s.nodes) > 1 && rotates(s.merged(), alpha) {
		return scenarios.PolicyRoundRobin
	}
	l := assess(cs, s, terms{alpha: alpha, tolerance: tolerance})
	switch {
	case l.answers[orderRule].state != quiet, l.answers[coverageRule].state == alarm:
		return ""
	case l.order.rotation:
		return scenarios.PolicyRoundRobin
	}
	return scenarios.PolicyRandom
}

// rotates reports whether every sequence is handed out in turn: the matches at a
// distance of as many coordinators as it has are more than chance gives, and
// neighbours match less often than chance has it. Without the second, a sticky
// balancer would read as a rotation.
func rotates(sequences [][]int, alpha float64) bool {
	for _, seq := range sequences {
		m, k := stats.MatchesOf(seq), 0
		for _, n := range m.Counts {
			if n > 0 {
				k++
			}
		}
		if k < 2 || k >= len(seq) || float64(m.M) >= m.Mean() {
			return false
		}
		equal, pairs := stats.MatchesApart([][]int{seq}, k)
		if stats.BinomialAtLeast(equal, pairs, stats.MatchProbability(m.Counts)) > alpha {
			return false
		}
	}
	return len(sequences) > 0
}

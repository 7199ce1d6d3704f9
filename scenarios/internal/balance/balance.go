package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Judge asks whether every coordinator gets its share: order, reach, coverage and
// imbalance of every look, and further looks until each has an answer.
// docs/statistics.md has the rule.
func Judge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	looks := batch.Pool(e.Looks)
	if status, why := nothingToJudge(e, looks); why != "" {
		return allSkipped(status, why), scenarios.NextLook{}
	}
	cs := batch.MatchExpected(e.Scenario, looks)
	unexpected := unexpectedFindings(cs, looks)
	if cs.Declared == 1 {
		return replaceFinding(allSkipped(scenarios.StatusSkipped, "one coordinator is expected: there is nothing to balance"), unexpected), scenarios.NextLook{}
	}
	if next := growFirstLook(e.Scenario, cs, looks); next.Sessions > 0 {
		return replaceFinding(allSkipped(scenarios.StatusInconclusive, waitsFor(next)), unexpected), next
	}
	v := assessLooks(cs, looks, termsOf(e, cs))
	w := findingWriter{verdicts: v, CoordinatorSet: cs, scenario: e.Scenario, errors: batch.Failures(looks)}
	return w.findings(unexpected), v.next
}

func termsOf(e scenarios.Measured, cs batch.CoordinatorSet) terms {
	alpha, tolerance := budget.Limits(e.Scenario)
	return terms{policy: e.Scenario.Expect.Balance.Policy, alpha: alpha, tolerance: tolerance, conns: connCountsOf(e, cs)}
}

// FirstLookAlarms are the findings whose rule alarms in the first look, taken alone: what
// simulations count.
func FirstLookAlarms(e scenarios.Measured) []string {
	looks := batch.Pool(e.Looks)
	cs := batch.MatchExpected(e.Scenario, looks)
	first := assess(cs, sampleOf(cs, looks[0]), termsOf(e, cs))
	var out []string
	for q, a := range first.answers {
		if a.state == alarm {
			out = append(out, ruleIDs[q])
		}
	}
	return out
}

// nothingToJudge says why no look can speak of balance; "" where one can.
func nothingToJudge(e scenarios.Measured, looks []batch.Look) (scenarios.Status, string) {
	switch status, why := batch.Soundness(e); {
	case batch.Sessions(looks) == 0:
		_, why := batch.NoSession(batch.Refusals(e))
		return scenarios.StatusSkipped, why // errors.rate is inconclusive where it has to be
	case len(batch.NamesSeen(looks)) == 0:
		return scenarios.StatusSkipped, "no session identified its coordinator"
	case status != scenarios.StatusPass:
		return scenarios.StatusSkipped, "identity.sound comes first: " + why
	}
	return scenarios.StatusPass, ""
}

// allSkipped is every balance finding with one status and one reason.
func allSkipped(status scenarios.Status, why string) []scenarios.Finding {
	ids := []string{scenarios.BalanceOrder, scenarios.BalanceReach, scenarios.BalanceCoverage,
		scenarios.BalanceUnexpected, scenarios.BalanceImbalance}
	out := make([]scenarios.Finding, len(ids))
	for i, id := range ids {
		out[i] = scenarios.Finding{ID: id, Status: status, Message: why}
	}
	return out
}

// replaceFinding puts the findings made in the place of the one of their id.
func replaceFinding(into, made []scenarios.Finding) []scenarios.Finding {
	var out []scenarios.Finding
	for _, f := range into {
		if f.ID == made[0].ID {
			out = append(out, made...)
		} else {
			out = append(out, f)
		}
	}
	return out
}

// growFirstLook is the request for a longer first look, where it was not declared how many
// coordinators there are and another could still hide.
func growFirstLook(s scenarios.Scenario, cs batch.CoordinatorSet, looks []batch.Look) scenarios.NextLook {
	if cs.Declared > 0 || looks[0].Final() || s.Expect.Balance.Policy == scenarios.PolicySource {
		return scenarios.NextLook{}
	}
	short := budget.GrownLook(s, len(cs.Slots)) - looks[0].Planned
	if short <= 0 || len(looks) > 1 {
		return scenarios.NextLook{}
	}
	return scenarios.NextLook{Kind: scenarios.LookFirst, Sessions: short,
		Why: fmt.Sprintf("%s seen and none declared: another could still be hidden", phrase.Count(len(cs.Slots), "coordinator"))}
}

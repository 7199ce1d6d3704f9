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
	cs := batch.MatchExpected(e.Scenario, looks)
	if status, why := nothingToJudge(e, looks); why != "" {
		out := allSkipped(status, why)
		if cs.Declared > 1 && batch.Failures(looks) > 0 && len(batch.NamesSeen(looks)) == 0 {
			out = replaceFinding(out, []scenarios.Finding{nobodySeen(cs, why)})
		}
		return out, scenarios.NextLook{}
	}
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

// nobodySeen is coverage where sessions failed and none named its coordinator: whether
// those that were expected are there is open.
func nobodySeen(cs batch.CoordinatorSet, why string) scenarios.Finding {
	never := fmt.Sprintf("%d of %d", cs.Declared, cs.Declared)
	if cs.Named {
		never = phrase.List(cs.Missing())
	}
	return scenarios.Finding{ID: scenarios.BalanceCoverage, Status: scenarios.StatusInconclusive, Message: "never seen: " + never + "; " + why}
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

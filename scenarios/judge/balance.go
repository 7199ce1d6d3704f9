package judge

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// balanceJudge asks whether every coordinator gets its share: order, reach,
// coverage and imbalance of a look, a fresh look where one of them alarms, a
// longer one where the shares are suspicious. docs/statistics.md has the rule.
func balanceJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	looks := pool(e.Looks)
	if status, why := nothingToJudge(e, looks); why != "" {
		return allSkipped(status, why), scenarios.NextLook{}
	}
	r := matchExpected(e.Scenario, looks)
	unexpected := unexpectedFinding(r, looks)
	if r.declared == 1 {
		return replaceFinding(allSkipped(scenarios.Skipped, "one coordinator is expected: there is nothing to balance"), unexpected), scenarios.NextLook{}
	}
	if ask := growFirstLook(e.Scenario, r, looks); ask.Sessions > 0 {
		return replaceFinding(allSkipped(scenarios.Inconclusive, waitsFor(ask)), unexpected), ask
	}
	alpha, tolerance := limits(e.Scenario)
	c := run(r, looks, terms{policy: e.Scenario.Expect.Balance.Policy, alpha: alpha, tolerance: tolerance, conns: connCountsOf(e, r)})
	v := findingWriter{cascade: c, coordinatorSet: r, errors: failures(looks)}
	return v.findings(unexpected), c.next
}

// alarms are the findings whose rule alarms in the first look, taken alone: what
// simulations count.
func alarms(e scenarios.Measured) []string {
	looks := pool(e.Looks)
	alpha, tolerance := limits(e.Scenario)
	r := matchExpected(e.Scenario, looks)
	first := assessWithLost(r, sampleOf(r, looks[0]), terms{policy: e.Scenario.Expect.Balance.Policy, alpha: alpha, tolerance: tolerance})
	var out []string
	for q, state := range first.state {
		if state == alarmed {
			out = append(out, ruleIDs[q])
		}
	}
	return out
}

// nothingToJudge says why no look can speak of balance; "" where one can.
func nothingToJudge(e scenarios.Measured, looks []look) (scenarios.Status, string) {
	sessions, refused := 0, 0
	for _, l := range looks {
		sessions += l.sessions()
		refused += l.refused
	}
	switch status, why := soundness(e); {
	case sessions == 0:
		_, why := noSession(refused)
		return scenarios.Skipped, why // errors.rate is inconclusive where it has to be
	case len(namesSeen(looks)) == 0:
		return scenarios.Skipped, "no session said who answered"
	case status != scenarios.Pass:
		return scenarios.Skipped, "identity.sound comes first: " + why
	}
	return scenarios.Pass, ""
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

// growFirstLook is the wish for a longer first look, where nobody said how many
// coordinators there are and another could still hide.
func growFirstLook(s scenarios.Scenario, r coordinatorSet, looks []look) scenarios.NextLook {
	if r.declared > 0 || looks[0].final() || s.Expect.Balance.Policy == scenarios.SourcePolicy {
		return scenarios.NextLook{}
	}
	short := grownLook(s, len(r.slots)) - looks[0].planned
	if short <= 0 || len(looks) > 1 {
		return scenarios.NextLook{}
	}
	return scenarios.NextLook{Kind: scenarios.First, Sessions: short,
		Why: fmt.Sprintf("%s seen and none declared: another could still hide", count(len(r.slots), "coordinator"))}
}

// failures counts the failed sessions of all looks.
func failures(looks []look) int {
	n := 0
	for _, l := range looks {
		n += l.failed()
	}
	return n
}

// unexpectedFinding judges who answered without being declared. It needs no
// chance, so it needs no second look.
func unexpectedFinding(r coordinatorSet, looks []look) []scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.BalanceUnexpected, Observed: num(len(r.undeclared)), Limit: num(0)}
	extra := len(r.slots) - r.declared
	switch {
	case r.declared == 0:
		f.Status, f.Observed, f.Limit = scenarios.Skipped, nil, nil
		f.Message = fmt.Sprintf("nobody declared which coordinators there are; %s answered", count(len(r.slots), "coordinator"))
		f.Fix = set("expect.coordinators", strconv.Itoa(len(r.slots)), "")
	case !r.named && extra > 0:
		f.Status, f.Observed = scenarios.Fail, num(extra)
		f.Message = fmt.Sprintf("%s answered where %d were declared: %s", count(len(r.slots), "coordinator"), r.declared, list(namesSeen(looks)))
		f.Fix = slices.Concat(try("deregister the one that does not belong here"), set("expect.coordinators", "", "correct the expected coordinators"))
	case len(r.undeclared) > 0:
		return foreignFindings(r, looks)
	default:
		f.Status = scenarios.Pass
		f.Message = "nobody answered who was not declared"
	}
	return []scenarios.Finding{f}
}

// foreignFindings names each coordinator that nobody declared.
func foreignFindings(r coordinatorSet, looks []look) []scenarios.Finding {
	var all scenarios.Tally
	for _, l := range looks {
		all.Merge(l.all())
	}
	total, _, _, _ := all.Total()
	by := all.ByCoordinator()
	var out []scenarios.Finding
	for _, name := range r.undeclared {
		out = append(out, scenarios.Finding{
			ID: scenarios.BalanceUnexpected, Status: scenarios.Fail, Subject: name,
			Observed: num(by[name]), Expected: num(0), Limit: num(0),
			Message: fmt.Sprintf("%s answered %s of %d and is none of the declared coordinators: a stale target, or one of another cluster",
				name, count(by[name], "session"), total),
			Note: fmt.Sprintf("It took %s of all sessions; the shares of the others are judged without it", percent(float64(by[name])/float64(total))),
			Fix:  slices.Concat(try("deregister it from the balancer"), set("expect.coordinators", "", "add it to the expected coordinators")),
		})
	}
	return out
}

// inferred is the policy that the order of the first look shows: a rotation on
// every node, or no pattern at all. "" where it shows neither.
func inferred(e scenarios.Measured) scenarios.Policy {
	looks := pool(e.Looks)
	if _, why := nothingToJudge(e, looks); why != "" {
		return ""
	}
	alpha, tolerance := limits(e.Scenario)
	if rotates(looks[0].orders, alpha) {
		return scenarios.RoundRobin
	}
	r := matchExpected(e.Scenario, looks)
	o := assess(r, sampleOf(r, looks[0]), terms{alpha: alpha, tolerance: tolerance})
	if e.Scenario.Expect.Balance.Policy == scenarios.LeastConn || o.state[orderRule] != quiet || o.state[coverageRule] == alarmed {
		return ""
	}
	return scenarios.Random
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
		if stats.AtLeast(o.Lag[k-1], n-k, stats.Alike(m.Counts)) > alpha {
			return false
		}
	}
	return len(orders) > 0
}

// neededForSource is how many sessions show that one coordinator alone takes
// them because it must, and not by chance.
func neededForSource(k int, alpha float64) int {
	return 1 + int(math.Ceil(math.Log(1/alpha)/math.Log(float64(max(2, k)))))
}

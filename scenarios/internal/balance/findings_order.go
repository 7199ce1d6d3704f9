package balance

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// neededForSource is how many sessions show that one coordinator alone takes
// them because it must, and not by chance.
func neededForSource(k int, alpha float64) int {
	return 1 + int(math.Ceil(math.Log(1/alpha)/math.Log(float64(max(2, k)))))
}

// order says whether the balancer re-uses the last coordinator.
func (v findingWriter) order() scenarios.Finding {
	f, said := v.start(orderRule)
	o := v.last(orderRule)
	if o.policy == scenarios.SourcePolicy {
		return v.sourceFinding(f)
	}
	if said {
		return f
	}
	f.Observed, f.Expected, f.P, f.Limit = phrase.Num(o.matches), phrase.Num(o.expectedMatches), phrase.Num(o.pSticky), phrase.Num(o.alpha)
	f.Explain = fmt.Sprintf("%.0f neighbours of %s in order went to one coordinator, where %.1f do by chance with these counts: P = %s, limit %s. Estimated re-use: %s, so %d sessions are worth %.0f",
		o.matches, phrase.Count(o.inOrder(), "session"), o.expectedMatches, phrase.Chance(o.pSticky), phrase.Chance(o.alpha), phrase.Percent(o.reuse), o.n(), o.independent(o.n()))
	switch {
	case f.Status == scenarios.Skipped && o.policy == scenarios.LeastConn:
		f = scenarios.Finding{ID: f.ID, Status: f.Status, Message: "under leastconn the sessions of others decide who comes next, so order says nothing"}
	case f.Status == scenarios.Skipped:
		f = scenarios.Finding{ID: f.ID, Status: f.Status, Message: "one coordinator was seen: there is no order to judge"}
	case o.state[orderRule] == alarmed && f.Status != scenarios.Pass:
		f.Message = fmt.Sprintf("sticky: a session often goes where the one before it went, about %s of the time more than by chance", phrase.Percent(o.reuse))
		f.Fix = slices.Concat(phrase.Try("look for session stickiness or affinity on the listener"), phrase.Set("expect.balance.policy", "source", "if stickiness is intended"))
	default:
		f.Message = "neighbouring sessions agree no more often than chance has it"
	}
	return f
}

// sourceFinding judges the one thing that source promises: this client always meets
// the same coordinator.
func (v findingWriter) sourceFinding(f scenarios.Finding) scenarios.Finding {
	o := v.last(orderRule)
	k := v.Declared
	if k == 0 {
		k = 2
	}
	need := neededForSource(k, o.alpha)
	f.Observed, f.Expected = phrase.Num(o.values()), phrase.Num(1)
	f.Explain = fmt.Sprintf("With %d coordinators, 1 + ln(1/%s)/ln %d = %d sessions on one of them are no chance", k, phrase.Chance(o.alpha), k, need)
	switch {
	case o.spread():
		f.Message = fmt.Sprintf("policy source was declared, but one node handed this client to several coordinators: %s", v.namesPresent(o))
		f.Fix = slices.Concat(phrase.Try("check the policy of the listener"), phrase.Set("expect.balance.policy", "", "declare another policy"))
	case o.n() < need:
		f.Status, f.Message = scenarios.Inconclusive, fmt.Sprintf("%s on one coordinator could be chance: %d are needed", phrase.Count(o.n(), "session"), need)
		f.Fix = phrase.Set("load.sessions", strconv.Itoa(need), "")
	default:
		f.Message = fmt.Sprintf("every session went to %s, as policy source has it; what the other coordinators do cannot be seen from one address", v.namesPresent(o))
		if o.values() > 1 {
			f.Note = "The nodes do not agree on the coordinator of this client"
		}
	}
	return f
}

// namesPresent names the seats that a look saw.
func (v findingWriter) namesPresent(o lookStats) string {
	var names []string
	for i, n := range o.all {
		if n > 0 {
			names = append(names, v.Slots[i].Name)
		}
	}
	if o.allUndeclared > 0 {
		names = append(names, v.Undeclared...)
	}
	return phrase.List(names)
}

// tooFew is the reading of a look with fewer sessions than coordinators.
func (v findingWriter) tooFew(o lookStats) (scenarios.Status, string) {
	return scenarios.Inconclusive, fmt.Sprintf("%s cannot show %d coordinators", phrase.Count(o.n(), "session"), len(v.Slots))
}

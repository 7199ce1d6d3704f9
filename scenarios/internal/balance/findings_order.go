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
func (w findingWriter) order() scenarios.Finding {
	f, said := w.start(orderRule)
	l := w.last(orderRule)
	if l.policy == scenarios.PolicySource {
		return w.sourceFinding(f)
	}
	if said {
		return f
	}
	f.Observed, f.Expected, f.P, f.Limit = phrase.Num(l.matches), phrase.Num(l.expectedMatches), phrase.Num(l.pSticky), phrase.Num(l.alpha)
	f.Explain = fmt.Sprintf("%.0f consecutive pairs among %s in order hit the same coordinator, where %.1f are expected by chance: P = %s, limit %s. Estimated re-use: %s, so %d sessions count as %.0f",
		l.matches, phrase.Count(l.inOrder(), "session"), l.expectedMatches, phrase.Chance(l.pSticky), phrase.Chance(l.alpha), phrase.Percent(l.reuse), l.n(), l.independent(l.n()))
	switch {
	case f.Status == scenarios.StatusSkipped && l.policy == scenarios.PolicyLeastConn:
		f = scenarios.Finding{ID: f.ID, Status: f.Status, Message: "under leastconn other clients' sessions decide which coordinator is next, so the order is not judged"}
	case f.Status == scenarios.StatusSkipped:
		f = scenarios.Finding{ID: f.ID, Status: f.Status, Message: "one coordinator was seen: there is no order to judge"}
	case l.state[orderRule] == alarmed && f.Status != scenarios.StatusPass:
		f.Message = fmt.Sprintf("sticky: a session often goes where the one before it went, about %s of the time more than by chance", phrase.Percent(l.reuse))
		f.Fix = slices.Concat(phrase.Try("look for session stickiness or affinity on the listener"), phrase.Set("expect.balance.policy", "source", "if stickiness is intended"))
	default:
		f.Message = "consecutive sessions hit the same coordinator no more often than chance"
	}
	return f
}

// sourceFinding judges the one thing that source promises: this client always meets
// the same coordinator.
func (w findingWriter) sourceFinding(f scenarios.Finding) scenarios.Finding {
	l := w.last(orderRule)
	k := w.Declared
	if k == 0 {
		k = 2
	}
	need := neededForSource(k, l.alpha)
	f.Observed, f.Expected = phrase.Num(l.values()), phrase.Num(1)
	f.Explain = fmt.Sprintf("With %d coordinators, 1 + ln(1/%s)/ln %d = %d sessions on one of them rule out chance", k, phrase.Chance(l.alpha), k, need)
	switch {
	case l.spread():
		f.Message = fmt.Sprintf("policy source was declared, but one node handed this client to several coordinators: %s", w.namesPresent(l))
		f.Fix = slices.Concat(phrase.Try("check the policy of the listener"), phrase.Set("expect.balance.policy", "", "declare another policy"))
	case l.n() < need:
		f.Status, f.Message = scenarios.StatusInconclusive, fmt.Sprintf("%s on one coordinator could be chance; %d are needed", phrase.Count(l.n(), "session"), need)
		f.Fix = phrase.Set("load.sessions", strconv.Itoa(need), "")
	default:
		f.Message = fmt.Sprintf("every session went to %s, as expected with policy source; one client address cannot show the other coordinators", w.namesPresent(l))
		if l.values() > 1 {
			f.Note = "The nodes do not agree on the coordinator of this client"
		}
	}
	return f
}

// namesPresent names the slots that a look saw.
func (w findingWriter) namesPresent(l lookStats) string {
	var names []string
	for i, n := range l.all {
		if n > 0 {
			names = append(names, w.Slots[i].Name)
		}
	}
	if l.allUndeclared > 0 {
		names = append(names, w.Undeclared...)
	}
	return phrase.List(names)
}

// tooFew is the status of a look with fewer sessions than coordinators.
func (w findingWriter) tooFew(l lookStats) (scenarios.Status, string) {
	return scenarios.StatusInconclusive, fmt.Sprintf("%s cannot show %d coordinators", phrase.Count(l.n(), "session"), len(w.Slots))
}

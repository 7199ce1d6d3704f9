package balance

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// coverage says who never answered: one finding for each where it fails.
func (w findingWriter) coverage() []scenarios.Finding {
	f, said := w.start(coverageRule)
	l := w.last(coverageRule)
	f.Observed, f.Expected = phrase.Num(w.seen(l)), phrase.Num(len(w.Slots))
	switch {
	case said:
		w.addUnseen(&f, l)
	case l.policy == scenarios.PolicySource:
		f = scenarios.Finding{ID: f.ID, Status: scenarios.StatusSkipped, Message: "one client address shows one coordinator under policy source"}
	case l.n() < len(w.Slots):
		f.Status, f.Message = w.tooFew(l)
	case w.Declared == 0 && len(w.Slots) == 1:
		f.Status = scenarios.StatusInconclusive
		f.Message = fmt.Sprintf("only %s answered %s: it is the only one, or the balancer pins this client to it, or the others are missing", w.Slots[0].Name, phrase.Count(l.nAll(), "session"))
		f.Fix = slices.Concat(phrase.Set("expect.coordinators", "", "declare how many there are"), phrase.Set("expect.balance.policy", "source", "if one client is meant to reach one coordinator"))
	case l.state[coverageRule] == alarmed && f.Status != scenarios.StatusPass:
		return w.missingFindings(f, l)
	case len(l.unproven) > 0:
		f = w.unprovenFinding(f, l)
	case len(l.busier) > 0:
		f.Message = fmt.Sprintf("%d of %d coordinators answered; the others had more connections in use", w.seen(l), len(w.Slots))
		f.Note = phrase.Join(f.Note, w.busierThanOthers(l))
	default:
		w.passCoverage(&f, l)
	}
	return []scenarios.Finding{f}
}

// addUnseen names the unseen of a look that was in doubt or cut short.
func (w findingWriter) addUnseen(f *scenarios.Finding, l lookStats) {
	never := w.namesAbsent(l)
	switch {
	case never == "" || l.state[coverageRule] == doubtful:
	case l.allUnidentified > 0:
		f.Message = w.unidentified(l) + "; " + f.Message
	default:
		f.Message = "never seen: " + never + "; " + f.Message
	}
}

// seen counts the slots with sessions in a look.
func (w findingWriter) seen(l lookStats) int {
	n := 0
	for _, c := range l.all {
		if c > 0 {
			n++
		}
	}
	return n
}

// passCoverage words the pass.
func (w findingWriter) passCoverage(f *scenarios.Finding, l lookStats) {
	if w.Declared > 0 {
		f.Message = fmt.Sprintf("all %d coordinators answered", len(w.Slots))
		return
	}
	k := float64(len(w.Slots))
	f.Message = fmt.Sprintf("%s answered and none was declared: the set is unverified", phrase.Count(len(w.Slots), "coordinator"))
	hidden := stats.MissProbability(1/(k+1), l.effectiveN)
	f.P = phrase.Num(hidden)
	f.Note = phrase.Join(f.Note, fmt.Sprintf("Probability that another one with an equal share stayed hidden: %s", phrase.Chance(hidden)))
	f.Fix = phrase.Set("expect.coordinators", strconv.Itoa(len(w.Slots)), "")
	if hidden > l.alpha+rounding {
		f.Status = scenarios.StatusInconclusive
		f.Message = fmt.Sprintf("%s answered in %s; another could still be hidden", phrase.Count(len(w.Slots), "coordinator"), phrase.Count(l.nAll(), "session"))
	}
}

// missingFindings is one finding for each coordinator that should have answered and
// did not; one for all where their names are not known, or where one
// coordinator took everything.
func (w findingWriter) missingFindings(f scenarios.Finding, l lookStats) []scenarios.Finding {
	f.P, f.Limit = phrase.Num(l.pMissing), phrase.Num(l.alpha/float64(len(w.Slots)))
	f.Fix = append(phrase.Try("check that it is registered at the balancer, healthy, and in an enabled zone"), l.otherPolicy()...)
	if w.errors > 0 {
		f.Fix = phrase.Try("look at the failed sessions first")
	}
	f.Explain = w.explainCoverage(l)
	if l.pinned {
		f.Message = fmt.Sprintf("only %s of %d coordinators answered, in all of %s: the balancer pins this client, or the others are missing",
			w.namesPresent(l), len(w.Slots), phrase.Count(l.nAll(), "session"))
		f.Limit = phrase.Num(l.alpha)
		return []scenarios.Finding{f}
	}
	blank := 0
	var out []scenarios.Finding
	for _, i := range l.missing {
		if w.Slots[i].Name == "" {
			blank++
			continue
		}
		g := f
		g.Subject = w.Slots[i].Name
		g.Observed, g.Expected = phrase.Num(0), phrase.Num(float64(l.nAll())*w.Slots[i].Share)
		g.Message = fmt.Sprintf("%s never answered in %s, where %.0f were expected", g.Subject, phrase.Count(l.nAll(), "session"), *g.Expected)
		if l.rankedByConns() {
			g.Message += fmt.Sprintf(", although it had %d connections in use and no coordinator that answered had fewer", l.conns[i].max)
		}
		out = append(out, g)
	}
	if blank > 0 {
		f.Message = fmt.Sprintf("%d of %d coordinators never answered in %s; seen: %s", blank, len(w.Slots), phrase.Count(l.nAll(), "session"), w.namesPresent(l))
		out = append(out, f)
	}
	return out
}

// otherPolicy is what to set where the policy was not declared, and another one
// than chance would explain what was seen.
func (l lookStats) otherPolicy() scenarios.Fixes {
	if l.policy != scenarios.PolicyAuto && l.policy != "" {
		return nil
	}
	return phrase.Set("expect.balance.policy", "", "declare the policy, if it is leastconn or source")
}

// explainCoverage is the arithmetic of coverage.
func (w findingWriter) explainCoverage(l lookStats) string {
	p := w.Slots[l.missing[0]].Share
	if l.pinned {
		return fmt.Sprintf("All %d sessions on one of %d: P = %s, limit %s", l.nAll(), len(w.Slots), phrase.Chance(l.pMissing), phrase.Chance(l.alpha))
	}
	return fmt.Sprintf("(1 - %.3g)^%.0f = %s, limit %s / %d = %s", p, l.effectiveN, phrase.Chance(stats.MissProbability(p, l.effectiveN)),
		phrase.Chance(l.alpha), len(w.Slots), phrase.Chance(l.alpha/float64(len(w.Slots))))
}

// unprovenFinding is that of coordinators of which the sessions do not tell.
func (w findingWriter) unprovenFinding(f scenarios.Finding, l lookStats) scenarios.Finding {
	f.Status = scenarios.StatusInconclusive
	if l.policy == scenarios.PolicyLeastConn && !l.rankedByConns() {
		f.Message = fmt.Sprintf("never seen: %s; under leastconn they may only be busier than the rest", w.namesAbsent(l))
		f.Fix = phrase.Set("target.web_port", "25000", "let the coordinators' web pages be read, and declare the coordinators by name")
		return f
	}
	rarest := 1.0
	for _, i := range l.unproven {
		rarest = min(rarest, w.Slots[i].Share)
	}
	need := stats.DrawsToSee(rarest, l.alpha/float64(len(w.Slots)))
	f.P, f.Limit = phrase.Num(stats.MissProbability(rarest, l.effectiveN)), phrase.Num(l.alpha/float64(len(w.Slots)))
	f.Message = fmt.Sprintf("never seen: %s, but %s are too few to prove it missing", w.namesAbsent(l), phrase.Count(l.nAll(), "session"))
	if l.reuse > 0 {
		f.Message = fmt.Sprintf("never seen: %s, but with this much re-use %s count as only %.0f", w.namesAbsent(l), phrase.Count(l.nAll(), "session"), l.effectiveN)
		return f
	}
	f.Fix = phrase.Set("load.sessions", strconv.Itoa(need), "")
	return f
}

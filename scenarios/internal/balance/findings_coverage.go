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
func (v findingWriter) coverage() []scenarios.Finding {
	f, said := v.start(coverageRule)
	o := v.last(coverageRule)
	f.Observed, f.Expected = phrase.Num(v.seen(o)), phrase.Num(len(v.Slots))
	switch {
	case said:
		v.addUnseen(&f, o)
	case o.policy == scenarios.SourcePolicy:
		f = scenarios.Finding{ID: f.ID, Status: scenarios.Skipped, Message: "one client address shows one coordinator under policy source"}
	case o.n() < len(v.Slots):
		f.Status, f.Message = v.tooFew(o)
	case v.Declared == 0 && len(v.Slots) == 1:
		f.Status = scenarios.Inconclusive
		f.Message = fmt.Sprintf("only %s answered %s: it is the only one, or the balancer pins this client to it, or the others are missing", v.Slots[0].Name, phrase.Count(o.nAll(), "session"))
		f.Fix = slices.Concat(phrase.Set("expect.coordinators", "", "declare how many there are"), phrase.Set("expect.balance.policy", "source", "if one client is meant to reach one coordinator"))
	case o.state[coverageRule] == alarmed && f.Status != scenarios.Pass:
		return v.missingFindings(f, o)
	case len(o.unproven) > 0:
		f = v.unprovenFinding(f, o)
	case len(o.busier) > 0:
		f.Message = fmt.Sprintf("%d of %d coordinators answered, and the others had more connections in use", v.seen(o), len(v.Slots))
		f.Note = phrase.Join(f.Note, v.busierThanOthers(o))
	default:
		v.passCoverage(&f, o)
	}
	return []scenarios.Finding{f}
}

// addUnseen names the unseen of a look that was in doubt or cut short.
func (v findingWriter) addUnseen(f *scenarios.Finding, o lookStats) {
	never := v.namesAbsent(o)
	switch {
	case never == "" || o.state[coverageRule] == doubtful:
	case o.allUnattributed > 0:
		f.Message = v.unattributed(o) + "; " + f.Message
	default:
		f.Message = "never seen: " + never + "; " + f.Message
	}
}

// seen counts the seats with sessions in a look.
func (v findingWriter) seen(o lookStats) int {
	n := 0
	for _, c := range o.all {
		if c > 0 {
			n++
		}
	}
	return n
}

// passCoverage words the pass.
func (v findingWriter) passCoverage(f *scenarios.Finding, o lookStats) {
	if v.Declared > 0 {
		f.Message = fmt.Sprintf("all %d coordinators answered", len(v.Slots))
		return
	}
	k := float64(len(v.Slots))
	f.Message = fmt.Sprintf("%s answered, and nobody said how many there are: set unverified", phrase.Count(len(v.Slots), "coordinator"))
	hidden := stats.NeverSeen(1/(k+1), o.effectiveN)
	f.P = phrase.Num(hidden)
	f.Note = phrase.Join(f.Note, fmt.Sprintf("A further one with an equal share would have stayed hidden with a chance of %s", phrase.Chance(hidden)))
	f.Fix = phrase.Set("expect.coordinators", strconv.Itoa(len(v.Slots)), "")
	if hidden > o.alpha+rounding {
		f.Status = scenarios.Inconclusive
		f.Message = fmt.Sprintf("%s answered in %s; a further one could still hide", phrase.Count(len(v.Slots), "coordinator"), phrase.Count(o.nAll(), "session"))
	}
}

// missingFindings is one finding for each coordinator that should have answered and
// did not; one for all where their names are not known, or where one
// coordinator took everything.
func (v findingWriter) missingFindings(f scenarios.Finding, o lookStats) []scenarios.Finding {
	f.P, f.Limit = phrase.Num(o.pMissing), phrase.Num(o.alpha/float64(len(v.Slots)))
	f.Fix = append(phrase.Try("check that it is registered at the balancer, healthy, and in an enabled zone"), o.otherPolicy()...)
	if v.errors > 0 {
		f.Fix = phrase.Try("look at the failed sessions first")
	}
	f.Explain = v.explainCoverage(o)
	if o.pinned {
		f.Message = fmt.Sprintf("only %s of %d coordinators answered, in all of %s: the balancer pins this client, or the others are missing",
			v.namesPresent(o), len(v.Slots), phrase.Count(o.nAll(), "session"))
		f.Limit = phrase.Num(o.alpha)
		return []scenarios.Finding{f}
	}
	blank := 0
	var out []scenarios.Finding
	for _, i := range o.missing {
		if v.Slots[i].Name == "" {
			blank++
			continue
		}
		g := f
		g.Subject = v.Slots[i].Name
		g.Observed, g.Expected = phrase.Num(0), phrase.Num(float64(o.nAll())*v.Slots[i].Share)
		g.Message = fmt.Sprintf("%s never answered in %s, where %.0f were due", g.Subject, phrase.Count(o.nAll(), "session"), *g.Expected)
		if o.rankedByConns() {
			g.Message += fmt.Sprintf(", although it had %d connections in use and nobody who answered had fewer", o.conns[i].max)
		}
		out = append(out, g)
	}
	if blank > 0 {
		f.Message = fmt.Sprintf("%d of %d coordinators never answered in %s; seen: %s", blank, len(v.Slots), phrase.Count(o.nAll(), "session"), v.namesPresent(o))
		out = append(out, f)
	}
	return out
}

// otherPolicy is what to set where the policy was not declared, and another one
// than chance would explain what was seen.
func (o lookStats) otherPolicy() scenarios.Fixes {
	if o.policy != scenarios.AutoPolicy && o.policy != "" {
		return nil
	}
	return phrase.Set("expect.balance.policy", "", "declare the policy, if it is leastconn or source")
}

// explainCoverage is the arithmetic of coverage.
func (v findingWriter) explainCoverage(o lookStats) string {
	p := v.Slots[o.missing[0]].Share
	if o.pinned {
		return fmt.Sprintf("All %d sessions on one of %d: P = %s, limit %s", o.nAll(), len(v.Slots), phrase.Chance(o.pMissing), phrase.Chance(o.alpha))
	}
	return fmt.Sprintf("(1 - %.3g)^%.0f = %s, limit %s / %d = %s", p, o.effectiveN, phrase.Chance(stats.NeverSeen(p, o.effectiveN)),
		phrase.Chance(o.alpha), len(v.Slots), phrase.Chance(o.alpha/float64(len(v.Slots))))
}

// unprovenFinding is that of coordinators of which the sessions do not tell.
func (v findingWriter) unprovenFinding(f scenarios.Finding, o lookStats) scenarios.Finding {
	f.Status = scenarios.Inconclusive
	if o.policy == scenarios.LeastConn && !o.rankedByConns() {
		f.Message = fmt.Sprintf("never seen: %s; under leastconn they may only be busier than the rest", v.namesAbsent(o))
		f.Fix = phrase.Set("target.web_port", "25000", "let the coordinators' web pages be read, and declare the coordinators by name")
		return f
	}
	rarest := 1.0
	for _, i := range o.unproven {
		rarest = min(rarest, v.Slots[i].Share)
	}
	need := stats.DrawsToShow(rarest, o.alpha/float64(len(v.Slots)))
	f.P, f.Limit = phrase.Num(stats.NeverSeen(rarest, o.effectiveN)), phrase.Num(o.alpha/float64(len(v.Slots)))
	f.Message = fmt.Sprintf("never seen: %s, but %s are too few to prove it missing", v.namesAbsent(o), phrase.Count(o.nAll(), "session"))
	if o.reuse > 0 {
		f.Message = fmt.Sprintf("never seen: %s, but with so much re-use %s are worth only %.0f", v.namesAbsent(o), phrase.Count(o.nAll(), "session"), o.effectiveN)
		return f
	}
	f.Fix = phrase.Set("load.sessions", strconv.Itoa(need), "")
	return f
}

package judge

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// coverage says who never answered: one finding for each where it fails.
func (v findingWriter) coverage() []scenarios.Finding {
	f, said := v.start(coverageRule)
	o := v.last(coverageRule)
	f.Observed, f.Expected = num(v.seen(o)), num(len(v.slots))
	switch {
	case said:
		v.addUnseen(&f, o)
	case o.policy == scenarios.SourcePolicy:
		f = scenarios.Finding{ID: f.ID, Status: scenarios.Skipped, Message: "one client address shows one coordinator under policy source"}
	case o.n() < len(v.slots):
		f.Status, f.Message = v.tooFew(o)
	case v.declared == 0 && len(v.slots) == 1:
		f.Status = scenarios.Inconclusive
		f.Message = fmt.Sprintf("only %s answered %s: it is the only one, or the balancer pins this client to it, or the others are missing", v.slots[0].name, count(o.nAll(), "session"))
		f.Fix = slices.Concat(set("expect.coordinators", "", "declare how many there are"), set("expect.balance.policy", "source", "if one client is meant to reach one coordinator"))
	case o.state[coverageRule] == alarmed && f.Status != scenarios.Pass:
		return v.missingFindings(f, o)
	case len(o.unproven) > 0:
		f = v.unprovenFinding(f, o)
	case len(o.busier) > 0:
		f.Message = fmt.Sprintf("%d of %d coordinators answered, and the others had more connections in use", v.seen(o), len(v.slots))
		f.Note = join(f.Note, v.busierThanOthers(o))
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
	if v.declared > 0 {
		f.Message = fmt.Sprintf("all %d coordinators answered", len(v.slots))
		return
	}
	k := float64(len(v.slots))
	f.Message = fmt.Sprintf("%s answered, and nobody said how many there are: set unverified", count(len(v.slots), "coordinator"))
	hidden := stats.NeverSeen(1/(k+1), o.effectiveN)
	f.P = num(hidden)
	f.Note = join(f.Note, fmt.Sprintf("A further one with an equal share would have stayed hidden with a chance of %s", chance(hidden)))
	f.Fix = set("expect.coordinators", strconv.Itoa(len(v.slots)), "")
	if hidden > o.alpha+rounding {
		f.Status = scenarios.Inconclusive
		f.Message = fmt.Sprintf("%s answered in %s; a further one could still hide", count(len(v.slots), "coordinator"), count(o.nAll(), "session"))
	}
}

// missingFindings is one finding for each coordinator that should have answered and
// did not; one for all where their names are not known, or where one
// coordinator took everything.
func (v findingWriter) missingFindings(f scenarios.Finding, o lookStats) []scenarios.Finding {
	f.P, f.Limit = num(o.pMissing), num(o.alpha/float64(len(v.slots)))
	f.Fix = append(try("check that it is registered at the balancer, healthy, and in an enabled zone"), o.otherPolicy()...)
	if v.errors > 0 {
		f.Fix = try("look at the failed sessions first")
	}
	f.Explain = v.explainCoverage(o)
	if o.pinned {
		f.Message = fmt.Sprintf("only %s of %d coordinators answered, in all of %s: the balancer pins this client, or the others are missing",
			v.namesPresent(o), len(v.slots), count(o.nAll(), "session"))
		f.Limit = num(o.alpha)
		return []scenarios.Finding{f}
	}
	blank := 0
	var out []scenarios.Finding
	for _, i := range o.missing {
		if v.slots[i].name == "" {
			blank++
			continue
		}
		g := f
		g.Subject = v.slots[i].name
		g.Observed, g.Expected = num(0), num(float64(o.nAll())*v.slots[i].share)
		g.Message = fmt.Sprintf("%s never answered in %s, where %.0f were due", g.Subject, count(o.nAll(), "session"), *g.Expected)
		if o.rankedByConns() {
			g.Message += fmt.Sprintf(", although it had %d connections in use and nobody who answered had fewer", o.conns[i].max)
		}
		out = append(out, g)
	}
	if blank > 0 {
		f.Message = fmt.Sprintf("%d of %d coordinators never answered in %s; seen: %s", blank, len(v.slots), count(o.nAll(), "session"), v.namesPresent(o))
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
	return set("expect.balance.policy", "", "declare the policy, if it is leastconn or source")
}

// explainCoverage is the arithmetic of coverage.
func (v findingWriter) explainCoverage(o lookStats) string {
	p := v.slots[o.missing[0]].share
	if o.pinned {
		return fmt.Sprintf("All %d sessions on one of %d: P = %s, limit %s", o.nAll(), len(v.slots), chance(o.pMissing), chance(o.alpha))
	}
	return fmt.Sprintf("(1 - %.3g)^%.0f = %s, limit %s / %d = %s", p, o.effectiveN, chance(stats.NeverSeen(p, o.effectiveN)),
		chance(o.alpha), len(v.slots), chance(o.alpha/float64(len(v.slots))))
}

// unprovenFinding is that of coordinators of which the sessions do not tell.
func (v findingWriter) unprovenFinding(f scenarios.Finding, o lookStats) scenarios.Finding {
	f.Status = scenarios.Inconclusive
	if o.policy == scenarios.LeastConn && !o.rankedByConns() {
		f.Message = fmt.Sprintf("never seen: %s; under leastconn they may only be busier than the rest", v.namesAbsent(o))
		f.Fix = set("target.web_port", "25000", "let the coordinators' web pages be read, and declare the coordinators by name")
		return f
	}
	rarest := 1.0
	for _, i := range o.unproven {
		rarest = min(rarest, v.slots[i].share)
	}
	need := stats.DrawsToShow(rarest, o.alpha/float64(len(v.slots)))
	f.P, f.Limit = num(stats.NeverSeen(rarest, o.effectiveN)), num(o.alpha/float64(len(v.slots)))
	f.Message = fmt.Sprintf("never seen: %s, but %s are too few to prove it missing", v.namesAbsent(o), count(o.nAll(), "session"))
	if o.reuse > 0 {
		f.Message = fmt.Sprintf("never seen: %s, but with so much re-use %s are worth only %.0f", v.namesAbsent(o), count(o.nAll(), "session"), o.effectiveN)
		return f
	}
	f.Fix = set("load.sessions", strconv.Itoa(need), "")
	return f
}

// imbalance says whether the shares are off by more than chance and tolerance.
func (v findingWriter) imbalance() scenarios.Finding {
	f, said := v.start(imbalanceRule)
	o := v.last(imbalanceRule)
	if said {
		return f
	}
	if n, _ := v.alarms(imbalanceRule); n == 0 {
		o = v.judged(imbalanceRule)
	}
	switch {
	case o.n() < len(v.slots) && o.policy != scenarios.SourcePolicy:
		f.Status, f.Message = v.tooFew(o)
		return f
	case f.Status == scenarios.Skipped:
		f.Message = v.notJudged(o)
		return f
	case v.weightsUnmatched:
		return scenarios.Finding{ID: f.ID, Status: scenarios.Inconclusive, Fix: set("expect.coordinators", "", "declare the coordinators by name, in the order of the weights"),
			Message: "the weights cannot be laid to the coordinators seen: their number differs"}
	}
	v.setFigures(&f, o)
	switch {
	case o.state[imbalanceRule] == alarmed && f.Status != scenarios.Pass:
		f.Fix = append(try("compare the weights and the health of the targets"), o.otherPolicy()...)
	case v.next.Kind == scenarios.Extend:
		f.Note = join(f.Note, waitsFor(v.next))
	case f.Status == scenarios.Pass:
		f.Subject = ""
		f.Message = fmt.Sprintf("the shares lie within chance and tolerance; the furthest, %s, has %s", v.nameOf(o.worst), v.share(o))
		if o.rankedByConns() {
			f.Message = "whatever the connections in use before, no busier coordinator got more of ours than an emptier one, but for chance and tolerance"
		}
	}
	if o.suspicious && f.Status == scenarios.Pass && !v.extended {
		f.Note = join(f.Note, "The shares are suspicious, and no longer look could be had")
	}
	return f
}

// setFigures fills in what the shares of a look amount to.
func (v findingWriter) setFigures(f *scenarios.Finding, o lookStats) {
	if o.rankedByConns() {
		v.setRankingFigures(f, o)
		return
	}
	n := stats.Sum(o.counts)
	f.Subject = v.nameOf(o.worst)
	f.Observed, f.Expected = num(o.counts[o.worst]), num(float64(n)*o.implied[o.worst])
	f.P, f.Limit = num(o.pX2), num(o.alpha)
	f.Message = fmt.Sprintf("%s has %s", f.Subject, v.share(o))
	f.Explain = fmt.Sprintf("X2 = %.2f with %d degrees of freedom: P = %s, limit %s; largest deviation %+.0f %%, tolerance %.0f %%; %d sessions count as %.0f",
		o.x2, len(o.counts)-1, chance(o.pX2), chance(o.alpha), o.deviation*100, o.tolerance*100, n, o.independent(n))
	if v.extended {
		f.Explain += ". The first look was suspicious and was followed by a longer one, at half the limit"
	}
}

// share words the furthest seat's part.
func (v findingWriter) share(o lookStats) string {
	if o.rankedByConns() {
		return fmt.Sprintf("%d of %s of ours on it and those %s, besides %d connections in use before: %s",
			o.ranking.got, count(o.ranking.of, "session"), o.ranking.against(), o.conns[o.ranking.slot].before, ofFair(1+o.deviation))
	}
	n := stats.Sum(o.counts)
	return fmt.Sprintf("%d of %s, %s", o.counts[o.worst], count(n, "session"), ofFair(1+o.deviation))
}

// ofFair writes a part of a fair share: "its fair share", "2.8 times its fair share".
func ofFair(f float64) string {
	switch s := times(max(0, f)); s {
	case "1 times":
		return "its fair share"
	case "0 times":
		return "nothing of its fair share"
	default:
		return s + " its fair share"
	}
}

func (v findingWriter) nameOf(seat int) string {
	if v.slots[seat].name == "" {
		return "one that was never seen"
	}
	return v.slots[seat].name
}

// notJudged says why imbalance was not judged.
func (v findingWriter) notJudged(o lookStats) string {
	switch {
	case o.policy == scenarios.SourcePolicy:
		return "one client address shows one coordinator under policy source"
	case o.policy == scenarios.LeastConn:
		return "under leastconn the sessions of others decide where ours go; without the coordinators' pages the shares say nothing"
	case o.state[coverageRule] == alarmed:
		return "somebody is missing: balance.coverage says whom"
	case len(v.slots) < 2:
		return "one coordinator was seen: there is nothing to balance"
	}
	return "nothing to judge"
}

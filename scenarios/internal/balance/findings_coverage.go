package balance

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// coverage says who never answered, or stopped to: one finding for each where it fails.
func (w findingWriter) coverage() []scenarios.Finding {
	f, l, told := w.start(coverageRule)
	if told && l.policy == scenarios.PolicySource {
		return []scenarios.Finding{f}
	}
	all := w.pooledAll()
	f.Observed, f.Expected = phrase.Num(seenIn(all)), phrase.Num(len(w.Slots))
	alarms := len(w.tracks[coverageRule].alarms) > 0
	switch {
	case w.Declared == 0 && len(w.Slots) == 1:
		f.Status, f.Message = scenarios.StatusInconclusive, fmt.Sprintf("only %s answered %s: it is the only one, or the balancer pins this client to it, or the others are missing", w.Slots[0].Name, phrase.Count(w.total(), "session"))
		f.Fix = slices.Concat(phrase.Set("expect.coordinators", "", "declare how many there are"), phrase.Set("expect.balance.policy", "source", "if one client is meant to reach one coordinator"))
	case alarms && l.policy == scenarios.PolicySource:
		w.narrowSpread(&f, l)
	case alarms:
		return w.missingFindings(f, l)
	case told && len(l.answers[coverageRule].marks) > 0:
		slot := l.answers[coverageRule].marks[0].slot
		f.Message = fmt.Sprintf("%s has not answered for %s, but %s", w.namesAbsent([]int{slot}), phrase.Count(l.coverage.gaps[slot].sessions, "session"), f.Message)
	case told:
		w.addUnseen(&f, all)
	case f.Status == scenarios.StatusInconclusive:
		w.unproven(&f, l, all)
	case len(l.coverage.busier) > 0:
		f.Message = fmt.Sprintf("%d of %d coordinators answered; the others had more connections in use", seenIn(all), len(w.Slots))
		f.Note = phrase.Join(f.Note, w.busierThanOthers(l))
	default:
		w.passCoverage(&f, l)
	}
	return []scenarios.Finding{f}
}

// addUnseen names those whom no look saw, where that was not decided.
func (w findingWriter) addUnseen(f *scenarios.Finding, all []int) {
	if slots := unseen(all); len(slots) > 0 {
		f.Message = "never seen: " + w.namesAbsent(slots) + "; " + f.Message
	}
}

// passCoverage words the pass.
func (w findingWriter) passCoverage(f *scenarios.Finding, l lookStats) {
	k := len(w.Slots)
	if w.Declared > 0 {
		f.Message = fmt.Sprintf("all %d coordinators answered%s", k, w.inLooks())
		f.Explain = w.longestGap(l)
		return
	}
	sessions := w.total()
	chance := hidden(k, sessions)
	f.Message, f.P = fmt.Sprintf("%s answered and none was declared: the set is unverified", phrase.Count(k, "coordinator")), phrase.Num(chance)
	f.Note = phrase.Join(f.Note, fmt.Sprintf("Probability that another one with an equal share stayed hidden: %s", phrase.Chance(chance)))
	f.Fix = phrase.Set("expect.coordinators", strconv.Itoa(k), "")
	if chance > l.alpha+rounding {
		f.Status = scenarios.StatusInconclusive
		f.Message = fmt.Sprintf("%s answered in %s; another could still be hidden", phrase.Count(k, "coordinator"), phrase.Count(sessions, "session"))
	}
}

// longestGap says who was not seen for longest at the end of a look.
func (w findingWriter) longestGap(l lookStats) string {
	worst, chance := 0, 2.0
	for i, g := range l.coverage.gaps {
		if _, possible := g.chances(l.reach.due[i], l.thin()); possible < chance {
			worst, chance = i, possible
		}
	}
	if !l.sequenced || chance > 1 {
		return ""
	}
	return fmt.Sprintf("The longest gap at the end of the look: %s since %s answered last, P = %s, limit %s",
		phrase.Count(l.coverage.gaps[worst].sessions, "session"), w.nameOf(worst), phrase.Chance(chance), phrase.Chance(l.coverage.limit))
}

// missingFindings is one finding for each coordinator that should have answered and
// did not; one for all whose names are not known.
func (w findingWriter) missingFindings(f scenarios.Finding, l lookStats) []scenarios.Finding {
	f.Limit = phrase.Num(l.coverage.limit)
	f.Fix = append(phrase.Try("check that it is registered at the balancer, healthy, and in an enabled zone"), l.otherPolicy()...)
	if w.errors > 0 {
		f.Fix = phrase.Try("look at the failed sessions first")
	}
	if present := l.present(); len(present) == 1 && l.k > 2 {
		return []scenarios.Finding{w.pinnedFinding(f, l, present[0])}
	}
	var blank []int
	var out []scenarios.Finding
	for _, slot := range l.coverage.missing {
		if w.Slots[slot].Name == "" {
			blank = append(blank, slot)
			continue
		}
		out = append(out, w.missingFinding(f, l, slot))
	}
	if len(blank) > 0 {
		g := w.missingFinding(f, l, blank[0])
		g.Subject, g.Observed, g.Expected = "", f.Observed, f.Expected
		g.Message = fmt.Sprintf("%d of %d coordinators never answered in %s; seen: %s", len(blank), len(w.Slots), phrase.Count(w.total(), "session"), w.namesOf(l.present()))
		out = append(out, g)
	}
	return out
}

// missingFinding is that of one coordinator.
func (w findingWriter) missingFinding(f scenarios.Finding, l lookStats, slot int) scenarios.Finding {
	g, p := l.coverage.gaps[slot], l.reach.due[slot]
	chance, _ := g.chances(p, l.thin())
	f.Subject, f.P = w.Slots[slot].Name, phrase.Num(chance)
	f.Observed, f.Expected = phrase.Num(0), phrase.Num(float64(g.sessions)*p)
	f.Explain = fmt.Sprintf("(1 - %.3g)^%.4g = %s", p, float64(g.sessions)*l.thin(), phrase.Chance(chance))
	if g.unidentified > 0 {
		f.Explain = fmt.Sprintf("At most %d of %d sessions were its own, at a share of %.3g: P = %s", g.unidentified, g.sessions, p, phrase.Chance(chance))
	}
	f.Explain += fmt.Sprintf(", limit %s / %d = %s", phrase.Chance(l.alpha), l.k, phrase.Chance(l.coverage.limit))
	switch total := w.pooledAll()[slot]; {
	case total == 0:
		sessions := w.total()
		f.Expected = phrase.Num(float64(sessions) * p)
		f.Message = fmt.Sprintf("%s never answered in %s%s, where %.0f were expected", f.Subject, phrase.Count(sessions, "session"), w.inLooks(), *f.Expected)
	case g.never:
		f.Message = fmt.Sprintf("%s did not answer in the last %s, where %.0f were expected; it had answered %d before", f.Subject, phrase.Count(g.sessions, "session"), *f.Expected, total)
	default:
		f.Message = fmt.Sprintf("%s stopped answering: none of the last %s of a look, where %.0f were expected", f.Subject, phrase.Count(g.sessions, "session"), *f.Expected)
	}
	if l.rankedByConns() {
		f.Message += fmt.Sprintf(", although it had %d connections in use and no coordinator that answered had fewer", l.conns[slot].max)
	}
	return f
}

// pinnedFinding is that of a look in which one coordinator took everything.
func (w findingWriter) pinnedFinding(f scenarios.Finding, l lookStats, only int) scenarios.Finding {
	n := l.sessions()
	p := stats.AllEqualProbability(l.shares, n)
	f.P = phrase.Num(p)
	f.Explain = fmt.Sprintf("All %d sessions on one of %d: P = %s", n, len(w.Slots), phrase.Chance(p))
	const why = "the balancer pins this client, or the others are missing"
	switch pinned, same := w.pinnedLooks(only); {
	case same == len(w.looks):
		f.Message = fmt.Sprintf("only %s of %d coordinators answered, in all of %s%s: %s", w.nameOf(only), len(w.Slots), phrase.Count(w.total(), "session"), w.inLooks(), why)
	case pinned == len(w.looks):
		f.Message = fmt.Sprintf("in each look one coordinator took all sessions, and not always the same one: %d of %d in all; the balancer pins this client for a time", seenIn(w.pooledAll()), len(w.Slots))
	default:
		f.Message = fmt.Sprintf("only %s of %d coordinators answered, in all of %s of a look: %s; in all looks %d answered",
			w.nameOf(only), len(w.Slots), phrase.Count(n, "session"), why, seenIn(w.pooledAll()))
	}
	return f
}

// pinnedLooks counts the looks in which one coordinator took everything, and those in
// which it was this one.
func (w findingWriter) pinnedLooks(only int) (pinned, same int) {
	for _, l := range w.looks {
		if present := l.present(); len(present) == 1 {
			pinned++
			if present[0] == only {
				same++
			}
		}
	}
	return pinned, same
}

// narrowSpread says that client addresses do not spread under policy source.
func (w findingWriter) narrowSpread(f *scenarios.Finding, l lookStats) {
	s := l.source
	f.Explain = fmt.Sprintf("%d addresses that all meet one of %d rule out chance; %d show every one", s.toDiffer, len(w.Slots), s.toSee)
	if present := l.present(); len(present) == 1 {
		f.Message = fmt.Sprintf("%d client addresses all met %s: the balancer is pinned, or its policy is first or backup", s.addresses, w.namesOf(present))
	} else {
		f.Message = fmt.Sprintf("%d client addresses never met %s", s.addresses, w.namesAbsent(s.missing))
	}
	f.Fix = phrase.Try("check the policy of the listener, and that every coordinator is registered and healthy")
}

// unproven is the finding of coordinators that no look decided.
func (w findingWriter) unproven(f *scenarios.Finding, l lookStats, all []int) {
	slots := unseen(all)
	f.Note = phrase.Join(f.Note, w.missingLook())
	if len(slots) == 0 {
		slots = l.coverage.near
		f.Message = fmt.Sprintf("%s has not answered for %s, which may be chance", w.namesAbsent(slots[:1]), phrase.Count(l.coverage.gaps[slots[0]].sessions, "session"))
		if l.all[slots[0]] == 0 && l.allUnidentified() > 0 {
			f.Message = l.dependsOnUnidentified()
		}
		return
	}
	never := "never seen: " + w.namesAbsent(slots)
	if l.policy == scenarios.PolicyLeastConn && !l.rankedByConns() {
		f.Message = never + "; under leastconn they may only be busier than the rest"
		f.Fix = phrase.Set("target.web_port", "25000", "let the coordinators' web pages be read, and declare the coordinators by name")
		return
	}
	g, p := l.coverage.gaps[slots[0]], l.shares[slots[0]]
	certain, possible := g.chances(p, l.thin())
	f.P, f.Limit = phrase.Num(certain), phrase.Num(l.coverage.limit)
	switch need := stats.DrawsToSee(p, l.coverage.limit); {
	case possible <= l.coverage.limit*(1+rounding):
		f.Message = fmt.Sprintf("%s, and %s named no coordinator: %s may have been theirs", never, phrase.Count(g.unidentified, "session"), phrase.Agree(g.unidentified, "it", "they"))
	case l.thin() < 1:
		f.Message = fmt.Sprintf("%s, but with this much re-use %s %s as only %.0f", never, phrase.Count(g.sessions, "session"), phrase.Agree(g.sessions, "counts", "count"), float64(g.sessions)*l.thin())
	default:
		f.Message = fmt.Sprintf("%s, but %s %s too few to prove it missing", never, phrase.Count(g.sessions, "session"), phrase.Agree(g.sessions, "is", "are"))
		f.Fix = phrase.Set("load.sessions", strconv.Itoa(need), "")
	}
}

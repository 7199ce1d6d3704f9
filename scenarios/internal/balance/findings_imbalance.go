package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// imbalance says whether the shares are off by more than chance and tolerance.
func (w findingWriter) imbalance() scenarios.Finding {
	f, l, told := w.start(imbalanceRule)
	if w.tracks[imbalanceRule].onlyIdle(w) {
		f.Status, f.Note = scenarios.StatusSkipped, ""
	}
	switch {
	case told && len(l.answers[imbalanceRule].marks) > 0:
		why := f.Message
		w.setFigures(&f, l)
		f.Message += "; but " + why
		return f
	case told:
		return f
	case w.WeightsUnmatched:
		return scenarios.Finding{ID: f.ID, Status: scenarios.StatusInconclusive, Fix: phrase.Set("expect.coordinators", "", "declare the coordinators by name, in the order of the weights"),
			Message: "the weights cannot be matched to the coordinators seen: their number differs"}
	}
	w.setFigures(&f, l)
	switch a := l.answers[imbalanceRule]; {
	case a.state == alarm:
		f.Fix = append(phrase.Try("compare the weights and the health of the targets"), l.otherPolicy()...)
	case f.Status == scenarios.StatusInconclusive:
		f.Note = phrase.Join(f.Note, w.missingLook())
	case l.rankedByConns():
		f.Subject = ""
		f.Message = "no coordinator with more connections in use got more of our sessions than one with fewer, beyond chance and tolerance"
	default:
		f.Subject = ""
		f.Message = w.evenShares(l)
		if a.near && l.whole {
			f.Note = phrase.Join(f.Note, "The shares are suspicious, and no further look is possible in a run of this kind")
		}
	}
	return f
}

// onlyIdle reports whether a rule waited for nothing but a missing coordinator.
func (t track) onlyIdle(w findingWriter) bool {
	if t.outcome != open || len(t.alarms) > 0 || len(w.tracks[coverageRule].alarms) == 0 {
		return false
	}
	for _, l := range w.looks {
		if l.answers[imbalanceRule].state == doubt {
			return false
		}
	}
	return true
}

// evenShares says what was tested of all looks together, with its figures.
func (w findingWriter) evenShares(l lookStats) string {
	counts := w.pooled()
	pooled := l.sharesOf(counts)
	n := stats.Sum(counts)
	low, high := stats.Interval(counts[pooled.worst], n)
	due := l.reach.due[pooled.worst]
	most := fmt.Sprintf("%s has %d of %s%s, %s (95 %% interval %.2g to %.2g)", w.nameOf(pooled.worst), counts[pooled.worst], phrase.Count(n, "session"), w.inLooks(),
		ofFair(1+pooled.deviation), low/due, high/due)
	if l.big(pooled.deviation) {
		return fmt.Sprintf("no share is off by more than chance explains (P = %s, limit %s); the largest deviation: %s", phrase.Chance(pooled.p), phrase.Chance(l.alpha), most)
	}
	return fmt.Sprintf("every coordinator is within %s of its fair share; the largest deviation: %s", phrase.Percent(l.tolerance), most)
}

// setFigures fills in what the shares of a look amount to.
func (w findingWriter) setFigures(f *scenarios.Finding, l lookStats) {
	if l.rankedByConns() {
		w.setRankingFigures(f, l)
		return
	}
	i, n := l.imbalance, stats.Sum(l.counts)
	f.Subject = w.nameOf(i.worst)
	f.Observed, f.Expected = phrase.Num(l.counts[i.worst]), phrase.Num(float64(n)*l.reach.due[i.worst])
	f.P, f.Limit = phrase.Num(i.p), phrase.Num(l.alpha)
	f.Message = fmt.Sprintf("%s has %s", f.Subject, w.share(l, i))
	f.Explain = fmt.Sprintf("X2 = %.2f with %d degrees of freedom: P = %s, limit %s; largest deviation %+.0f %%, tolerance %.0f %%; %d sessions count as %.0f",
		i.x2, len(l.counts)-1, phrase.Chance(i.p), phrase.Chance(l.alpha), i.deviation*100, l.tolerance*100, n, float64(n)*l.thin())
}

// share words the share of the slot with the largest deviation.
func (w findingWriter) share(l lookStats, i imbalanceStats) string {
	if l.rankedByConns() {
		return fmt.Sprintf("%d of our %s on it and those %s; it had %d connections in use before: %s",
			i.ranking.got, phrase.Count(i.ranking.of, "session"), i.ranking.against(), l.conns[i.ranking.slot].before, ofFair(1+i.deviation))
	}
	return fmt.Sprintf("%d of %s, %s", l.counts[i.worst], phrase.Count(stats.Sum(l.counts), "session"), ofFair(1+i.deviation))
}

// ofFair writes a part of a fair share: "its fair share", "2.8 times its fair share".
func ofFair(f float64) string {
	switch s := phrase.Times(max(0, f)); s {
	case "1 times":
		return "its fair share"
	case "0 times":
		return "none of its fair share"
	default:
		return s + " its fair share"
	}
}

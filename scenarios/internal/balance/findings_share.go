package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// imbalance says whether the shares are off by more than chance and tolerance.
func (w findingWriter) imbalance() scenarios.Finding {
	f, said := w.start(imbalanceRule)
	l := w.last(imbalanceRule)
	if said {
		return f
	}
	if n, _ := w.alarms(imbalanceRule); n == 0 {
		l = w.judged(imbalanceRule)
	}
	switch {
	case l.n() < len(w.Slots) && l.policy != scenarios.PolicySource:
		f.Status, f.Message = w.tooFew(l)
		return f
	case f.Status == scenarios.StatusSkipped:
		f.Message = w.notJudged(l)
		return f
	case w.WeightsUnmatched:
		return scenarios.Finding{ID: f.ID, Status: scenarios.StatusInconclusive, Fix: phrase.Set("expect.coordinators", "", "declare the coordinators by name, in the order of the weights"),
			Message: "the weights cannot be matched to the coordinators seen: their number differs"}
	}
	w.setFigures(&f, l)
	switch {
	case l.state[imbalanceRule] == alarmed && f.Status != scenarios.StatusPass:
		f.Fix = append(phrase.Try("compare the weights and the health of the targets"), l.otherPolicy()...)
	case w.next.Kind == scenarios.LookExtend:
		f.Note = phrase.Join(f.Note, waitsFor(w.next))
	case f.Status == scenarios.StatusPass:
		f.Subject = ""
		f.Message = fmt.Sprintf("the shares are within chance and tolerance; the largest deviation: %s has %s", w.nameOf(l.worst), w.share(l))
		if l.rankedByConns() {
			f.Message = "no coordinator with more connections in use got more of our sessions than one with fewer, beyond chance and tolerance"
		}
	}
	if l.suspicious && f.Status == scenarios.StatusPass && !w.extended {
		f.Note = phrase.Join(f.Note, "The shares are suspicious, and no longer look was possible")
	}
	return f
}

// setFigures fills in what the shares of a look amount to.
func (w findingWriter) setFigures(f *scenarios.Finding, l lookStats) {
	if l.rankedByConns() {
		w.setRankingFigures(f, l)
		return
	}
	n := stats.Sum(l.counts)
	f.Subject = w.nameOf(l.worst)
	f.Observed, f.Expected = phrase.Num(l.counts[l.worst]), phrase.Num(float64(n)*l.implied[l.worst])
	f.P, f.Limit = phrase.Num(l.pX2), phrase.Num(l.alpha)
	f.Message = fmt.Sprintf("%s has %s", f.Subject, w.share(l))
	f.Explain = fmt.Sprintf("X2 = %.2f with %d degrees of freedom: P = %s, limit %s; largest deviation %+.0f %%, tolerance %.0f %%; %d sessions count as %.0f",
		l.x2, len(l.counts)-1, phrase.Chance(l.pX2), phrase.Chance(l.alpha), l.deviation*100, l.tolerance*100, n, l.independent(n))
	if w.extended {
		f.Explain += ". The first look was suspicious and was followed by a longer one, at half the limit"
	}
}

// share words the share of the slot with the largest deviation.
func (w findingWriter) share(l lookStats) string {
	if l.rankedByConns() {
		return fmt.Sprintf("%d of our %s on it and those %s; it had %d connections in use before: %s",
			l.ranking.got, phrase.Count(l.ranking.of, "session"), l.ranking.against(), l.conns[l.ranking.slot].before, ofFair(1+l.deviation))
	}
	n := stats.Sum(l.counts)
	return fmt.Sprintf("%d of %s, %s", l.counts[l.worst], phrase.Count(n, "session"), ofFair(1+l.deviation))
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

func (w findingWriter) nameOf(seat int) string {
	if w.Slots[seat].Name == "" {
		return "a coordinator that was never seen"
	}
	return w.Slots[seat].Name
}

// notJudged says why imbalance was not judged.
func (w findingWriter) notJudged(l lookStats) string {
	switch {
	case l.policy == scenarios.PolicySource:
		return "one client address shows one coordinator under policy source"
	case l.policy == scenarios.PolicyLeastConn:
		return "under leastconn other clients' sessions decide where ours go; the shares cannot be judged without the coordinators' web pages"
	case l.state[coverageRule] == alarmed:
		return "a coordinator is missing; see balance.coverage"
	case len(w.Slots) < 2:
		return "one coordinator was seen: there is nothing to balance"
	}
	return "nothing to judge"
}

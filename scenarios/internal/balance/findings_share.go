package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

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
	case o.n() < len(v.Slots) && o.policy != scenarios.SourcePolicy:
		f.Status, f.Message = v.tooFew(o)
		return f
	case f.Status == scenarios.Skipped:
		f.Message = v.notJudged(o)
		return f
	case v.WeightsUnmatched:
		return scenarios.Finding{ID: f.ID, Status: scenarios.Inconclusive, Fix: phrase.Set("expect.coordinators", "", "declare the coordinators by name, in the order of the weights"),
			Message: "the weights cannot be laid to the coordinators seen: their number differs"}
	}
	v.setFigures(&f, o)
	switch {
	case o.state[imbalanceRule] == alarmed && f.Status != scenarios.Pass:
		f.Fix = append(phrase.Try("compare the weights and the health of the targets"), o.otherPolicy()...)
	case v.next.Kind == scenarios.Extend:
		f.Note = phrase.Join(f.Note, waitsFor(v.next))
	case f.Status == scenarios.Pass:
		f.Subject = ""
		f.Message = fmt.Sprintf("the shares lie within chance and tolerance; the furthest, %s, has %s", v.nameOf(o.worst), v.share(o))
		if o.rankedByConns() {
			f.Message = "whatever the connections in use before, no busier coordinator got more of ours than an emptier one, but for chance and tolerance"
		}
	}
	if o.suspicious && f.Status == scenarios.Pass && !v.extended {
		f.Note = phrase.Join(f.Note, "The shares are suspicious, and no longer look could be had")
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
	f.Observed, f.Expected = phrase.Num(o.counts[o.worst]), phrase.Num(float64(n)*o.implied[o.worst])
	f.P, f.Limit = phrase.Num(o.pX2), phrase.Num(o.alpha)
	f.Message = fmt.Sprintf("%s has %s", f.Subject, v.share(o))
	f.Explain = fmt.Sprintf("X2 = %.2f with %d degrees of freedom: P = %s, limit %s; largest deviation %+.0f %%, tolerance %.0f %%; %d sessions count as %.0f",
		o.x2, len(o.counts)-1, phrase.Chance(o.pX2), phrase.Chance(o.alpha), o.deviation*100, o.tolerance*100, n, o.independent(n))
	if v.extended {
		f.Explain += ". The first look was suspicious and was followed by a longer one, at half the limit"
	}
}

// share words the furthest seat's part.
func (v findingWriter) share(o lookStats) string {
	if o.rankedByConns() {
		return fmt.Sprintf("%d of %s of ours on it and those %s, besides %d connections in use before: %s",
			o.ranking.got, phrase.Count(o.ranking.of, "session"), o.ranking.against(), o.conns[o.ranking.slot].before, ofFair(1+o.deviation))
	}
	n := stats.Sum(o.counts)
	return fmt.Sprintf("%d of %s, %s", o.counts[o.worst], phrase.Count(n, "session"), ofFair(1+o.deviation))
}

// ofFair writes a part of a fair share: "its fair share", "2.8 times its fair share".
func ofFair(f float64) string {
	switch s := phrase.Times(max(0, f)); s {
	case "1 times":
		return "its fair share"
	case "0 times":
		return "nothing of its fair share"
	default:
		return s + " its fair share"
	}
}

func (v findingWriter) nameOf(seat int) string {
	if v.Slots[seat].Name == "" {
		return "one that was never seen"
	}
	return v.Slots[seat].Name
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
	case len(v.Slots) < 2:
		return "one coordinator was seen: there is nothing to balance"
	}
	return "nothing to judge"
}

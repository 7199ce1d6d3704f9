package threshold

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/generator"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// Judge holds the run against the limits that the user set. No data fails.
func Judge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	all, err := parseAll(e.Scenario)
	if err != nil {
		return []scenarios.Finding{{ID: scenarios.ThresholdPrefix + "unreadable", Message: err.Error()}}, scenarios.NextLook{}
	}
	var out []scenarios.Finding
	for _, t := range all {
		out = append(out, t.judge(e))
	}
	return out, scenarios.NextLook{}
}

// evaluation is one threshold held against one set of samples.
type evaluation struct {
	samples
	measurement     // with every lost session elsewhere
	n           int // samples that it rests on
	status      scenarios.Status
	why         string // it is inconclusive
}

// judge measures one threshold. By tag every value that was seen must hold, and
// the worst of them is reported.
func (t Threshold) judge(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.ThresholdPrefix + t.String()}
	if t.unrecorded(e) {
		f.Message = fmt.Sprintf("the run did not record %s: only a run whose scenario has the threshold does", t.Metric)
		return f
	}
	var worst evaluation
	seen, total := 0, 0
	for _, s := range t.Metric.samples(e) {
		ev, ok := t.evaluate(s)
		if !ok {
			continue
		}
		if seen == 0 || t.before(ev, worst) {
			worst = ev
		}
		seen, total = seen+1, total+ev.n
	}
	if seen == 0 || total == 0 && t.Agg.timed() {
		f.Status, f.Message = scenarios.StatusFail, fmt.Sprintf("no samples of %s, so it cannot pass", t.Metric)
		return f
	}
	f.Status, f.Note, f.Subject = worst.status, worst.why, worst.value
	if worst.n == 0 && t.Agg.timed() {
		f.Message = fmt.Sprintf("%s has no samples of %s, although it had %s: it cannot pass", worst.value, t.Metric.Name, phrase.Count(worst.sessions, "session"))
		return f
	}
	f.Observed, f.Limit = t.unit(worst.v), t.unit(t.Limit)
	f.Message = t.sentence(worst, seen)
	if worst.failed > 0 && t.Agg != AggregateErrorRate {
		f.Explain = fmt.Sprintf("%s failed in that phase or never started, and count as slower than all others", phrase.Count(worst.failed, t.Metric.things()))
	}
	if t.Agg == AggregateP && worst.n < t.Needs() {
		f.Note = phrase.Join(f.Note, fmt.Sprintf("only %s (%d are needed): the slowest is used for p(%g)", phrase.Count(worst.n, "sample"), t.Needs(), t.Quantile*100))
	}
	t.excuseGenerator(&f, generator.Of(e), e)
	return f
}

// evaluate judges one set of samples; false where it has none. Where it depends on
// where the unidentified sessions belong, nothing is proven.
func (t Threshold) evaluate(s samples) (evaluation, bool) {
	ev := evaluation{samples: s}
	ev.measurement, ev.n = t.measure(s, 0)
	switch {
	case ev.n == 0 && (s.value == "" || s.sessions == 0):
		return evaluation{}, false
	case ev.n == 0 && t.Agg.timed():
		return ev, true
	case !t.holds(ev.measurement):
		ev.status = scenarios.StatusFail
	default:
		ev.status = scenarios.StatusPass
	}
	if s.unidentified > 0 {
		if v, _ := t.measure(s, s.unidentified); t.holds(v) != t.holds(ev.measurement) {
			ev.status, ev.why = scenarios.StatusInconclusive, t.doubt(s.unidentified)
		}
	}
	return ev, true
}

// doubt says which sessions decide.
func (t Threshold) doubt(lost int) string {
	what := fmt.Sprintf("%s that failed may count here", phrase.Count(lost, "session"))
	if t.Metric.fromDue() {
		what = fmt.Sprintf("%s that failed or never started may count here", phrase.Count(lost, "session"))
	}
	return what + "; the result depends on which"
}

// before reports whether a is to be reported rather than b: it failed, or it is in
// doubt where b holds, or it is further off.
func (t Threshold) before(a, b evaluation) bool {
	rank := map[scenarios.Status]int{scenarios.StatusFail: 0, scenarios.StatusInconclusive: 1, scenarios.StatusPass: 2}
	if a.status != b.status {
		return rank[a.status] < rank[b.status]
	}
	return t.worse(a.v, b.v)
}

// sentence is "p(99) of session.open over 40 sessions is 41ms".
func (t Threshold) sentence(ev evaluation, of int) string {
	where, among := "", ""
	if ev.value != "" {
		where = " on " + ev.value
	}
	if of > 1 {
		among = fmt.Sprintf(", the worst of %s", phrase.Count(of, t.Metric.Tag))
	}
	return fmt.Sprintf("%s%s over %s is %s%s", t.name(), where, phrase.Count(ev.n, t.Metric.things()), t.format(ev.v), among)
}

// excuseGenerator takes back a failure that is not the service's alone: of a lag, and of
// anything but errors where the generator did not keep up.
func (t Threshold) excuseGenerator(f *scenarios.Finding, g generator.Generator, e scenarios.Measured) {
	switch {
	case f.Status != scenarios.StatusFail:
	case t.Metric.Name == lagMetric:
		f.Status = scenarios.StatusInconclusive
		f.Note = phrase.Join(f.Note, t.explainLag(e))
	case t.Agg != AggregateErrorRate && g.Behind():
		f.Status = scenarios.StatusInconclusive
		f.Note = phrase.Join(f.Note, "The generator did not keep up (see load.lag), so the service is not the only cause")
	}
}

// explainLag distinguishes the generator's lag from the service's: does what the generator
// owes break the limit without the rest?
func (t Threshold) explainLag(e scenarios.Measured) string {
	owed, _ := t.measure(samples{times: e.Load.Owed, finished: e.Load.Owed.Count()}, 0)
	if t.holds(owed) {
		return fmt.Sprintf("The generator caused only %s of it: sessions waited for a free slot, because the service was slow or load.concurrency (%d) is too low",
			t.format(owed.v), e.Scenario.Load.Concurrency)
	}
	what, _ := generator.Of(e).Cause()
	return fmt.Sprintf("The generator caused %s of it: %s", t.format(owed.v), what)
}

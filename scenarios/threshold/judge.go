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
	v      float64 // with every lost session elsewhere
	n      int     // samples that it rests on
	status scenarios.Status
	why    string // it is inconclusive
}

// judge measures one threshold. By tag every value that was seen must hold, and
// the worst of them is told.
func (t Threshold) judge(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.ThresholdPrefix + t.String()}
	if t.unrecorded(e) {
		f.Message = fmt.Sprintf("the run did not record %s: only one that has the threshold in its scenario does", t.Metric)
		return f
	}
	var worst evaluation
	seen, total := 0, 0
	for _, s := range t.Metric.samples(e) {
		h, ok := t.evaluate(s)
		if !ok {
			continue
		}
		if seen == 0 || t.before(h, worst) {
			worst = h
		}
		seen, total = seen+1, total+h.n
	}
	if seen == 0 || total == 0 && t.Agg.timed() {
		f.Status, f.Message = scenarios.Fail, fmt.Sprintf("no session has %s: no data is no pass", t.Metric)
		return f
	}
	f.Status, f.Note, f.Subject = worst.status, worst.why, worst.value
	if worst.n == 0 && t.Agg.timed() {
		f.Message = fmt.Sprintf("of %s no %s was recorded, though it had %s: no data is no pass", worst.value, t.Metric.Name, phrase.Count(worst.sessions, "session"))
		return f
	}
	f.Observed, f.Limit = t.unit(worst.v), t.unit(t.Limit)
	f.Message = t.sentence(worst, seen)
	if worst.failed > 0 && t.Agg != ErrorRate {
		f.Explain = fmt.Sprintf("%s failed there, or never started, and stand behind all that finished", phrase.Count(worst.failed, t.Metric.things()))
	}
	if t.Agg == P && worst.n < t.Needs() {
		f.Note = phrase.Join(f.Note, fmt.Sprintf("%s stand for %d: the slowest is taken for p(%g)", phrase.Count(worst.n, "sample"), t.Needs(), t.Quantile*100))
	}
	t.blameGenerator(&f, generator.Of(e), e)
	return f
}

// evaluate judges one set of samples; false where it has none. Where it depends on
// whose the lost sessions were, nothing is proven.
func (t Threshold) evaluate(s samples) (evaluation, bool) {
	h := evaluation{samples: s}
	h.v, h.n = t.measure(s, 0)
	switch {
	case h.n == 0 && (s.value == "" || s.sessions == 0):
		return evaluation{}, false
	case h.n == 0 && t.Agg.timed():
		return h, true
	case !t.holds(h.v):
		h.status = scenarios.Fail
	default:
		h.status = scenarios.Pass
	}
	if s.unattributed > 0 {
		if v, _ := t.measure(s, s.unattributed); t.holds(v) != t.holds(h.v) {
			h.status, h.why = scenarios.Inconclusive, t.doubt(s.unattributed)
		}
	}
	return h, true
}

// doubt says which sessions decide.
func (t Threshold) doubt(lost int) string {
	what := fmt.Sprintf("%s that failed may belong here", phrase.Count(lost, "session"))
	if t.Metric.fromDue() {
		what = fmt.Sprintf("%s that failed or never started may belong here", phrase.Count(lost, "session"))
	}
	return what + ", and whose they were decides"
}

// before reports whether a is to be told rather than b: it failed, or it is in
// doubt where b holds, or it is further off.
func (t Threshold) before(a, b evaluation) bool {
	rank := map[scenarios.Status]int{scenarios.Fail: 0, scenarios.Inconclusive: 1, scenarios.Pass: 2}
	if a.status != b.status {
		return rank[a.status] < rank[b.status]
	}
	return t.worse(a.v, b.v)
}

// sentence is "p(99) of session.open over 40 sessions is 41ms".
func (t Threshold) sentence(h evaluation, of int) string {
	where, among := "", ""
	if h.value != "" {
		where = " on " + h.value
	}
	if of > 1 {
		among = fmt.Sprintf(", the worst of %s", phrase.Count(of, t.Metric.Tag))
	}
	return fmt.Sprintf("%s%s over %s is %s%s", t.name(), where, phrase.Count(h.n, t.Metric.things()), t.format(h.v), among)
}

// blameGenerator takes back a failure that is not the service's alone: of a lag, and of
// anything but errors where the generator did not keep up.
func (t Threshold) blameGenerator(f *scenarios.Finding, p generator.Generator, e scenarios.Measured) {
	switch {
	case f.Status != scenarios.Fail:
	case t.Metric.Name == lagMetric:
		f.Status = scenarios.Inconclusive
		f.Note = phrase.Join(f.Note, t.explainLag(e))
	case t.Agg != ErrorRate && p.Behind():
		f.Status = scenarios.Inconclusive
		f.Note = phrase.Join(f.Note, "The generator did not keep up (load.lag), so this is not the service's alone")
	}
}

// explainLag tells the generator's lag from the service's: does what the generator
// owes break the limit without the rest?
func (t Threshold) explainLag(e scenarios.Measured) string {
	owed, _ := t.measure(samples{times: e.Load.Owed, finished: e.Load.Owed.Count()}, 0)
	if t.holds(owed) {
		return fmt.Sprintf("It is not the generator's, which owes %s of it: sessions waited for those before them, since the service was slow or load.concurrency, %d, is too low",
			t.format(owed), e.Scenario.Load.Concurrency)
	}
	what, _ := generator.Of(e).Cause()
	return fmt.Sprintf("It is the generator's, which owes %s of it: %s", t.format(owed), what)
}

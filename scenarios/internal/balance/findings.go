package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// findingWriter words the outcome of a cascade as findings.
type findingWriter struct {
	cascade
	batch.CoordinatorSet
	errors int // failed sessions of all looks
}

// findings are the five of balance, in the order of the rule.
func (w findingWriter) findings(unexpected []scenarios.Finding) []scenarios.Finding {
	out := []scenarios.Finding{w.order(), w.reach()}
	out = append(out, w.coverage()...)
	out = append(out, unexpected...)
	return append(out, w.imbalance())
}

// outcome is what the looks together say of one rule.
func (w findingWriter) outcome(q rule) scenarios.Status {
	n, of := w.alarms(q)
	judged := w.judged(q)
	switch {
	case n > 1:
		return scenarios.StatusFail
	case n == 1 && (of < 3 || w.fresh[of-2].cut):
		return scenarios.StatusInconclusive
	case n == 1:
		return scenarios.StatusPass
	case judged.state[q] == doubtful:
		return scenarios.StatusInconclusive
	case judged.state[q] == notJudged:
		return scenarios.StatusSkipped
	case judged.cut || w.next.Kind == scenarios.LookExtend && q == imbalanceRule:
		return scenarios.StatusInconclusive
	}
	return scenarios.StatusPass
}

// judged is the first look in which the rule was judged; the first of all where none was.
func (w findingWriter) judged(q rule) lookStats {
	for _, r := range append([]lookStats{w.first}, w.fresh...) {
		if r.state[q] != notJudged {
			return r
		}
	}
	return w.first
}

// start starts a finding of one rule: its status, and what every rule says
// alike where it alarmed once, was in doubt, or was cut short.
func (w findingWriter) start(q rule) (scenarios.Finding, bool) {
	n, _ := w.alarms(q)
	f := scenarios.Finding{ID: ruleIDs[q], Status: w.outcome(q), Confirmed: n > 1}
	l := w.judged(q)
	switch {
	case n == 1 && f.Status == scenarios.StatusPass:
		f.Note = "One of three looks alarmed; the two others did not"
	case f.Status == scenarios.StatusInconclusive && n == 1:
		f.Note = w.missingLook()
	case f.Status == scenarios.StatusInconclusive && l.state[q] == doubtful:
		f.Message = w.unidentified(l)
		return f, true
	case f.Status == scenarios.StatusInconclusive && l.cut:
		f.Message = fmt.Sprintf("the run ended after %d of %s, which are too few", l.n(), phrase.Count(l.planned, "session"))
		return f, true
	}
	return f, false
}

// missingLook says what an alarm still lacks.
func (w findingWriter) missingLook() string {
	if w.next.Sessions > 0 {
		return waitsFor(w.next)
	}
	if w.failed() {
		return "Another finding failed first, so no further look was taken to confirm it"
	}
	return "No further look was possible to confirm it"
}

// waitsFor says which look a finding waits for.
func waitsFor(a scenarios.NextLook) string {
	switch a.Kind {
	case scenarios.LookFirst:
		return fmt.Sprintf("%s; %s more are needed", a.Why, phrase.Count(a.Sessions, "session"))
	case scenarios.LookExtend:
		return fmt.Sprintf("%s; a longer look of %s is needed", a.Why, phrase.Count(a.Sessions, "session"))
	case scenarios.LookThird:
		return fmt.Sprintf("Two looks disagree; a third one of %s is needed", phrase.Count(a.Sessions, "session"))
	}
	return fmt.Sprintf("A fresh look of %s is needed to confirm it", phrase.Count(a.Sessions, "session"))
}

// unidentified names the unseen and the sessions that might have been theirs.
func (w findingWriter) unidentified(l lookStats) string {
	they := "they"
	if l.allUnidentified == 1 {
		they = "it"
	}
	lost := fmt.Sprintf("%s failed before %s identified a coordinator", phrase.Count(l.allUnidentified, "session"), they)
	if never := w.namesAbsent(l); never != "" {
		return "never seen: " + never + ", and " + lost
	}
	return lost + "; the result depends on which coordinators they hit"
}

// namesAbsent names the slots without a session in a look; "" where there are none.
func (w findingWriter) namesAbsent(l lookStats) string {
	var names []string
	blank := 0
	for i, n := range l.all {
		switch {
		case n > 0:
		case w.Slots[i].Name == "":
			blank++
		default:
			names = append(names, w.Slots[i].Name)
		}
	}
	if blank > 0 {
		names = append(names, fmt.Sprintf("%d of %d", blank, len(w.Slots)))
	}
	if len(names) == 0 {
		return ""
	}
	return phrase.List(names)
}

package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// findingWriter puts the course of a run into findings.
type findingWriter struct {
	cascade
	batch.CoordinatorSet
	errors int // failed sessions of all looks
}

// findings are the five of balance, in the order of the rule.
func (v findingWriter) findings(unexpected []scenarios.Finding) []scenarios.Finding {
	out := []scenarios.Finding{v.order(), v.reach()}
	out = append(out, v.coverage()...)
	out = append(out, unexpected...)
	return append(out, v.imbalance())
}

// outcome is what the looks together say of one rule.
func (v findingWriter) outcome(q rule) scenarios.Status {
	n, of := v.alarms(q)
	judged := v.judged(q)
	switch {
	case n > 1:
		return scenarios.Fail
	case n == 1 && (of < 3 || v.fresh[of-2].cut):
		return scenarios.Inconclusive
	case n == 1:
		return scenarios.Pass
	case judged.state[q] == doubtful:
		return scenarios.Inconclusive
	case judged.state[q] == idle:
		return scenarios.Skipped
	case judged.cut || v.next.Kind == scenarios.Extend && q == imbalanceRule:
		return scenarios.Inconclusive
	}
	return scenarios.Pass
}

// judged is the first reading in which the rule was judged; the base where none was.
func (v findingWriter) judged(q rule) lookStats {
	for _, r := range append([]lookStats{v.first}, v.fresh...) {
		if r.state[q] != idle {
			return r
		}
	}
	return v.first
}

// start starts a finding of one rule: its status, and what every rule says
// alike where it alarmed once, was in doubt, or was cut short.
func (v findingWriter) start(q rule) (scenarios.Finding, bool) {
	n, _ := v.alarms(q)
	f := scenarios.Finding{ID: ruleIDs[q], Status: v.outcome(q), Confirmed: n > 1}
	o := v.judged(q)
	switch {
	case n == 1 && f.Status == scenarios.Pass:
		f.Note = "One of three looks alarmed; the two others did not"
	case f.Status == scenarios.Inconclusive && n == 1:
		f.Note = v.missingLook()
	case f.Status == scenarios.Inconclusive && o.state[q] == doubtful:
		f.Message = v.unattributed(o)
		return f, true
	case f.Status == scenarios.Inconclusive && o.cut:
		f.Message = fmt.Sprintf("the run ended after %d of %s, which is too few to say", o.n(), phrase.Count(o.planned, "session"))
		return f, true
	}
	return f, false
}

// missingLook says what an alarm still lacks.
func (v findingWriter) missingLook() string {
	if v.next.Sessions > 0 {
		return waitsFor(v.next)
	}
	if v.failed() {
		return "Something else failed first, so no further look was taken to confirm it"
	}
	return "No further look could be had to confirm it"
}

// waitsFor says which look a finding waits for.
func waitsFor(a scenarios.NextLook) string {
	switch a.Kind {
	case scenarios.First:
		return fmt.Sprintf("%s; it waits for %s more", a.Why, phrase.Count(a.Sessions, "session"))
	case scenarios.Extend:
		return fmt.Sprintf("%s; it waits for a longer look of %s", a.Why, phrase.Count(a.Sessions, "session"))
	case scenarios.Third:
		return fmt.Sprintf("Two looks disagree; it waits for a third one of %s", phrase.Count(a.Sessions, "session"))
	}
	return fmt.Sprintf("It waits for a fresh look of %s to say the same", phrase.Count(a.Sessions, "session"))
}

// unattributed names the unseen and the sessions that might have been theirs.
func (v findingWriter) unattributed(o lookStats) string {
	they := "they"
	if o.allUnattributed == 1 {
		they = "it"
	}
	lost := fmt.Sprintf("%s failed before %s said who answered", phrase.Count(o.allUnattributed, "session"), they)
	if never := v.namesAbsent(o); never != "" {
		return "never seen: " + never + ", and " + lost
	}
	return lost + ", and whose they were decides"
}

// namesAbsent names the seats without a session in a look; "" where there are none.
func (v findingWriter) namesAbsent(o lookStats) string {
	var names []string
	blank := 0
	for i, n := range o.all {
		switch {
		case n > 0:
		case v.Slots[i].Name == "":
			blank++
		default:
			names = append(names, v.Slots[i].Name)
		}
	}
	if blank > 0 {
		names = append(names, fmt.Sprintf("%d of %d", blank, len(v.Slots)))
	}
	if len(names) == 0 {
		return ""
	}
	return phrase.List(names)
}

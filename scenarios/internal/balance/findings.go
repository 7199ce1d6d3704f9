package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// findingWriter words the verdicts as findings.
type findingWriter struct {
	verdicts
	batch.CoordinatorSet
	scenario scenarios.Scenario
	errors   int // failed sessions of all looks
}

// findings are the five of balance, in the order of the rule.
func (w findingWriter) findings(unexpected []scenarios.Finding) []scenarios.Finding {
	out := []scenarios.Finding{w.order(), w.reach()}
	out = append(out, w.coverage()...)
	out = append(out, unexpected...)
	return append(out, w.imbalance())
}

var statusOf = map[outcome]scenarios.Status{
	unasked: scenarios.StatusSkipped, open: scenarios.StatusInconclusive, unsure: scenarios.StatusInconclusive,
	passed: scenarios.StatusPass, withdrawn: scenarios.StatusPass, failed: scenarios.StatusFail,
}

// start begins the finding of one rule with what every rule says alike. It returns
// the look to speak of: that of the last alarm where one stands, else the last one
// that was quiet, in doubt or not asked. told says that there is no more to say.
func (w findingWriter) start(q rule) (f scenarios.Finding, l lookStats, told bool) {
	t := w.tracks[q]
	f = scenarios.Finding{ID: ruleIDs[q], Status: statusOf[t.outcome], Confirmed: t.outcome == failed}
	switch {
	case len(t.alarms) > 0:
		l = w.looks[t.alarms[len(t.alarms)-1]]
		if t.outcome == open {
			f.Note = w.missingLook()
		}
	case t.outcome == passed || t.outcome == withdrawn:
		l, _ = w.verdicts.last(q, quiet)
		if t.outcome == withdrawn {
			f.Note = "One look alarmed, and two looks after it did not"
		}
	default:
		l, f.Message = w.unanswered(q)
		told = f.Message != ""
		if t.outcome == open && told {
			f.Note = w.missingLook()
		}
	}
	return f, l, told
}

// unanswered is the last look in which a rule was in doubt, else the last one that
// did not ask it, and why.
func (w findingWriter) unanswered(q rule) (lookStats, string) {
	for _, s := range []state{doubt, idle, skipped} {
		if l, ok := w.verdicts.last(q, s); ok {
			return l, l.answers[q].why
		}
	}
	return w.looks[0], ""
}

// missingLook says what an open finding still lacks.
func (w findingWriter) missingLook() string {
	switch {
	case w.next.Sessions > 0:
		return waitsFor(w.next) + w.ifIdentified()
	case w.decided():
		return "Another finding decided the run first, so no further look was taken"
	case w.whole:
		return "No further look is possible in a run of this kind"
	case len(w.looks) >= budget.MaxLooks:
		return fmt.Sprintf("%d looks did not decide it", len(w.looks))
	}
	return "No further look was possible"
}

// ifIdentified is the condition of a further look where sessions of the last one
// named no coordinator: while they fail, no number of them decides.
func (w findingWriter) ifIdentified() string {
	if w.looks[len(w.looks)-1].allUnidentified() == 0 {
		return ""
	}
	return " if each of them named its coordinator"
}

// decided reports whether some rule has its last word that is no pass.
func (w findingWriter) decided() bool {
	for _, t := range w.tracks {
		if t.outcome == failed || t.outcome == unsure {
			return true
		}
	}
	return false
}

// waitsFor says which look a finding waits for.
func waitsFor(a scenarios.NextLook) string {
	switch a.Kind {
	case scenarios.LookFirst:
		return fmt.Sprintf("%s; %s more would tell", a.Why, phrase.Count(a.Sessions, "session"))
	case scenarios.LookExtend:
		return fmt.Sprintf("A longer look of %s would decide it", phrase.Count(a.Sessions, "session"))
	}
	return fmt.Sprintf("A further look of %s would decide it", phrase.Count(a.Sessions, "session"))
}

// dependsOnUnidentified says what kept a look from deciding.
func (l *lookStats) dependsOnUnidentified() string {
	n := l.allUnidentified()
	return fmt.Sprintf("%s named no coordinator; the result depends on which coordinators they hit", phrase.Count(n, "session"))
}

// namesAbsent names the slots without a session in any look; "" where there are none.
func (w findingWriter) namesAbsent(slots []int) string {
	var names []string
	blank := 0
	for _, i := range slots {
		if w.Slots[i].Name == "" {
			blank++
		} else {
			names = append(names, w.Slots[i].Name)
		}
	}
	if blank > 0 {
		names = append(names, fmt.Sprintf("%d of %d", blank, len(w.Slots)))
	}
	return phrase.List(names)
}

// pooled are the sessions of all looks by slot, the bursts left out.
func (w findingWriter) pooled() []int { return w.addUp(func(l lookStats) []int { return l.counts }) }

// pooledAll is the same with the bursts.
func (w findingWriter) pooledAll() []int { return w.addUp(func(l lookStats) []int { return l.all }) }

func (w findingWriter) addUp(of func(lookStats) []int) []int {
	sum := make([]int, len(w.Slots))
	for _, l := range w.looks {
		addTo(sum, of(l))
	}
	return sum
}

// total counts the sessions of all looks that named a coordinator, or did not but on
// a node where others did.
func (w findingWriter) total() int {
	n := 0
	for _, l := range w.looks {
		n += l.sessions()
	}
	return n
}

// inLooks writes " in 2 looks"; "" of one.
func (w findingWriter) inLooks() string {
	if len(w.looks) < 2 || w.whole {
		return ""
	}
	return fmt.Sprintf(" in %d looks", len(w.looks))
}

// nameOf is the name of a slot.
func (w findingWriter) nameOf(slot int) string {
	if w.Slots[slot].Name == "" {
		return "a coordinator that was never seen"
	}
	return w.Slots[slot].Name
}

// namesOf names slots and undeclared coordinators.
func (w findingWriter) namesOf(values []int) string {
	var names []string
	for _, v := range values {
		if v < len(w.Slots) {
			names = append(names, w.nameOf(v))
		} else {
			names = append(names, w.Undeclared[v-len(w.Slots)])
		}
	}
	return phrase.List(names)
}

// otherPolicy is what to set where the policy was not declared, and another one
// than chance would explain what was seen.
func (l lookStats) otherPolicy() scenarios.Fixes {
	if !l.policyUndeclared() {
		return nil
	}
	return phrase.Set("expect.balance.policy", "", "declare the policy, if it is leastconn or source")
}

// seenIn counts the slots with sessions.
func seenIn(counts []int) int {
	n := 0
	for _, c := range counts {
		if c > 0 {
			n++
		}
	}
	return n
}

// hidden is the chance that one more coordinator with an equal share stayed unseen.
func hidden(k, sessions int) float64 {
	return stats.MissProbability(1/(float64(k)+1), float64(sessions))
}

package balance

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// outcome is what all looks together say of one rule.
type outcome int

const (
	unasked   outcome = iota // no look could ask it
	open                     // it waits for a further look
	passed                   // quiet once, and no alarm stands
	withdrawn                // an alarm that two later looks did not share
	unsure                   // two alarms of the order, of which a healthy balancer may be the cause
	failed                   // two alarms
)

// track is one rule on its way through the looks.
type track struct {
	outcome    outcome
	alarms     []int // looks whose alarms stand
	raised     []int // those, and looks whose alarms are not like an earlier one
	quietSince int   // quiet looks after the first of them
	quiet      bool  // some look was
	unsettled  bool  // the last one has an alarm that is doubtful
	pending    bool  // some look was in doubt or idle
	hopeless   bool  // and no further look as short can be anything else
	withdrawn  bool
}

// verdicts are all looks as every rule reads them.
type verdicts struct {
	looks  []lookStats
	tracks [numRules]track
	whole  bool // parts of one look, and none can follow
	near   bool // further looks are three times as long
	next   scenarios.NextLook
}

// assessLooks asks every look every rule, and which look is missing.
func assessLooks(cs batch.CoordinatorSet, looks []batch.Look, t terms) verdicts {
	var v verdicts
	if looks[0].Kind == scenarios.LookWhole {
		v.whole = true
		for _, s := range partsOf(sampleOf(cs, looks[0]), cs.Shares(), t) {
			v.looks = append(v.looks, assess(cs, s.sample, s.terms))
		}
		v.follow()
		return v
	}
	for _, l := range looks {
		by := t
		if l.Planned >= budget.Extension*looks[0].Planned {
			by.alpha /= 2
		}
		v.looks = append(v.looks, assess(cs, sampleOf(cs, l), by))
	}
	v.follow()
	if !looks[len(looks)-1].Final() {
		v.ask(looks[0].Planned, len(looks))
	}
	return v
}

// follow takes every rule through the looks.
func (v *verdicts) follow() {
	v.tracks = [numRules]track{}
	for i := range v.looks {
		for q := range numRules {
			v.step(q, i)
		}
		v.near = v.near || v.looks[i].answers[reachRule].near || v.looks[i].answers[imbalanceRule].near
	}
	for q := range numRules {
		v.tracks[q].conclude(v.whole)
	}
	if t := &v.tracks[orderRule]; t.outcome == failed && v.looks[0].policyUndeclared() {
		t.outcome = unsure
	}
}

// step is one rule at one look.
func (v *verdicts) step(q rule, look int) {
	t, a := &v.tracks[q], &v.looks[look].answers[q]
	if a.state == alarm {
		v.compare(q, t.raised, &v.looks[look])
		t.raised = append(t.raised, look)
	}
	t.unsettled = a.state == doubt && len(a.marks) > 0
	switch a.state {
	case alarm:
		t.alarms, t.quietSince = append(t.alarms, look), 0
	case quiet:
		t.quiet = true
		t.quietSince++
		if len(t.alarms) == 1 && t.quietSince == 2 {
			t.alarms, t.raised, t.withdrawn = nil, nil, true
		}
	case doubt, idle:
		t.pending, t.hopeless = true, a.final
	}
}

// compare takes a further alarm for doubt where it is about what none of the earlier
// ones was, or where another balancer's shares explain them. It need not be like the
// first: a coordinator that died within that look has sessions there, and none later.
func (v *verdicts) compare(q rule, earlier []int, l *lookStats) {
	a := &l.answers[q]
	why := ""
	for _, look := range earlier {
		switch e := v.looks[look]; {
		case !a.agrees(e.answers[q]):
			why = "two looks alarmed, but about different coordinators"
		case q != orderRule && l.policyUndeclared() && movedBetween(e, *l, q == reachRule):
			why = sharesMove
		default:
			return
		}
	}
	if why != "" {
		a.state, a.why = doubt, why
	}
}

// conclude says what a rule came to. In a run in which no look can follow, an alarm of
// the last part stays open also where it is doubtful.
func (t *track) conclude(whole bool) {
	switch {
	case len(t.alarms) > 1:
		t.outcome = failed
	case len(t.alarms) == 1:
		t.outcome = open
	case whole && t.unsettled:
		t.outcome = open
	case t.withdrawn:
		t.outcome = withdrawn
	case t.quiet:
		t.outcome = passed
	case t.pending:
		t.outcome = open
	}
}

// ask says which look is missing after so many, of which the first had n sessions:
// none where the run is decided, or cannot be.
func (v *verdicts) ask(n, taken int) {
	wanted := ""
	for q := range numRules {
		switch t := v.tracks[q]; t.outcome {
		case failed, unsure:
			return
		case open:
			if wanted == "" && !t.hopeless {
				wanted = v.wants(q)
			}
		}
	}
	if wanted == "" || taken >= budget.MaxLooks {
		return
	}
	v.next = scenarios.NextLook{Kind: scenarios.LookConfirm, Sessions: n, Why: wanted}
	if v.near {
		v.next.Kind, v.next.Sessions = scenarios.LookExtend, budget.Extension*n
	}
}

// wants says why a rule needs a look.
func (v *verdicts) wants(q rule) string {
	switch last := v.looks[len(v.looks)-1].answers[q]; {
	case len(v.tracks[q].alarms) > 0 && last.state != alarm:
		return fmt.Sprintf("looks disagree on %s", ruleIDs[q])
	case last.state == alarm:
		return ruleIDs[q] + " alarmed"
	case last.near:
		return ruleIDs[q] + " is near its limit"
	}
	return ruleIDs[q] + " is in doubt"
}

// last is the latest look in which a rule has a state; false where none has.
func (v verdicts) last(q rule, s state) (lookStats, bool) {
	for i := len(v.looks) - 1; i >= 0; i-- {
		if v.looks[i].answers[q].state == s {
			return v.looks[i], true
		}
	}
	return lookStats{}, false
}

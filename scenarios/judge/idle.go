package judge

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// idleJudge asks whether idle connections live as long as they must, and are
// not cut silently.
func idleJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	f := scenarios.Finding{ID: scenarios.IdleCut}
	l := ladderOf(e)
	if len(l.alive)+len(l.dead) == 0 {
		f.Status, f.Message = batch.NoSession(batch.Refusals(e))
		if len(l.unknown) > 0 && f.Status == scenarios.StatusInconclusive {
			f.Message, f.Explain = "no idle session has an outcome", l.explain()
		}
		return []scenarios.Finding{f}, scenarios.NextLook{}
	}
	f.Status, f.Message = l.verdict()
	f.Observed, f.Limit, f.Explain = phrase.Num(float64(l.longest())), phrase.Num(float64(l.need)), l.explain()
	if l.scale != 1 {
		f.Note = fmt.Sprintf("All times are those of the scenario multiplied by %g", l.scale)
	}
	if len(l.dead) > 0 {
		f.Observed = phrase.Num(float64(l.decidingStep().knownDead()))
		if f.Status != scenarios.StatusPass {
			f.Fix = l.fix()
		}
	}
	return []scenarios.Finding{f}, scenarios.NextLook{}
}

// idleLadder is a ladder as the judge reads it. Times are those really waited.
type idleLadder struct {
	scale   float64
	http    bool              // between requests over HTTP
	need    scenarios.Seconds // how long a connection must live
	last    scenarios.Seconds // the longest step
	alive   []idleStep        // by how long they were idle, as the next two
	dead    []idleStep
	unknown []idleStep
	missing int // steps of which nothing is known at all
}

// idleStep is one step, and what the others say of it.
type idleStep struct {
	scenarios.IdleStep
	aliveFor scenarios.Seconds // it was alive so long for certain: a shorter step was
}

// knownDead is when the connection is known to have been dead.
func (s idleStep) knownDead() scenarios.Seconds { return cmp.Or(s.At, s.After) }

// ladderOf reads the ladder.
func ladderOf(e scenarios.Measured) idleLadder {
	c := e.Scenario.Idle
	l := idleLadder{scale: cmp.Or(c.Scale, 1), http: e.Scenario.Target.Protocol == scenarios.ProtocolHS2HTTP, missing: len(c.Steps)}
	var steps []scenarios.IdleStep
	if e.Idle != nil {
		steps = slices.Clone(e.Idle.Steps)
	}
	slices.SortStableFunc(steps, func(a, b scenarios.IdleStep) int { return cmp.Compare(a.After, b.After) })
	l.missing = max(0, l.missing-len(steps))
	for _, d := range c.Steps {
		l.last = max(l.last, inSeconds(c.Scaled(d)))
	}
	for _, s := range steps {
		l.last = max(l.last, s.After)
		switch s.Outcome {
		case scenarios.OutcomeOK:
			l.alive = append(l.alive, idleStep{IdleStep: s})
		case scenarios.OutcomeFailed:
			l.dead = append(l.dead, idleStep{IdleStep: s})
		default:
			l.unknown = append(l.unknown, idleStep{IdleStep: s})
		}
	}
	for i := range l.dead {
		l.dead[i].aliveFor = l.aliveBefore(l.dead[i])
	}
	l.need = cmp.Or(inSeconds(c.Scaled(e.Scenario.Expect.MinIdle)), l.last)
	return l
}

func inSeconds(d scenarios.Duration) scenarios.Seconds { return scenarios.SecondsOf(time.Duration(d)) }

// aliveBefore is the longest step that was alive and shorter than a dead one:
// where nodes differ, over the same node.
func (l idleLadder) aliveBefore(dead idleStep) scenarios.Seconds {
	var longest scenarios.Seconds
	for _, s := range l.alive {
		if s.After < dead.After && (!l.contradictory() || s.Node == dead.Node) {
			longest = s.After
		}
	}
	return longest
}

// longest is the longest step that was alive; 0: none was.
func (l idleLadder) longest() scenarios.Seconds {
	if len(l.alive) == 0 {
		return 0
	}
	return l.alive[len(l.alive)-1].After
}

// contradictory reports whether a step was alive though a shorter one was dead.
func (l idleLadder) contradictory() bool {
	return len(l.dead) > 0 && l.longest() > l.dead[0].After
}

// unsteady finds a step that was alive though a shorter one over the same node
// was dead: no limit on idleness does that.
func (l idleLadder) unsteady() (dead, alive idleStep, found bool) {
	for _, d := range l.dead {
		for _, a := range l.alive {
			if a.After > d.After && a.Node == d.Node {
				return d, a, true
			}
		}
	}
	return idleStep{}, idleStep{}, false
}

// decidingStep is the dead step to speak of: the first that died too soon, was cut in
// silence, or may have died too soon, in this order; else the first.
func (l idleLadder) decidingStep() idleStep {
	for _, is := range []func(idleStep) bool{l.tooSoon, silent, l.maybeTooSoon} {
		if i := slices.IndexFunc(l.dead, is); i >= 0 {
			return l.dead[i]
		}
	}
	return l.dead[0]
}

// tooSoon reports whether a connection was dead when it still had to live.
func (l idleLadder) tooSoon(s idleStep) bool { return s.knownDead() <= l.need }

// maybeTooSoon reports whether it may have been: it was found dead after more
// than it had to live, and when it died was not seen.
func (l idleLadder) maybeTooSoon(s idleStep) bool {
	return s.At == 0 && s.After > l.need && s.aliveFor < l.need
}

func silent(s idleStep) bool { return s.Cut == scenarios.CutSilent }

// verdict is the rule itself, on a ladder of which some step is decided.
func (l idleLadder) verdict() (scenarios.Status, string) {
	if dead, alive, found := l.unsteady(); found {
		return scenarios.StatusInconclusive, fmt.Sprintf("inconsistent: one connection was dead after %s and another over the same node alive after %s, which no idle timeout explains",
			phrase.Seconds(dead.knownDead()), phrase.Seconds(alive.After))
	}
	switch undecided := len(l.unknown) + l.missing; {
	case slices.ContainsFunc(l.dead, l.tooSoon):
		return scenarios.StatusFail, fmt.Sprintf("%s; the required minimum is %s", l.describeCut(), phrase.Seconds(l.need))
	case slices.ContainsFunc(l.dead, silent):
		return scenarios.StatusFail, l.describeCut() + ": a client that sends again hangs until its own timeout"
	case slices.ContainsFunc(l.dead, l.maybeTooSoon):
		return scenarios.StatusInconclusive, fmt.Sprintf("%s; whether they lived for the required %s was not observed", l.describeCut(), phrase.Seconds(l.need))
	case undecided > 0:
		return scenarios.StatusInconclusive, fmt.Sprintf("%d of %s %s no outcome; %s", undecided, phrase.Count(undecided+len(l.alive)+len(l.dead), "step"), phrase.Agree(undecided, "has", "have"), l.describeCut())
	case len(l.dead) > 0:
		return scenarios.StatusPass, fmt.Sprintf("%s, after the required minimum of %s", l.describeCut(), phrase.Seconds(l.need))
	}
	return scenarios.StatusPass, l.describeCut()
}

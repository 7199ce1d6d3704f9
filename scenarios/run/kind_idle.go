package run

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
)

// idle opens a session for each step, lets all of them idle at the same time, each
// for the time of its step, and then pings it.
func (r *run) idle(ctx context.Context) {
	plan := r.s.Idle
	seen := &scenarios.IdleSeen{Scale: cmp.Or(plan.Scale, 1), Steps: make([]scenarios.IdleStep, len(plan.Steps))}
	r.collect.beginWhole(len(plan.Steps))
	begin := r.reserve(len(plan.Steps))
	var all sync.WaitGroup
	for i, d := range plan.Steps {
		after, step := time.Duration(plan.Scaled(d)), &seen.Steps[i]
		step.After = scenarios.SecondsOf(after)
		if l := r.openStep(ctx, i, begin, step); l != nil {
			all.Go(func() { r.idleStep(ctx, l, after, step) })
		}
	}
	if len(r.nodes.Dialable()) == 0 {
		r.stopWithoutNodes()
	}
	all.Wait()
	seen.Summarize()
	r.idleSeen = seen
	r.collect.endLook(r.stopped())
}

// openStep opens the session of a step; nil where it did not open.
func (r *run) openStep(ctx context.Context, i int, begin time.Duration, step *scenarios.IdleStep) *longSession {
	nodes := r.nodes.Dialable()
	if len(nodes) == 0 {
		return nil
	}
	l := r.openLong(ctx, job{node: nodes[i%len(nodes)], part: scenarios.PartHeld, due: begin + r.pacer.Due(i)})
	if l == nil {
		return nil
	}
	step.Node, step.Coordinator, step.Class, step.Text = l.o.Node, l.o.Who.Coordinator, l.o.Class, l.o.Text
	if l.s == nil {
		r.collect.event(Event{Kind: EventIdle, Text: stepLine(*step)})
		return nil
	}
	return l
}

// idleStep lets one session idle and records what became of it.
func (r *run) idleStep(ctx context.Context, l *longSession, after time.Duration, step *scenarios.IdleStep) {
	defer r.catch()
	defer r.closeLong(ctx, l)
	asked, err := l.waitAndPing(r.startCtx, after)
	at := r.since() - l.opened
	r.setOutcome(l, err)
	step.Outcome, step.Class, step.Text = l.o.Outcome, l.o.Class, l.o.Text
	if step.Outcome == scenarios.OutcomeFailed {
		step.Cut = record.CutOf(l.o.Class, asked)
		if !asked {
			step.At = scenarios.SecondsOf(at)
		}
	}
	r.collect.event(Event{Kind: EventIdle, Text: stepLine(*step)})
}

// stepLine is "55s: alive", "65s: cut after 60.0s, fin".
func stepLine(s scenarios.IdleStep) string {
	line := fmt.Sprintf("%gs: ", s.After)
	switch {
	case s.Outcome == scenarios.OutcomeOK:
		return line + "alive"
	case s.Outcome == scenarios.OutcomeUnknown && s.Class.IsZero():
		return line + "not known, the run ended"
	case s.Outcome == scenarios.OutcomeUnknown:
		return line + "never opened, " + s.Class.String()
	case s.At > 0:
		line += fmt.Sprintf("cut after %.1fs, %s", s.At, s.Cut)
	default:
		line += fmt.Sprintf("dead when asked, %s", s.Cut)
	}
	if s.Cut == scenarios.CutOther {
		line += " (" + s.Class.String() + ")"
	}
	return line
}

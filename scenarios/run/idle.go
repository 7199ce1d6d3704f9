package run

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// EventIdle says that a step of an idle ladder is decided.
const EventIdle EventKind = "idle"

// idle leaves a ladder of sessions alone, all at the same time, and then asks
// each for a sign of life.
func (r *run) idle(ctx context.Context) {
	ladder := r.s.Idle
	seen := &scenarios.IdleSeen{Scale: cmp.Or(ladder.Scale, 1), Steps: make([]scenarios.IdleStep, len(ladder.Steps))}
	r.collect.begin(judge.NextLook{Kind: scenarios.Whole, Sessions: len(ladder.Steps)}, 0)
	begin := r.row(len(ladder.Steps))
	var all sync.WaitGroup
	for i, d := range ladder.Steps {
		after, step := time.Duration(ladder.Scaled(d)), &seen.Steps[i]
		step.After = scenarios.SecondsOf(after)
		if k := r.rung(ctx, i, begin, step); k != nil {
			all.Go(func() { r.alone(ctx, k, after, step) })
		}
	}
	if len(r.nodes.left()) == 0 {
		r.noNodes()
	}
	all.Wait()
	seen.Summarize()
	r.idleSeen = seen
	r.collect.close(r.stopped())
}

// rung opens the session of a step; nil where there is none to leave alone.
func (r *run) rung(ctx context.Context, i int, begin time.Duration, step *scenarios.IdleStep) *stay {
	nodes := r.nodes.left()
	if len(nodes) == 0 {
		return nil
	}
	k := r.stay(ctx, job{node: nodes[i%len(nodes)], part: scenarios.Held, due: begin + r.pacer.Due(i), mute: true})
	if k == nil {
		return nil
	}
	step.Node, step.Coordinator, step.Class, step.Text = k.o.Node, k.o.Who.Coordinator, k.o.Class, k.o.Text
	if k.s == nil {
		r.collect.event(Event{Kind: EventIdle, Text: stepLine(*step)})
		return nil
	}
	return k
}

// alone waits with one session and says what became of it.
func (r *run) alone(ctx context.Context, k *stay, after time.Duration, step *scenarios.IdleStep) {
	defer r.catch()
	defer r.dismiss(ctx, k)
	asked, err := k.survive(r.starts, after)
	at := r.since() - k.opened
	r.decide(k, err)
	step.Outcome, step.Class, step.Text = k.o.Outcome, k.o.Class, k.o.Text
	if step.Outcome == scenarios.Failed {
		step.Cut = cutOf(k.o.Class, asked)
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
	case s.Outcome == scenarios.OK:
		return line + "alive"
	case s.Outcome == scenarios.Unknown && s.Class.IsZero():
		return line + "not known, the run ended"
	case s.Outcome == scenarios.Unknown:
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

package run

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// EventHeld says how many sessions are held: Done of Total, which is 0 where
// the run goes on until the service is full.
const EventHeld EventKind = "held"

// pagesWhileWaiting is how long reading pages may take while a login waits: it
// may keep everybody else from logging in.
const pagesWhileWaiting = 2 * time.Second

// capacity opens sessions and keeps them: as many as were asked for, which then
// stay for their time and are asked for a sign of life, or until one does not
// get in. Then all are closed, and those first for whose place another waits.
func (r *run) capacity(ctx context.Context) {
	k := newKeeper(r)
	r.collect.begin(judge.NextLook{Kind: scenarios.Whole, Sessions: k.plan}, 0)
	logins, giveUp := context.WithCancel(patient(ctx, time.Duration(r.s.Load.Timeout)+acceptTimeout))
	defer giveUp()
	reached := k.ramp(logins)
	switch jammed := k.settled(); {
	case reached:
		k.stay(ctx)
	case jammed:
		k.tell(fmt.Sprintf("a login has had no answer for %s: closing the %d sessions that are open", k.timeout, len(k.held)))
		soon, cancel := context.WithTimeout(ctx, pagesWhileWaiting)
		r.readPages(soon, scenarios.PageDuring)
		cancel()
	}
	k.closeAll(ctx)
	k.release(giveUp)
	r.capacitySeen = k.result()
	r.collect.close(ctx.Err() != nil || r.collect.over())
	if len(r.nodes.left()) == 0 {
		r.noNodes()
	}
}

// stay keeps the sessions for their time, and asks each for a sign of life.
func (k *keeper) stay(ctx context.Context) {
	from := k.since()
	k.readPages(ctx, scenarios.PageDuring)
	k.wait(ctx, from+time.Duration(k.s.Capacity.For))
	k.seen.For = scenarios.SecondsOf(k.since() - from)
	if ctx.Err() == nil {
		k.tell(fmt.Sprintf("asking %d sessions whether they are still there", len(k.held)))
		k.askAll(ctx)
	}
}

// result is what was seen, once everything has ended.
func (k *keeper) result() *scenarios.Capacity {
	out := k.seen
	out.Target, out.Held = k.s.Capacity.Hold, len(k.held)
	out.Holders = []scenarios.Holder{}
	for _, name := range slices.Sorted(maps.Keys(k.by)) {
		out.Holders = append(out.Holders, scenarios.Holder{Name: name, Held: k.by[name]})
	}
	return &out
}

// tell says how far the run is.
func (k *keeper) tell(text string) {
	k.collect.event(Event{Kind: EventHeld, Done: len(k.held), Total: k.s.Capacity.Hold, Text: text})
}

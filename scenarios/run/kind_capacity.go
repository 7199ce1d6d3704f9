package run

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// stalledPagesTimeout is how long reading pages may take while a login waits: it
// may keep everyone else from logging in.
const stalledPagesTimeout = 2 * time.Second

// acceptTimeout is how long Impala lets a connection wait for a service thread
// before it closes it: the flag accepted_client_cnxn_timeout, five minutes unless
// set (be/src/rpc/TAcceptQueueServer.cpp).
const acceptTimeout = 5 * time.Minute

// capacity opens sessions and keeps them: as many as were asked for, which then
// stay for their time and are pinged, or until one login fails or gets no answer.
// Then all are closed, and the login that waits last: it may get the place of one.
func (r *run) capacity(ctx context.Context) {
	h := newHolder(r)
	h.announce()
	logins, giveUp := context.WithCancel(withPhaseTimeout(ctx, time.Duration(r.s.Load.Timeout)+acceptTimeout))
	defer giveUp()
	reached := h.ramp(logins)
	switch stalled := h.waitForLogins(); {
	case reached:
		h.stay(ctx)
	case stalled:
		h.report(fmt.Sprintf("a login has had no answer for %s: closing %s", h.timeout, phrase.Count(len(h.held), "open session")))
		soon, cancel := context.WithTimeout(ctx, stalledPagesTimeout)
		r.readPages(soon, scenarios.PageDuring)
		cancel()
	}
	h.closeAll(ctx)
	h.endLogins(giveUp)
	r.capacitySeen = h.result()
	r.collect.endLook(ctx.Err() != nil || r.collect.stopped())
	if len(r.nodes.Dialable()) == 0 {
		r.stopWithoutNodes()
	}
}

// announce says how many sessions come.
func (h *holder) announce() {
	switch hold := h.wanted(); {
	case !h.s.Capacity.UntilFull:
		h.collect.beginWhole(hold)
	case hold > 0:
		h.collect.beginOpen(hold, fmt.Sprintf("sessions until one gets no answer, %d at most", hold))
	default:
		h.collect.beginOpen(h.plan, fmt.Sprintf("sessions until one gets no answer: %d by the threads that are known or assumed", h.plan))
	}
}

// stayReports is how often a stay reports how much of it is left, and stayReportsEvery
// how far apart reports are at least.
const (
	stayReports      = 10
	stayReportsEvery = 5 * time.Second
)

// manyHeld is from how many held sessions on the memory that opening them took is worth a
// collection: some 10 MB.
const manyHeld = 5000

// stay keeps the sessions for their time, and pings each. Processes that hold sessions
// are several to a machine, for minutes: the memory of the logins is given back first.
func (h *holder) stay(ctx context.Context) {
	if len(h.held) >= manyHeld {
		debug.FreeOSMemory()
	}
	from := h.since()
	h.readPages(ctx, scenarios.PageDuring)
	end := from + time.Duration(h.s.Capacity.For)
	for every := max(stayReportsEvery, (end-from)/stayReports); ; {
		left := end - h.since()
		if left <= 0 || ctx.Err() != nil {
			break
		}
		h.report(fmt.Sprintf("%s %s open for %s more", phrase.Count(len(h.held), "session"), phrase.Agree(len(h.held), "stays", "stay"), left.Round(time.Second)))
		h.wait(ctx, min(end, h.since()+every))
	}
	h.seen.For = scenarios.SecondsOf(h.since() - from)
	if ctx.Err() == nil {
		h.report(fmt.Sprintf("asking %s for a sign of life", phrase.Count(len(h.held), "held session")))
		h.pingAll(ctx)
	}
}

// result is what was seen, once everything has ended.
func (h *holder) result() *scenarios.Capacity {
	out := h.seen
	out.Target, out.Held = h.wanted(), len(h.held)
	out.Holders = []scenarios.Holder{}
	for _, name := range slices.Sorted(maps.Keys(h.by)) {
		out.Holders = append(out.Holders, scenarios.Holder{Name: name, Held: h.by[name]})
	}
	return &out
}

// report says how far the run is.
func (h *holder) report(text string) {
	h.collect.event(Event{Kind: EventHeld, Done: len(h.held), Total: h.wanted(), Text: text})
}

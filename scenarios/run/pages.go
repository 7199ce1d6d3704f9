package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// pagesTimeout is how long reading every coordinator's pages may take.
const pagesTimeout = 10 * time.Second

// readPages reads the pages of the declared coordinators, where the scenario
// and the caller want that, and returns them.
func (r *run) readPages(ctx context.Context, when scenarios.PageTime) []scenarios.Page {
	if !r.pagesWanted() || ctx.Err() != nil {
		return nil
	}
	names := r.s.Expect.Coordinators.Names
	at := scenarios.SecondsOf(r.since())
	ctx, cancel := context.WithTimeout(ctx, pagesTimeout)
	defer cancel()
	pages := r.opt.Pages(ctx, slices.Clone(names))
	read := 0
	for i := range pages {
		pages[i].When, pages[i].At = when, at
		if pages[i].Err == "" {
			read++
		}
	}
	r.pages = append(r.pages, pages...)
	r.collect.event(Event{
		Kind: EventPages, Done: read, Total: len(names),
		Text: fmt.Sprintf("%s: pages of %d of %s were read%s", when, read, phrase.Count(len(names), "coordinator"), busiest(pages)),
	})
	return pages
}

// pagesWanted reports whether pages are to be read at all.
func (r *run) pagesWanted() bool {
	return r.s.Target.WebPort > 0 && r.opt.Pages != nil && len(r.s.Expect.Coordinators.Names) > 0
}

// busiest says which coordinator has the most threads in use; "" where no page does.
func busiest(pages []scenarios.Page) string {
	var top *scenarios.Page
	for i, p := range pages {
		if p.InUse != nil && (top == nil || *p.InUse > *top.InUse) {
			top = &pages[i]
		}
	}
	switch {
	case top == nil:
		return ""
	case top.Threads == 0:
		return fmt.Sprintf("; the busiest is %s with %s in use", top.Coordinator, phrase.Count(*top.InUse, "thread"))
	}
	return fmt.Sprintf("; the busiest is %s with %d of %d threads in use", top.Coordinator, *top.InUse, top.Threads)
}

// pagesDuring reads the pages once in a run of looks: when half of the burst's
// time is over, so that its sessions are open.
func (r *run) pagesDuring(ctx context.Context, at time.Duration) {
	defer r.catch()
	already := slices.ContainsFunc(r.pages, func(p scenarios.Page) bool { return p.When == scenarios.PageDuring })
	if !already && r.pagesWanted() && r.wait(r.startCtx, at) {
		r.readPages(ctx, scenarios.PageDuring)
	}
}

// pagesAllow reads the pages before the first session and reports whether the
// coordinators have room for the run; where they have not, the run is stopped
// unless its owner has confirmed it.
func (r *run) pagesAllow(ctx context.Context) bool {
	pages := r.readPages(ctx, scenarios.PageBefore)
	for _, p := range pages {
		if text := unhealthyText(p); text != "" {
			r.collect.note(text)
		}
	}
	guard := limits.CheckRoom(r.s, pages)
	if guard == nil {
		return true
	}
	r.collect.stop(scenarios.Stop{
		By: scenarios.StopGuard, Class: vocab.Class{Phase: vocab.PhasePages, Kind: vocab.KindFull},
		Text: guard.Text(), Hint: scenarios.Fixes{guard.Fix()},
	})
	return false
}

// unhealthyText says what a coordinator's page shows to be wrong before anything was
// sent; "": nothing. A page that could not be read shows nothing.
func unhealthyText(p scenarios.Page) string {
	switch {
	case p.Quiescing:
		return p.Coordinator + " was being shut down before the run began: it takes no new sessions"
	case p.Healthy != nil && !*p.Healthy:
		return p.Coordinator + " said before the run began that it is not healthy"
	}
	return ""
}

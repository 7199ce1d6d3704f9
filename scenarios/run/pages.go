package run

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// EventPages says that coordinators' own pages were read: Done of Total
// coordinators said something.
const EventPages EventKind = "pages"

// pagesFor is how long reading every coordinator's pages may take.
const pagesFor = 10 * time.Second

// readPages reads the pages of the declared coordinators, where the scenario
// and the caller want that, and returns them.
func (r *run) readPages(ctx context.Context, when scenarios.PageTime) []scenarios.Page {
	if !r.pagesWanted() || ctx.Err() != nil {
		return nil
	}
	names := r.s.Expect.Coordinators.Names
	at := scenarios.SecondsOf(r.since())
	ctx, cancel := context.WithTimeout(ctx, pagesFor)
	defer cancel()
	pages := r.opt.Pages(ctx, slices.Clone(names))
	said := 0
	for i := range pages {
		pages[i].When, pages[i].At = when, at
		if pages[i].Err == "" {
			said++
		}
	}
	r.pages = append(r.pages, pages...)
	r.collect.event(Event{
		Kind: EventPages, Done: said, Total: len(names),
		Text: fmt.Sprintf("%s: %d of %d coordinators' pages were read%s", when, said, len(names), busiest(pages)),
	})
	return pages
}

// pagesWanted reports whether pages are to be read at all.
func (r *run) pagesWanted() bool {
	return r.s.Target.WebPort > 0 && r.opt.Pages != nil && len(r.s.Expect.Coordinators.Names) > 0
}

// busiest says which coordinator has the most threads in use; "" where no page does.
func busiest(pages []scenarios.Page) string {
	var most *scenarios.Page
	for i, p := range pages {
		if p.InUse != nil && (most == nil || *p.InUse > *most.InUse) {
			most = &pages[i]
		}
	}
	switch {
	case most == nil:
		return ""
	case most.Threads == 0:
		return fmt.Sprintf("; the busiest is %s with %d threads in use", most.Coordinator, *most.InUse)
	}
	return fmt.Sprintf("; the busiest is %s with %d of %d threads in use", most.Coordinator, *most.InUse, most.Threads)
}

// pagesDuring reads the pages once in a run of looks: when half of the burst's
// time is over, so that its sessions are open.
func (r *run) pagesDuring(ctx context.Context, at time.Duration) {
	defer r.catch()
	had := slices.ContainsFunc(r.pages, func(p scenarios.Page) bool { return p.When == scenarios.PageDuring })
	if !had && r.pagesWanted() && r.wait(r.starts, at) {
		r.readPages(ctx, scenarios.PageDuring)
	}
}

// pagesAllow reads the pages before the first session and reports whether the
// coordinators have room for the run; where they have not, the run is stopped
// unless its owner has confirmed it.
func (r *run) pagesAllow(ctx context.Context) bool {
	pages := r.readPages(ctx, scenarios.PageBefore)
	for _, p := range pages {
		if text := unwell(p); text != "" {
			r.collect.note(text)
		}
	}
	if !unconfirmed(r.s) {
		return true
	}
	for _, p := range pages {
		if reason := crowded(r.s, p); reason != "" {
			r.collect.stop(scenarios.Stop{
				By: scenarios.StopGuard, Class: vocab.Class{Phase: vocab.PhasePages, Kind: vocab.KindFull},
				Text: (&GuardError{Reasons: []string{reason}, Hosts: guarded(r.s)}).Error(),
			})
			return false
		}
	}
	return true
}

// unwell says what a coordinator's page shows to be wrong before anything was
// sent; "": nothing. A page that could not be read shows nothing.
func unwell(p scenarios.Page) string {
	switch {
	case p.Quiescing:
		return p.Coordinator + " was being shut down before the run began: it takes no new sessions"
	case !p.Healthy && p.Err == "":
		return p.Coordinator + " said before the run began that it is not healthy"
	}
	return ""
}

// mostTaken is the share of a coordinator's threads beyond which a run that
// nobody confirmed must not go, together with the sessions that are there.
const mostTaken = 0.8

// crowded says why a coordinator has too little room for its share of the run's
// sessions; "" where it has enough, or does not say.
func crowded(s scenarios.Scenario, p scenarios.Page) string {
	threads, used := p.Threads, 0
	if s.Capacity.Threads > 0 {
		threads = s.Capacity.Threads
	}
	has := fmt.Sprintf("%s has %d threads", p.Coordinator, threads)
	if p.InUse != nil {
		used = *p.InUse
		has = fmt.Sprintf("%s has %d of %d threads in use", p.Coordinator, used, threads)
	}
	if threads == 0 {
		return ""
	}
	more, k := together(s), len(s.Expect.Coordinators.Names)
	if more == 0 {
		return has + ", and the run goes on until they are all taken"
	}
	if float64(more)/float64(k)+float64(used) <= mostTaken*float64(threads) {
		return ""
	}
	share := (more + k - 1) / k
	return fmt.Sprintf("%s; 1/%d of %d more is %d, and %d are more than %.0f %% of %d",
		has, k, more, share, used+share, mostTaken*100, threads)
}

// together is how many sessions a run has open at once, at most; 0: as many as
// get in.
func together(s scenarios.Scenario) int {
	open := s.Load.Concurrency
	switch s.Kind {
	case scenarios.KindCapacity:
		return s.Capacity.Hold
	case scenarios.KindIdle:
		return len(s.Idle.Steps)
	case scenarios.KindWatch:
		return s.Watch.Long + open
	case scenarios.KindStages:
		for _, stage := range s.Load.Stages {
			open = max(open, stage.Hold, stage.Closed)
		}
	}
	return open
}

package run

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/judge"
)

// EventWatch says that a watch noticed something, or that it is time to act.
const EventWatch EventKind = "watch"

// watch has new sessions at a steady rate beside some that stay open, while
// something is done to a coordinator.
func (r *run) watch(ctx context.Context) {
	plan := r.s.Watch
	w := &watcher{since: r.since, say: r.notice}
	r.hear = w.hear
	arrivals := int(math.Ceil(float64(r.s.Load.Rate) * time.Duration(plan.For).Seconds()))
	r.collect.begin(judge.NextLook{Kind: scenarios.Whole, Sessions: plan.Long + arrivals}, 0)
	long := r.openLong(ctx, w)
	begin := r.row(arrivals)
	end := begin + time.Duration(plan.For)
	var all sync.WaitGroup
	for i, k := range long {
		if k != nil {
			all.Go(func() { r.attend(ctx, w, i, k, end) })
		}
	}
	all.Go(func() { r.act(ctx, w, begin+time.Duration(plan.EventAfter)) })
	r.arrivals(ctx, begin, Constant{Rate: r.s.Load.Rate, For: time.Duration(plan.For)})
	if len(r.nodes.left()) == 0 {
		r.noNodes()
	}
	ended := end
	if r.stopped() {
		ended = min(end, r.since())
	}
	all.Wait()
	r.watchSeen = w.end(begin, ended)
	r.collect.close(r.stopped())
}

// notice is a line of a watch: when, and what.
func (r *run) notice(at time.Duration, format string, args ...any) {
	r.collect.event(Event{Kind: EventWatch, Text: fmt.Sprintf("%.1fs: ", at.Seconds()) + fmt.Sprintf(format, args...)})
}

// act carries the command out once it is due, or tells the operator to act. A
// command that outlasts the watch is waited for: what it does to a coordinator
// is not to be left half-way. The end of ctx ends it.
func (r *run) act(ctx context.Context, w *watcher, at time.Duration) {
	defer r.catch()
	if !r.wait(r.starts, at) {
		return
	}
	switch command := r.s.Watch.OnEvent; {
	case command == "":
		r.notice(r.since(), "now drain, kill or restart one coordinator")
	case r.opt.OnEvent == nil:
		w.refused("nothing here carries commands out")
	default:
		w.started()
		w.ended(r.opt.OnEvent(ctx, command))
	}
}

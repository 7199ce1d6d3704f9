package run

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/pace"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/watchstate"
)

// watch has new sessions at a steady rate beside some that stay open, while
// something is done to a coordinator.
func (r *run) watch(ctx context.Context) {
	plan := r.s.Watch
	w := watchstate.New(r.share(plan.Long), r.since, r.notice)
	r.onSessionEnd = w.OnSessionEnd
	arrivals := r.share(r.s.WatchArrivals())
	r.collect.beginWhole(r.share(plan.Long) + arrivals)
	long := r.openLongSessions(ctx, w)
	r.beginSchedule()
	begin := r.reserve(arrivals)
	r.loadBegins(begin)
	end := begin + time.Duration(plan.For)
	var all sync.WaitGroup
	for i, l := range long {
		if l != nil {
			all.Go(func() { r.watchLong(ctx, w, i, l, end) })
		}
	}
	all.Go(func() { r.runEvent(ctx, w, begin+time.Duration(plan.EventAfter)) })
	r.arrivals(ctx, begin, pace.Constant{Rate: r.s.Load.Rate, For: time.Duration(plan.For)})
	if len(r.nodes.Dialable()) == 0 {
		r.stopWithoutNodes()
	}
	ended := end
	if r.stopped() {
		ended = min(end, r.since())
	}
	all.Wait()
	r.watchSeen = w.Seen(begin, ended)
	r.collect.endLook(r.stopped())
}

// notice is a line of a watch: when, and what.
func (r *run) notice(at time.Duration, format string, args ...any) {
	r.collect.event(Event{Kind: EventWatch, Text: fmt.Sprintf("%.1fs: ", at.Seconds()) + fmt.Sprintf(format, args...)})
}

// runEvent executes the command once it is due, or tells the operator to act. A
// command that outlasts the watch is waited for: what it does to a coordinator
// is not to be left half-way. The end of ctx ends it. Of shards the first one does.
func (r *run) runEvent(ctx context.Context, w *watchstate.Watcher, at time.Duration) {
	defer r.catch()
	if !r.first() || !r.wait(r.startCtx, at) {
		return
	}
	switch command := r.s.Watch.OnEvent; {
	case command == "":
		r.notice(r.since(), "now drain, kill or restart one coordinator")
	case r.opt.OnEvent == nil:
		w.CommandRefused("this program executes no commands")
	default:
		w.CommandStarted()
		w.CommandEnded(r.opt.OnEvent(ctx, command))
	}
}

// pingEvery is how often a session that stays open is pinged.
const pingEvery = time.Second

// openLongSessions opens the sessions that stay, over the nodes in turn; nil stands
// for one that did not open.
func (r *run) openLongSessions(ctx context.Context, w *watchstate.Watcher) []*longSession {
	n := r.share(r.s.Watch.Long)
	long, begin := make([]*longSession, n), r.reserve(n)
	for i := range long {
		nodes := r.nodes.Dialable()
		if len(nodes) == 0 {
			break
		}
		l := r.openLong(ctx, job{node: nodes[r.opt.Shard.Number(i)%len(nodes)], part: scenarios.PartHeld, due: begin + r.pacer.Due(i)})
		if l == nil {
			break
		}
		w.LongOpened(i, l.o)
		if l.s != nil {
			long[i] = l
		}
	}
	return long
}

// watchLong pings one session until it is lost or the watch ends. It is never
// opened again.
func (r *run) watchLong(ctx context.Context, w *watchstate.Watcher, i int, l *longSession, end time.Duration) {
	defer r.catch()
	defer r.closeLong(ctx, l)
	var asked bool
	var err error
	for now := r.since(); err == nil && now < end; now = r.since() {
		asked, err = l.waitAndPing(r.startCtx, min(pingEvery, end-now))
	}
	r.setOutcome(l, err)
	w.LongEnded(i, l.o, asked)
}

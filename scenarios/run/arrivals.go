package run

import (
	"context"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/pace"
)

// arrivals has a session for each time of the schedule, whose clock begins at
// begin, over the nodes in turn, each on a goroutine of its own. It returns when
// all of them have ended.
func (r *run) arrivals(ctx context.Context, begin time.Duration, s pace.Schedule) {
	var all sync.WaitGroup
	defer all.Wait()
	r.arrive(ctx, &all, begin, s)
}

// arrive is arrivals, without waiting for the sessions that are open at the end.
// Only one that has a slot gets a goroutine: those that wait for one take no memory.
func (r *run) arrive(ctx context.Context, all *sync.WaitGroup, begin time.Duration, s pace.Schedule) {
	end, done := r.until(begin + s.Ends())
	defer done()
	for n := 0; ; n++ {
		at, more := s.Due(n)
		if !more || !r.wait(r.startCtx, begin+at) {
			return
		}
		freed, ok := r.slots.Acquire(end)
		if !ok {
			r.collect.countDropped()
			continue
		}
		nodes := r.nodes.Dialable()
		if len(nodes) == 0 {
			r.slots.Release()
			return
		}
		j := job{node: nodes[n%len(nodes)], part: scenarios.PartArrival, due: begin + at}
		all.Go(func() {
			o := r.beginRecord(j, freed.Sub(r.started))
			r.executeInSlot(ctx, j, &o)
		})
	}
}

package run

import (
	"context"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/pace"
)

// arrivals has a session for each of the run's times of the schedule, whose clock begins at begin,
// each on a goroutine of its own. It returns when all of them have ended.
func (r *run) arrivals(ctx context.Context, begin time.Duration, s pace.Schedule) {
	var all sync.WaitGroup
	defer all.Wait()
	r.arrive(ctx, &all, begin, s)
}

// arrive is arrivals, without waiting for the sessions that are open at the end.
// Only one that has a slot gets a goroutine: those that wait for one take no memory.
func (r *run) arrive(ctx context.Context, all *sync.WaitGroup, begin time.Duration, s pace.Schedule) {
	s = pace.Stripe{Schedule: s, Shard: r.opt.Shard}
	end, done := r.until(begin + s.Ends())
	defer done()
	for n := 0; ; n++ {
		at, more := s.Due(n)
		if !more {
			return
		}
		j := job{part: scenarios.PartArrival, due: begin + at}
		if !r.startDue(end, all, j, func(j job, o *scenarios.Observation) { r.executeInSlot(ctx, j, o) }) {
			return
		}
	}
}

// startDue waits until a session is due and there is a slot for it, and then starts
// do with its record, on a node that it is dealt to; do releases the slot. One that
// gets no slot before the end is dropped. It is false where no further session
// may start.
func (r *run) startDue(end context.Context, all *sync.WaitGroup, j job, do func(job, *scenarios.Observation)) bool {
	if !r.wait(r.startCtx, j.due) {
		return false
	}
	freed, ok := r.slots.Acquire(end)
	if !ok {
		r.collect.countDropped()
		return true
	}
	nodes := r.nodes.Dialable()
	if len(nodes) == 0 {
		r.slots.Release()
		return false
	}
	j.node = r.dealer.node(nodes)
	all.Go(func() {
		o := r.beginRecord(j, freed.Sub(r.started))
		do(j, &o)
	})
	return true
}

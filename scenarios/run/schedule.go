package run

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Schedule says when each arrival of a stage is due: a pure function of its
// number, so that whatever becomes of one moves no other.
type Schedule interface {
	// Due returns when arrival n (0-based) is due, since the stage began; false
	// where the stage has no such arrival. It does not decrease with n.
	Due(n int) (time.Duration, bool)
	// Ends returns when the stage is over.
	Ends() time.Duration
}

// Constant is so many arrivals a second, evenly, for so long.
type Constant struct {
	Rate scenarios.Rate // above 0
	For  time.Duration
}

// Due is n / Rate.
func (c Constant) Due(n int) (time.Duration, bool) {
	at := Pacer{c.Rate}.Due(n)
	return at, at < c.For
}

// Ends is For.
func (c Constant) Ends() time.Duration { return c.For }

// Ramp goes from one rate to another, evenly, and stays there.
type Ramp struct {
	From, To scenarios.Rate // From may be 0, To is above
	In       time.Duration  // the way
	For      time.Duration  // the stay
}

// Due solves From t + (To - From) t² / 2 In = n for t, which is the time by
// which n arrivals have been, and goes on at To after the way.
func (r Ramp) Due(n int) (time.Duration, bool) {
	if n == 0 {
		return 0, r.Ends() > 0
	}
	from, to, in := float64(r.From), float64(r.To), r.In.Seconds()
	way := (from + to) / 2 * in
	var t float64
	if x := float64(n); x < way {
		t = 2 * x / (from + math.Sqrt(from*from+2*x*(to-from)/in)) // stable also where From is To
	} else {
		t = in + (x-way)/to
	}
	at := time.Duration(t * float64(time.Second))
	return at, at < r.Ends()
}

// Ends is In and For.
func (r Ramp) Ends() time.Duration { return r.In + r.For }

// arrivals has a session for each time of the schedule, whose clock begins at
// begin, over the nodes in turn, each on a goroutine of its own. It returns when
// all of them have ended.
func (r *run) arrivals(ctx context.Context, begin time.Duration, s Schedule) {
	var all sync.WaitGroup
	defer all.Wait()
	r.arrive(ctx, &all, begin, s)
}

// arrive is arrivals, without waiting for the sessions that are open at the end.
// Only one that has a place gets a goroutine: those that wait for one take no memory.
func (r *run) arrive(ctx context.Context, all *sync.WaitGroup, begin time.Duration, s Schedule) {
	end, done := r.until(begin + s.Ends())
	defer done()
	for n := 0; ; n++ {
		at, more := s.Due(n)
		if !more || !r.wait(r.starts, begin+at) {
			return
		}
		freed, ok := r.slots.place(end)
		if !ok {
			r.collect.drop()
			continue
		}
		nodes := r.nodes.left()
		if len(nodes) == 0 {
			r.slots.give()
			return
		}
		j := job{node: nodes[n%len(nodes)], part: scenarios.Arrival, due: begin + at}
		all.Go(func() {
			o := r.record(j, freed.Sub(r.started))
			r.placed(ctx, j, &o)
		})
	}
}

// until is a context that ends at a time of the run's clock, or with the run.
func (r *run) until(at time.Duration) (context.Context, context.CancelFunc) {
	return context.WithDeadline(r.starts, r.started.Add(at))
}

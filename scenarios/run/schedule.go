package run

import (
	"context"
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
}

// Constant is so many arrivals a second, evenly, for so long.
type Constant struct {
	Rate scenarios.Rate // above 0
	For  time.Duration
}

// Due is n / Rate.
func (c Constant) Due(n int) (time.Duration, bool) {
	at := time.Duration(float64(n) / float64(c.Rate) * float64(time.Second))
	return at, at < c.For
}

// arrivals has a session for each time of the schedule, whose clock begins at
// begin, over the nodes in turn, each on a goroutine of its own. It returns when
// all of them have ended.
func (r *run) arrivals(ctx context.Context, begin time.Duration, s Schedule) {
	var all sync.WaitGroup
	defer all.Wait()
	for n := 0; ; n++ {
		at, more := s.Due(n)
		nodes := r.nodes.left()
		if !more || len(nodes) == 0 || !r.wait(r.starts, begin+at) {
			return
		}
		all.Go(func() {
			r.session(ctx, job{node: nodes[n%len(nodes)], part: scenarios.Arrival, due: begin + at})
		})
	}
}

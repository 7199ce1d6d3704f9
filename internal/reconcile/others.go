package reconcile

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/balancerlog"
)

// others counts connections that are not ours, by backend and time, since by how much the
// clocks differ is known at the end alone.
type others struct {
	of   map[choice]int
	own  map[int64]int // those of our address, with a port that is none of ours
	full bool
}

// choice is a backend and a step of time.
type choice struct {
	backend string
	step    int64
}

// The step in which connections of others are counted, and the most pairs of backend and
// step.
const (
	othersStep = 10 * time.Second
	maxChoices = 400_000
)

// farthest is how far from the run a line may lie, time zones included, and still count.
const farthest = 26 * time.Hour

func (o *others) add(r *balancerlog.Record, run span) {
	if !within(r.Accepted, run, farthest) {
		return
	}
	c := choice{backendOf(r), stepOf(r.Accepted)}
	if _, known := o.of[c]; !known && len(o.of) >= maxChoices {
		o.full = true
		return
	}
	o.of[c]++
}

func (o *others) unclaimed(r *balancerlog.Record, run span) {
	if !within(r.Accepted, run, farthest) {
		return
	}
	if o.own == nil {
		o.own = map[int64]int{}
	}
	o.own[stepOf(r.Accepted)]++
}

// during are the connections by backend within a time, to a step.
func (o *others) during(s span) map[string]int {
	out := map[string]int{}
	for c, n := range o.of {
		if c.step >= stepOf(s.start) && c.step <= stepOf(s.end) {
			out[c.backend] += n
		}
	}
	return out
}

// ownDuring are those of our address within a time.
func (o *others) ownDuring(s span) int {
	sum := 0
	for step, n := range o.own {
		if step >= stepOf(s.start) && step <= stepOf(s.end) {
			sum += n
		}
	}
	return sum
}

func stepOf(t time.Time) int64 { return t.UnixNano() / int64(othersStep) }

func within(t time.Time, s span, beyond time.Duration) bool {
	return !t.Before(s.start.Add(-beyond)) && !t.After(s.end.Add(beyond))
}

package pace

import (
	"math"
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

// Stripe is a shard's arrivals of a schedule: each is due when it is in the whole.
type Stripe struct {
	Schedule
	Shard scenarios.Shard
}

// Due is that of the arrival's number in the whole.
func (s Stripe) Due(n int) (time.Duration, bool) { return s.Schedule.Due(s.Shard.Number(n)) }

// Constant is arrivals at one rate, evenly.
type Constant struct {
	Rate scenarios.Rate // above 0
	For  time.Duration
}

// Due is n / Rate.
func (c Constant) Due(n int) (time.Duration, bool) {
	at := Pacer{Rate: c.Rate}.Due(n)
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

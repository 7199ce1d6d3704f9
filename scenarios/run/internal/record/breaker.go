package record

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// breakerLimit is how many failures of one sort trip the breaker.
const breakerLimit = 2

// Breaker stops a run that does harm: a second rejected login, since an account
// may be locked at a third, and a second session without an answer, since silent
// connections can hold up the logins of everyone. The first session that this
// machine could not carry stops it, too, for it says nothing of the service. Quick
// errors are evidence and stop nothing. The zero value is ready to use.
type Breaker struct {
	// Expected reports whether a timeout is what the run measures and does not
	// count; nil: each counts.
	Expected func(scenarios.Observation) bool

	rejected, stalled int
}

// Add counts a session and returns why the run is over; nil while it is not.
func (b *Breaker) Add(o scenarios.Observation) *scenarios.Stop {
	stop := &scenarios.Stop{Class: o.Class, Hint: o.Hint}
	switch {
	case o.Refused:
		return nil
	case o.Class.IsLocal() && o.Part != scenarios.PartScout: // the scout reports its own failure
		stop.By, stop.Text = scenarios.StopGenerator, o.Text
		return stop
	case o.Outcome != scenarios.OutcomeFailed:
		return nil
	case o.Class.IsRejected():
		b.rejected++
		stop.By, stop.Text = scenarios.StopRejected, "two logins were rejected; a third might lock the account: "+o.Text
		return tripped(b.rejected, stop)
	case o.Class.IsTimeout() && (b.Expected == nil || !b.Expected(o)):
		b.stalled++
		stop.By, stop.Text = scenarios.StopStalled, "two sessions got no answer in time; more would only hang: "+o.Text
		return tripped(b.stalled, stop)
	}
	return nil
}

func tripped(n int, stop *scenarios.Stop) *scenarios.Stop {
	if n < breakerLimit {
		return nil
	}
	return stop
}

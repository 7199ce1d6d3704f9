package run

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// enough is how many of a kind trip the breaker.
const enough = 2

// breaker stops a run that does harm: a second rejected login, since an account
// may be locked at a third, and a second session without an answer, since silent
// connections can hold up everybody's logins. The first session that this machine
// could not carry stops it, too, for it says nothing of the service. Quick errors
// are evidence and stop nothing. The zero value is ready to use, for a
// run of looks.
type breaker struct {
	kind              scenarios.Kind
	rejected, stalled int
}

// note counts a session and returns why the run is over; nil while it is not.
func (b *breaker) note(o scenarios.Observation) *scenarios.Stop {
	stop := &scenarios.Stop{Class: o.Class, Hint: o.Hint}
	switch {
	case o.Refused:
		return nil
	case o.Class.IsLocal() && o.Part != scenarios.Scout: // a scout's failure is told by the scout
		stop.By, stop.Text = scenarios.StopGenerator, o.Text
		return stop
	case o.Outcome != scenarios.Failed:
		return nil
	case o.Class.IsRejected():
		b.rejected++
		stop.By, stop.Text = scenarios.StopRejected, "two logins were rejected; a third might lock the account: "+o.Text
		return tripped(b.rejected, stop)
	case o.Class.IsTimeout() && !b.lookedFor(o):
		b.stalled++
		stop.By, stop.Text = scenarios.StopStalled, "two sessions got no answer in time; more would only hang: "+o.Text
		return tripped(b.stalled, stop)
	}
	return nil
}

// lookedFor reports whether a stall does not count, being what the run is about:
// settling waits stalls out, a watch measures how long they last, and an idle
// session that gives no sign of life was cut in silence, which holds up nobody's
// login. A capacity ends with its first stall by itself, and a statement that
// takes its full time says something of the one coordinator that ran it.
func (b *breaker) lookedFor(o scenarios.Observation) bool {
	switch b.kind {
	case scenarios.KindWatch:
		return true
	case scenarios.KindIdle:
		return o.Part == scenarios.Held && o.Failed == scenarios.Execute
	case scenarios.KindCapacity:
		return o.Part == scenarios.Held
	case scenarios.KindQuery:
		return o.Failed == scenarios.Execute || o.Failed == scenarios.Fetch
	}
	return o.Part == scenarios.Settle
}

func tripped(n int, stop *scenarios.Stop) *scenarios.Stop {
	if n < enough {
		return nil
	}
	return stop
}

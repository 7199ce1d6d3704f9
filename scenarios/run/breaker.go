package run

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// rejectedClass is a login that the server refused, and timeoutSuffix ends the
// class of a session that got no answer: the two that a breaker knows.
const (
	rejectedClass = "sasl.rejected"
	timeoutSuffix = ".timeout"
)

// enough is how many of a kind trip the breaker.
const enough = 2

// breaker stops a run that does harm: a second rejected login, since an account
// may be locked at a third, and a second session without an answer, since silent
// connections can hold up everybody's logins. Quick errors are evidence and stop
// nothing. The zero value is ready to use, for a run of looks.
type breaker struct {
	kind              scenarios.Kind
	rejected, stalled int
}

// note counts a session and returns why the run is over; nil while it is not.
func (b *breaker) note(o scenarios.Observation) *scenarios.Stop {
	if o.Outcome != scenarios.Failed || o.Refused {
		return nil
	}
	stop := &scenarios.Stop{Class: o.Class, Hint: o.Hint}
	switch {
	case o.Class == rejectedClass:
		b.rejected++
		stop.By, stop.Text = scenarios.StopRejected, "two logins were rejected; a third might lock the account: "+o.Text
		return tripped(b.rejected, stop)
	case strings.HasSuffix(o.Class, timeoutSuffix) && !b.lookedFor(o):
		b.stalled++
		stop.By, stop.Text = scenarios.StopStalled, "two sessions got no answer in time; more would only hang: "+o.Text
		return tripped(b.stalled, stop)
	}
	return nil
}

// lookedFor reports whether a stall does not count, being what the run is about:
// settling waits stalls out, a watch measures how long they last, and an idle
// session that gives no sign of life was cut in silence, which holds up nobody's
// login.
func (b *breaker) lookedFor(o scenarios.Observation) bool {
	switch b.kind {
	case scenarios.KindWatch:
		return true
	case scenarios.KindIdle:
		return o.Part == scenarios.Held && o.Failed == scenarios.Execute
	}
	return o.Part == scenarios.Settle
}

func tripped(n int, stop *scenarios.Stop) *scenarios.Stop {
	if n < enough {
		return nil
	}
	return stop
}

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
// nothing. The zero value is ready to use.
type breaker struct {
	rejected, stalled int
	statements        bool // that a statement gets no answer in time is evidence
}

// note counts a session and returns why the run is over; nil while it is not.
// Stalls while settling do not count: they are what settling waits out. Nor do
// those of sessions that are to stay: their kinds decide what becomes of the run.
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
	case strings.HasSuffix(o.Class, timeoutSuffix) && !b.spares(o):
		b.stalled++
		stop.By, stop.Text = scenarios.StopStalled, "two sessions got no answer in time; more would only hang: "+o.Text
		return tripped(b.stalled, stop)
	}
	return nil
}

// spares reports whether a stall is what the run is there to see.
func (b *breaker) spares(o scenarios.Observation) bool {
	return o.Part == scenarios.Settle || o.Part == scenarios.Held || b.statements && o.Failed >= scenarios.Execute
}

func tripped(n int, stop *scenarios.Stop) *scenarios.Stop {
	if n < enough {
		return nil
	}
	return stop
}

package record

import (
	"fmt"
	"net/netip"
	"sync/atomic"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The limits of the breaker.
const (
	maxRejected = 2  // logins, in all
	maxStalled  = 2  // sessions in a row
	maxFailing  = 20 // sessions in a row, over every node
)

// Breaker stops a run that does harm, or that has nothing more to learn: a second
// rejected login, since an account may be locked at a third, or a second that would
// fail alike everywhere; a second session in a
// row without an answer, since silent connections can hold up the logins of
// everyone, but not where all of the row are of one node among others, which may have
// several sessions one after the other; twenty failures in a row that leave no node out. The first session that
// this machine could not carry stops it, too, for it says nothing of the service.
// Failures of a part of the sessions are evidence and stop nothing.
//
// Sessions are in a row in the order in which they end, whatever they have in common:
// a good one between two failures parts them. Of sessions that are open together, those
// without an answer end last, and so one after the other. The zero value is ready to use.
type Breaker struct {
	// Expected reports whether a failure is what the run measures and does not
	// count; nil: each counts. Logins that failed always do.
	Expected func(scenarios.Observation) bool
	// NoLock is set where a rejected login locks no account, since it sends no password:
	// it is a failure as others are.
	NoLock bool
	// Nodes lists the nodes that are dialled; nil: there is one.
	Nodes func() []scenarios.Node

	rejected int
	stalled  int
	failing  int
	on       map[netip.AddrPort]bool // nodes of the failures in a row
	inRow    atomic.Bool             // there are stalls or failures in a row
}

// Heeds reports whether the end of a good session changes anything. It may be called
// at any time, which Add may not.
func (b *Breaker) Heeds() bool { return b.inRow.Load() }

// Add counts a session and returns why the run is over; nil while it is not.
func (b *Breaker) Add(o scenarios.Observation) *scenarios.Stop {
	scout := o.Part == scenarios.PartScout
	switch {
	case o.Refused:
		return nil
	case o.Class.IsLocal() && !scout: // the scout reports its own failure
		return &scenarios.Stop{By: scenarios.StopGenerator, Class: o.Class, Text: o.Text, Hint: o.Hint}
	case o.Outcome == scenarios.OutcomeOK && !scout && o.Part != scenarios.PartSettle:
		b.endRow()
	case o.Outcome != scenarios.OutcomeFailed:
		return nil
	case o.Class.IsFailedLogin() && (!b.NoLock || !o.Class.IsAnsweredLogin()):
		return b.addRejected(o)
	case !scout && (b.Expected == nil || !b.Expected(o)):
		return b.addFailure(o)
	}
	return nil
}

// endRow is called when a good session ends.
func (b *Breaker) endRow() {
	b.stalled, b.failing, b.on = 0, 0, nil
	b.inRow.Store(false)
}

// addRejected counts a rejected login. Scouts that were rejected together where
// others had got in are one: none of them could know of the other.
func (b *Breaker) addRejected(o scenarios.Observation) *scenarios.Stop {
	if o.Part == scenarios.PartScout {
		b.rejected = 1
		return nil
	}
	if b.rejected++; b.rejected < maxRejected {
		return nil
	}
	return &scenarios.Stop{By: scenarios.StopRejected, Class: o.Class, Hint: o.Hint,
		Text: rejectedText(o.Class) + o.Text}
}

// rejectedText says why there is no third login.
func rejectedText(class scenarios.Class) string {
	if !class.IsRejected() {
		return "two logins failed, and a third would fail alike: "
	}
	return "two logins were rejected; a third might lock the account: "
}

// addFailure counts any other failure.
func (b *Breaker) addFailure(o scenarios.Observation) *scenarios.Stop {
	if b.on == nil {
		b.on = map[netip.AddrPort]bool{}
	}
	b.on[o.Node] = true
	b.failing++
	b.inRow.Store(true)
	if o.Class.IsTimeout() {
		b.stalled++
	}
	switch {
	case b.stalled >= maxStalled && (len(b.on) > 1 || b.onEveryNode()):
		return &scenarios.Stop{By: scenarios.StopStalled, Class: o.Class, Hint: o.Hint,
			Text: "two sessions in a row got no answer in time; more would only hang: " + o.Text}
	case b.failing >= maxFailing && b.onEveryNode():
		return &scenarios.Stop{By: scenarios.StopAllRefused, Class: o.Class, Hint: o.Hint,
			Text: fmt.Sprintf("%d sessions in a row were refused on every node: %s", b.failing, o.Text)}
	}
	return nil
}

// onEveryNode reports whether the failures in a row leave no node out.
func (b *Breaker) onEveryNode() bool {
	if b.Nodes == nil {
		return true
	}
	for _, n := range b.Nodes() {
		if !b.on[n.Addr] {
			return false
		}
	}
	return true
}

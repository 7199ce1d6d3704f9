package run

import (
	"fmt"
	"net/netip"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxSilence is how many sessions in order a node may leave without an answer, one
// after the other, while others answer: more would only wait for their time limit, and
// silent connections may hold up the logins of a coordinator.
const maxSilence = 4

// silence counts, by node, the sessions in order without an answer since the last one
// that had any.
type silence map[netip.AddrPort]int

// add counts a session, and reports whether its node has been silent for too long.
func (s silence) add(o scenarios.Observation) bool {
	if o.Outcome != scenarios.OutcomeFailed || !o.Class.IsTimeout() {
		delete(s, o.Node)
		return false
	}
	s[o.Node]++
	return s[o.Node] >= maxSilence
}

// leaveOut excludes a silent node from the rest of the run, unless it is the only one.
func (r *run) leaveOut(n Node) {
	if len(r.nodes.Dialable()) < 2 {
		return
	}
	r.nodes.Exclude(n)
	r.leftOut = true
	text := fmt.Sprintf("%s is dialled no more: %d sessions in a row got no answer from it", n.Addr, maxSilence)
	r.collect.note(text)
	r.collect.event(Event{Kind: EventDropped, Text: text})
}

package run

import (
	"context"
	"errors"
	"net/netip"
	"time"
	"unicode/utf8"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Node is one address to dial.
type Node struct {
	Addr netip.AddrPort
	Host string // as the user wrote it, for SNI and messages
}

// OpenFunc dials a node and logs in. It fills o as it goes (phases, Local, Who,
// Cert, Refused), also when it fails, and then leaves nothing open. The error
// may say more of itself by methods Phase() string, Class() string and
// Hint() string.
type OpenFunc func(ctx context.Context, n Node, o *scenarios.Observation) (Session, error)

// Session is what a run needs of an open session. It goes on filling the
// observation that it was opened with. Neither method is called twice.
type Session interface {
	// Query runs the scenario's statement and reads its rows.
	Query(ctx context.Context) error
	// Close ends the session and its connection. An error means that the
	// server may still hold the session.
	Close(ctx context.Context) error
}

// cleanup is how long closing may take, however the run ended.
const cleanup = 5 * time.Second

// job is one session to have.
type job struct {
	node Node
	part scenarios.Part
	due  time.Duration // since the run began
	hold time.Duration // how long to stay after the query
}

// session lives one session, from waiting until it is due to the end of its
// close, and returns its record; false where it was not to start any more:
// the run is stopped (r.starts), or its node was dropped meanwhile. Once started,
// only ctx cuts it short.
func (r *run) session(ctx context.Context, j job) (scenarios.Observation, bool) {
	if !r.wait(r.starts, j.due) || !r.slots.take(r.starts) {
		return scenarios.Observation{}, false
	}
	defer r.slots.give()
	if !r.nodes.has(j.node) {
		return scenarios.Observation{}, false
	}
	o := scenarios.Observation{
		Seq: int(r.seq.Add(1) - 1), Part: j.part, Due: j.due, Start: r.since(), Node: j.node.Addr,
	}
	if r.unpaced() {
		o.Due = o.Start // nothing was promised, so nothing is late
	}
	defer r.catch()
	leftOpen := r.live(ctx, j, &o)
	if o.Refused {
		r.nodes.drop(j.node)
	}
	r.collect.end(o, leftOpen)
	return o, true
}

// live opens, asks, holds and closes. A close that fails does not spoil the session.
func (r *run) live(ctx context.Context, j job, o *scenarios.Observation) (leftOpen bool) {
	s, err := r.open(ctx, j.node, o)
	if err != nil {
		blame(ctx, o, err, scenarios.Open)
		return o.Outcome == scenarios.Unknown && phaseOf(err, scenarios.Open) == scenarios.Open // the server may hold what we cut off
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup)
		defer cancel()
		leftOpen = s.Close(ctx) != nil
	}()
	if err := s.Query(ctx); err != nil {
		blame(ctx, o, err, scenarios.Execute)
		return false
	}
	o.Outcome = scenarios.OK
	r.wait(ctx, r.since()+j.hold)
	return false
}

// maxText bounds the words kept of a failure, in bytes.
const maxText = 512

// blame records why a session ended. A session that we cut off ourselves ended
// unknown; phase and class are guessed where the error does not say.
func blame(ctx context.Context, o *scenarios.Observation, err error, phase scenarios.Phase) {
	o.Text = clip(err.Error())
	if ctx.Err() != nil && !o.Refused {
		o.Outcome = scenarios.Unknown
		return
	}
	o.Outcome, o.Failed = scenarios.Failed, phaseOf(err, phase)
	var of interface{ Class() string }
	var hint interface{ Hint() string }
	switch {
	case errors.As(err, &of) && of.Class() != "":
		o.Class = of.Class()
	case errors.Is(err, context.DeadlineExceeded):
		o.Class = o.Failed.String() + timeoutSuffix
	default:
		o.Class = o.Failed.String() + ".error"
	}
	if errors.As(err, &hint) {
		o.Hint = hint.Hint()
	}
}

// phaseOf is where err says that it happened, or the guess where it does not say.
func phaseOf(err error, guess scenarios.Phase) scenarios.Phase {
	var in interface{ Phase() string }
	if errors.As(err, &in) {
		_ = guess.UnmarshalText([]byte(in.Phase())) // a name that is none leaves the guess
	}
	return guess
}

// clip shortens text to maxText bytes, at a letter's end.
func clip(text string) string {
	if len(text) <= maxText {
		return text
	}
	end := maxText
	for !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "..."
}

package run

import (
	"context"
	"errors"
	"net/netip"
	"time"
	"unicode/utf8"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Node is one address to dial.
type Node struct {
	Addr netip.AddrPort
	Host string // as the user wrote it, for SNI and messages
}

// OpenFunc dials a node and logs in. It fills o as it goes (phases, Local, Who,
// Cert, Refused), also when it fails, and then leaves nothing open. The error
// may say more of itself by methods Class() vocab.Class and
// Hint() []vocab.Fix.
type OpenFunc func(ctx context.Context, n Node, o *scenarios.Observation) (Session, error)

// Session is what a run needs of an open session. It goes on filling the
// observation that it was opened with. Its methods are called one at a time;
// Query and Close at most once.
type Session interface {
	// Query runs the scenario's statement and reads its rows.
	Query(ctx context.Context) error
	// Ping asks for a sign of life, as a session is asked that is kept open.
	Ping(ctx context.Context) error
	// Wait lets the session idle for d and returns nil, or returns sooner with
	// an error that says how the connection was cut meanwhile. One that was cut
	// in silence shows at the next Ping only.
	Wait(ctx context.Context, d time.Duration) error
	// Close ends the session and its connection. An error means that the
	// server may still hold the session.
	Close(ctx context.Context) error
}

// cleanup is how long closing may take, however the run ended.
const cleanup = 5 * time.Second

// job is one session to have.
type job struct {
	node    Node
	part    scenarios.Part
	due     time.Duration // since the run began
	hold    time.Duration // how long to stay after the query
	unpaced bool          // no time was promised: it starts as soon as it can
	mute    bool          // no query: who answered is known from opening, or not at all
}

// session lives one session, from waiting until it is due to the end of its
// close, and returns its record; false where it was not to start any more:
// the run is stopped (r.starts), or its node was dropped meanwhile. Once started,
// only ctx cuts it short.
func (r *run) session(ctx context.Context, j job) (scenarios.Observation, bool) {
	o, ran := r.await(j)
	if ran {
		r.placed(ctx, j, &o)
	}
	return o, ran
}

// placed executes a session that has a place, and gives it back: what its record
// waits for after its end is not the service's.
func (r *run) placed(ctx context.Context, j job, o *scenarios.Observation) {
	ended := r.started
	defer func() { r.slots.giveSince(ended) }()
	ended = r.lived(ctx, j, o)
}

// lived executes a session whose record has begun, completes it, and returns when
// it had ended.
func (r *run) lived(ctx context.Context, j job, o *scenarios.Observation) (ended time.Time) {
	defer r.catch()
	leftOpen := r.live(ctx, j, o)
	ended = time.Now()
	r.over(j, o, leftOpen)
	return ended
}

// await waits until a session is due and has a place, which the caller gives
// back, and begins its record; false where it is not to start. Who awaits
// sessions one after the other owes nothing for the time before.
func (r *run) await(j job) (scenarios.Observation, bool) {
	asked := r.since()
	if !r.wait(r.starts, j.due) {
		return scenarios.Observation{}, false
	}
	freed, ok := r.slots.place(r.starts)
	if !ok {
		return scenarios.Observation{}, false
	}
	if !r.nodes.has(j.node) {
		r.slots.give()
		return scenarios.Observation{}, false
	}
	return r.record(j, max(asked, freed.Sub(r.started))), true
}

// record begins the record of a session that could have started when it was
// due, but not before ready: what passed since then, the generator owes.
func (r *run) record(j job, ready time.Duration) scenarios.Observation {
	o := scenarios.Observation{
		Seq: int(r.seq.Add(1) - 1), Part: j.part, Due: j.due, Start: r.since(), Node: j.node.Addr,
	}
	o.Began = r.started.Add(o.Start).UTC()
	o.Owed = o.Start - max(j.due, ready)
	if j.unpaced || j.part != scenarios.Arrival && r.unpaced() {
		o.Due, o.Owed, o.Unpaced = o.Start, 0, true
	}
	return o
}

// over is the end of a session: its record is complete.
func (r *run) over(j job, o *scenarios.Observation, leftOpen bool) {
	if o.Refused {
		r.nodes.drop(j.node)
	}
	o.End = r.since()
	r.collect.end(*o, leftOpen)
	if r.hear != nil {
		r.hear(*o)
	}
}

// live opens, asks, holds and closes. A close that fails does not spoil the session.
func (r *run) live(ctx context.Context, j job, o *scenarios.Observation) (leftOpen bool) {
	s, err := r.open(ctx, j.node, o)
	if err != nil {
		return r.unopened(ctx, o, err)
	}
	defer func() { leftOpen = r.leave(ctx, s) }()
	if err := r.ask(ctx, j, s); err != nil {
		blame(ctx, o, err, scenarios.Execute)
		return false
	}
	o.Outcome = scenarios.OK
	r.wait(ctx, r.since()+j.hold)
	return false
}

func (r *run) ask(ctx context.Context, j job, s Session) error {
	if j.mute {
		return nil
	}
	return s.Query(ctx)
}

// unopened records why a session did not open, and reports whether the server
// may hold one nevertheless.
func (r *run) unopened(ctx context.Context, o *scenarios.Observation, err error) (leftOpen bool) {
	blame(ctx, o, err, scenarios.Open)
	return o.Outcome == scenarios.Unknown && phaseOf(err, scenarios.Open) == scenarios.Open
}

// leave closes a session, also where ctx has ended, and reports whether the
// server may still hold it.
func leave(ctx context.Context, s Session) (leftOpen bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanup)
	defer cancel()
	return s.Close(ctx) != nil
}

// leave is [leave] within a context that many sessions share.
func (r *run) leave(ctx context.Context, s Session) (leftOpen bool) {
	return s.Close(r.closing.context(ctx)) != nil
}

// maxText bounds the words kept of a failure, in bytes.
const maxText = 512

// blame records why a session ended. A session that we cut off ourselves ended
// unknown, as did one that this machine could not carry; phase and class are
// guessed where the error does not say.
func blame(ctx context.Context, o *scenarios.Observation, err error, phase scenarios.Phase) {
	o.Text = clip(err.Error())
	if ctx.Err() != nil && !o.Refused {
		o.Outcome = scenarios.Unknown
		return
	}
	o.Outcome, o.Failed = scenarios.Failed, phaseOf(err, phase)
	var hint interface{ Hint() []vocab.Fix }
	switch class := classOf(err); {
	case !class.IsZero():
		o.Class = class
	case errors.Is(err, context.DeadlineExceeded):
		o.Class = vocab.Class{Phase: o.Failed, Kind: vocab.KindTimeout}
	default:
		o.Class = vocab.Class{Phase: o.Failed, Kind: vocab.KindFailed}
	}
	if errors.As(err, &hint) {
		o.Hint = hint.Hint()
	}
	if o.Class.IsLocal() {
		o.Outcome = scenarios.Unknown
	}
}

// phaseOf is where err says that it happened, or the guess where it does not say.
func phaseOf(err error, guess scenarios.Phase) scenarios.Phase {
	if class := classOf(err); !class.IsZero() && class.Phase.InSession() {
		return class.Phase
	}
	return guess
}

// classOf is what err says of itself; zero where it does not.
func classOf(err error) vocab.Class {
	var of interface{ Class() vocab.Class }
	if errors.As(err, &of) {
		return of.Class()
	}
	return vocab.Class{}
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

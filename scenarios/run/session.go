package run

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/pace"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
)

// Node is one address to dial.
type Node = scenarios.Node

// OpenFunc dials a node and logs in. It fills o as it goes (phases, Local, Who,
// Cert, Refused), also when it fails, and then leaves nothing open. The error
// may say more of itself by methods Class() vocab.Class and
// Hint() []vocab.Fix.
type OpenFunc func(ctx context.Context, n Node, o *scenarios.Observation) (Session, error)

// Session is what a run needs of an open session. It goes on filling the
// observation that it was opened with. Its methods are called one at a time;
// Identify, Query and Close at most once.
type Session interface {
	// Identify finds out which coordinator answers, where opening the session did
	// not say, in no phase's time. It is for a session that stays open: Query
	// identifies the coordinator as well.
	Identify(ctx context.Context) error
	// Query runs the scenario's statement and reads its rows.
	Query(ctx context.Context) error
	// Ping asks whether the session is still there.
	Ping(ctx context.Context) error
	// Wait lets the session idle for d and returns nil, or returns sooner with
	// an error that says how the connection was cut meanwhile. One that was cut
	// in silence shows at the next Ping only.
	Wait(ctx context.Context, d time.Duration) error
	// Close ends the session and its connection. An error means that the
	// server may still hold the session.
	Close(ctx context.Context) error
}

// job is one session to have.
type job struct {
	node    Node
	part    scenarios.Part
	due     time.Duration // since the run began
	hold    time.Duration // how long to stay after the query
	unpaced bool          // it has no due time: it starts as soon as it can
	noQuery bool          // the statement is not run
	phase   time.Duration // how long each of its phases may take; 0: load.timeout
	end     time.Duration // when it is cut off, on the run's clock; 0: never
}

// bounded is the context to open and query a session in.
func (r *run) bounded(ctx context.Context, j job) (context.Context, context.CancelFunc) {
	if j.phase > 0 {
		ctx = withPhaseTimeout(ctx, j.phase)
	}
	if j.end > 0 {
		return context.WithDeadline(ctx, r.started.Add(j.end))
	}
	return ctx, func() {}
}

// session waits until a session is due, executes it, and returns its record; false
// where it was not to start any more: the run is stopped, or its node was refused
// meanwhile. Once started, only ctx cuts it short.
func (r *run) session(ctx context.Context, j job) (scenarios.Observation, bool) {
	o, ran := r.acquire(j)
	if ran {
		return r.executeInSlot(ctx, j, &o), true
	}
	return o, false
}

// acquire waits until a session is due, has a slot, which the caller releases, and
// its turn to start, and begins its record; false where it is not to start, or its
// node is dialled no more. Where sessions are acquired one after the other, the
// generator owes nothing for the time before.
func (r *run) acquire(j job) (scenarios.Observation, bool) {
	asked := r.since()
	if !r.wait(r.startCtx, j.due) {
		return scenarios.Observation{}, false
	}
	freed, ok := r.slots.Acquire(r.startCtx)
	if !ok {
		return scenarios.Observation{}, false
	}
	turn, ok := r.takeTurn(j, max(asked, freed.Sub(r.started)))
	if !ok || r.stopped() || !r.mayDial(j) {
		r.slots.Release()
		return scenarios.Observation{}, false
	}
	j.due = turn.Due
	return r.beginRecord(j, turn.At), true
}

// takeTurn waits until a session that is ready may start; false where it is not to.
// Those of a burst or of a round of settling are to start together.
func (r *run) takeTurn(j job, ready time.Duration) (pace.Turn, bool) {
	if j.part == scenarios.PartBurst || j.part == scenarios.PartSettle {
		return pace.Turn{Due: j.due, At: ready}, true
	}
	turn := r.gate.Reserve(j.due, ready, r.since())
	if !r.wait(r.startCtx, turn.At) {
		return turn, false
	}
	r.gate.Pass(turn)
	return turn, true
}

// mayDial reports whether a session may still be opened: a look's are dealt to nodes
// long before they are due, and are dealt again where a node has left meanwhile.
func (r *run) mayDial(j job) bool {
	if j.part == scenarios.PartOrdered || j.part == scenarios.PartParallel {
		return r.nodes.Has(j.node)
	}
	return r.nodes.Allowed(j.node)
}

// beginRecord begins the record of a session that could have started when it was
// due, but not before ready: the generator owes the time since then.
func (r *run) beginRecord(j job, ready time.Duration) scenarios.Observation {
	o := scenarios.Observation{
		Seq: int(r.seq.Add(1) - 1), Part: j.part, Due: j.due, Start: r.since(), Node: j.node.Addr,
	}
	o.Began = r.started.Add(o.Start).UTC()
	o.Owed = o.Start - max(j.due, ready)
	if j.unpaced || j.part != scenarios.PartArrival && r.unpaced() {
		o.Due, o.Owed, o.Unpaced = o.Start, 0, true
	}
	return o
}

// endRecord completes the record of a session that has been closed, or never opened.
func (r *run) endRecord(j job, o *scenarios.Observation, leftOpen bool) {
	r.decide(j, o)
	r.endDecided(o, leftOpen)
}

// decide records what became of a session, which may still have to be closed.
func (r *run) decide(j job, o *scenarios.Observation) {
	if o.Refused {
		r.nodes.Exclude(j.node)
	}
	r.collect.decided(*o)
	if r.onSessionEnd != nil {
		r.onSessionEnd(*o)
	}
}

// endDecided completes the record of a session that was decided.
func (r *run) endDecided(o *scenarios.Observation, leftOpen bool) {
	o.End = r.since()
	r.collect.ended(*o, leftOpen)
}

// executeInSlot executes a session that has a slot, releases it, and returns the
// record as it was before the session was closed: the time that closing takes beyond
// its grace, or that the record waits for after its end, is not the service's.
func (r *run) executeInSlot(ctx context.Context, j job, o *scenarios.Observation) (decided scenarios.Observation) {
	var ended time.Time
	defer func() { r.slots.ReleaseSince(ended) }()
	defer r.catch()
	s, leftOpen := r.execute(ctx, j, o)
	ended, decided = time.Now(), *o
	if s == nil {
		r.endRecord(j, o, leftOpen)
		return decided
	}
	r.decide(j, o)
	ended = r.closing.close(ctx, s, func(leftOpen bool) { r.endDecided(o, leftOpen) })
	return decided
}

// executeRecorded executes a session whose record has begun, and completes it.
func (r *run) executeRecorded(ctx context.Context, j job, o *scenarios.Observation) {
	defer r.catch()
	s, leftOpen := r.execute(ctx, j, o)
	if s != nil {
		leftOpen = r.closeSession(ctx, s)
	}
	r.endRecord(j, o, leftOpen)
}

// execute opens, queries and holds. The session that it returns is to be closed; nil:
// it did not open.
func (r *run) execute(ctx context.Context, j job, o *scenarios.Observation) (s Session, leftOpen bool) {
	within, cancel := r.bounded(ctx, j)
	defer cancel()
	s, err := r.open(within, j.node, o)
	if err != nil {
		return nil, r.openFailed(ctx, o, err)
	}
	defer r.closeAfterPanic(ctx, s)
	if err := query(within, j, s); err != nil {
		record.Failure(ctx, o, err, scenarios.PhaseExecute)
		return s, false
	}
	o.Outcome = scenarios.OutcomeOK
	r.wait(ctx, r.since()+j.hold)
	return s, false
}

// closeAfterPanic closes a session of which the query panicked, as nobody else will.
func (r *run) closeAfterPanic(ctx context.Context, s Session) {
	if p := recover(); p != nil {
		r.closeSession(ctx, s)
		panic(p)
	}
}

func query(ctx context.Context, j job, s Session) error {
	if j.noQuery {
		return nil
	}
	return s.Query(ctx)
}

// identify has a session that is to stay say who answers it, within the time of a phase.
func (r *run) identify(ctx context.Context, s Session) error {
	ctx, cancel := context.WithTimeout(ctx, time.Duration(r.s.Load.Timeout))
	defer cancel()
	return s.Identify(ctx)
}

// openFailed records why a session did not open, and reports whether the server
// may hold one nevertheless.
func (r *run) openFailed(ctx context.Context, o *scenarios.Observation, err error) (leftOpen bool) {
	record.Failure(ctx, o, err, scenarios.PhaseOpen)
	return o.Outcome == scenarios.OutcomeUnknown && record.PhaseOf(err, scenarios.PhaseOpen) == scenarios.PhaseOpen
}

// closeSession closes a session, also where ctx has ended, and reports whether the
// server may still hold it.
func (r *run) closeSession(ctx context.Context, s Session) (leftOpen bool) {
	return s.Close(r.closing.contexts.context(ctx)) != nil
}

// closeAlone is closeSession within a context that no other session shares.
func (r *run) closeAlone(ctx context.Context, s Session) (leftOpen bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.closing.timeout())
	defer cancel()
	return s.Close(ctx) != nil
}

type phaseTimeoutKey struct{}

// withPhaseTimeout lets an [OpenFunc] under the context take d over each phase.
func withPhaseTimeout(ctx context.Context, d time.Duration) context.Context {
	return context.WithValue(ctx, phaseTimeoutKey{}, d)
}

// PhaseTimeout is how long an [OpenFunc] is to let each phase take, where that is not
// the scenario's load.timeout: longer where the run decides itself when a login has
// taken too long, and then ends ctx; shorter where many nodes are to be tried. The run
// bounds Ping and Close of such a session by their contexts.
func PhaseTimeout(ctx context.Context) (time.Duration, bool) {
	d, ok := ctx.Value(phaseTimeoutKey{}).(time.Duration)
	return d, ok
}

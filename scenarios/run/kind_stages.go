package run

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/pace"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
)

// stages executes the stages of a load, one after the other, each at its own time:
// sessions that outlive their stage run beside the next one. All of them are one look.
func (r *run) stages(ctx context.Context) {
	_, planned := r.s.Load.StagesTake()
	r.announceStages(r.share(planned))
	var all sync.WaitGroup
	begin, from := r.since(), scenarios.Rate(0)
	r.loadBegins(begin)
	for i, st := range r.s.Load.Stages {
		if len(r.nodes.Dialable()) == 0 || !r.wait(r.startCtx, begin) {
			break
		}
		lasts := st.Lasts(r.pacer.Rate)
		r.collect.event(Event{Kind: EventStage, Done: i + 1, Total: len(r.s.Load.Stages), For: lasts, Text: limits.StageText(st, r.pacer.Rate)})
		r.stage(ctx, &all, begin, st, from)
		begin, from = begin+lasts, st.Rate
	}
	all.Wait()
	r.collect.endLook(r.stopped())
	if len(r.nodes.Dialable()) == 0 && !r.stopped() {
		r.stopWithoutNodes()
	}
}

// announceStages says how many sessions come. A closed stage has as many as it manages.
func (r *run) announceStages(planned int) {
	closed := slices.ContainsFunc(r.s.Load.Stages, func(st scenarios.Stage) bool { return st.Closed > 0 })
	switch {
	case !closed:
		r.collect.beginWhole(planned)
	case planned == 0:
		r.collect.beginOpen(0, "sessions, as many as the closed stages manage")
	default:
		r.collect.beginOpen(planned, phrase.Count(planned, "session")+", and as many as the closed stages manage")
	}
}

// stage starts everything that a stage has.
func (r *run) stage(ctx context.Context, all *sync.WaitGroup, begin time.Duration, st scenarios.Stage, from scenarios.Rate) {
	switch {
	case st.Closed > 0:
		r.closed(ctx, all, r.share(st.Closed), begin+st.Lasts(0))
	case st.Hold > 0:
		r.holdAll(ctx, all, begin, st)
	default: // without a ramp its way takes no time
		r.arrive(ctx, all, begin, pace.Ramp{From: from, To: st.Rate, In: time.Duration(st.Ramp), For: time.Duration(st.For)})
	}
}

// closed has a fixed number of sessions at once, each worker the next as soon as its last
// has ended. Sessions have no due times, so none is late: such a load slows down
// with the service.
func (r *run) closed(ctx context.Context, all *sync.WaitGroup, workers int, end time.Duration) {
	for range workers {
		all.Go(func() { r.work(ctx, end) })
	}
}

// work is one worker, and its sessions share one record: each has ended before the
// next begins.
func (r *run) work(ctx context.Context, end time.Duration) {
	var o scenarios.Observation
	for now := r.since(); now < end && !r.stopped(); now = r.since() {
		nodes := r.nodes.Dialable()
		if len(nodes) == 0 {
			return
		}
		j := job{node: r.dealer.node(nodes), part: scenarios.PartParallel, due: now, unpaced: true}
		o = r.beginRecord(j, now)
		r.executeRecorded(ctx, j, &o)
	}
}

// holdAll opens the sessions that a stage keeps, at load.rate.
func (r *run) holdAll(ctx context.Context, all *sync.WaitGroup, begin time.Duration, st scenarios.Stage) {
	end := begin + st.Lasts(r.pacer.Rate)
	login, done := r.until(end)
	defer done()
	for n := range r.share(st.Hold) {
		j := job{part: scenarios.PartHeld, due: begin + r.pacer.Due(n)}
		if !r.startDue(login, all, j, func(j job, o *scenarios.Observation) { r.hold(ctx, j, o, end) }) {
			return
		}
	}
}

// hold opens one session, keeps it until end, pings and closes it. It has a slot
// only while it logs in, and at the end.
func (r *run) hold(ctx context.Context, j job, o *scenarios.Observation, end time.Duration) {
	defer r.catch()
	s, err := r.login(ctx, j, o)
	if err != nil {
		r.endRecord(j, o, r.openFailed(ctx, o, err))
		return
	}
	if err := r.identify(ctx, s); err != nil {
		record.Failure(ctx, o, err, scenarios.PhaseExecute)
	} else {
		r.keep(ctx, s, o, end)
	}
	if _, ok := r.slots.Acquire(ctx); ok {
		defer r.slots.Release()
	}
	r.endRecord(j, o, r.pingAndClose(ctx, s, o))
}

// login opens a session and releases its slot.
func (r *run) login(ctx context.Context, j job, o *scenarios.Observation) (Session, error) {
	defer r.slots.Release()
	return r.open(ctx, j.node, o)
}

// keep lets a session idle until end, or until the run stops.
func (r *run) keep(ctx context.Context, s Session, o *scenarios.Observation, end time.Duration) {
	o.Outcome = scenarios.OutcomeOK
	left := end - r.since()
	if left <= 0 {
		return
	}
	if err := s.Wait(r.startCtx, left); err != nil && !r.stopped() {
		record.Failure(ctx, o, err, scenarios.PhaseExecute)
	}
}

// pingAndClose pings a session that is still there, and closes it.
func (r *run) pingAndClose(ctx context.Context, s Session, o *scenarios.Observation) (leftOpen bool) {
	defer func() { leftOpen = r.closeSession(ctx, s) }()
	if o.Outcome != scenarios.OutcomeOK || r.stopped() {
		return false
	}
	if err := s.Ping(ctx); err != nil {
		record.Failure(ctx, o, err, scenarios.PhaseExecute)
	}
	return false
}

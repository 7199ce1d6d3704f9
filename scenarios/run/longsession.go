package run

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
)

// longSession is a session that stays open after its login.
type longSession struct {
	job    job
	o      scenarios.Observation
	s      Session       // nil: it did not open
	opened time.Duration // since the run began
}

// openLong opens a session that is to stay; nil where it was not to start any more.
// Its slot is free again once it is open: slots bound logins, which are over soon,
// and not the minutes that follow. The record of one that did not open is complete.
func (r *run) openLong(ctx context.Context, j job) (l *longSession) {
	o, ran := r.acquire(j)
	if !ran {
		return nil
	}
	defer r.slots.Release()
	defer r.catch()
	l = &longSession{job: j, o: o}
	s, err := r.open(ctx, j.node, &l.o)
	if err != nil {
		r.endRecord(j, &l.o, r.openFailed(ctx, &l.o, err))
		return l
	}
	if err := r.identify(ctx, s); err != nil {
		record.Failure(ctx, &l.o, err, scenarios.PhaseExecute)
		r.endRecord(j, &l.o, r.closeAlone(ctx, s))
		return l
	}
	l.s, l.opened = s, r.since()
	return l
}

// waitAndPing lets the session idle for d and then pings it. An error is how it was
// lost; asked tells a loss that the ping found from a cut that was seen.
func (l *longSession) waitAndPing(ctx context.Context, d time.Duration) (asked bool, err error) {
	if err := l.s.Wait(ctx, d); err != nil {
		return false, err
	}
	return true, l.s.Ping(ctx)
}

// setOutcome records what became of the session; err is nil where it is still
// there. What the end of the run cut short is unknown.
func (r *run) setOutcome(l *longSession, err error) {
	if err != nil {
		record.Failure(r.startCtx, &l.o, err, scenarios.PhaseExecute)
		return
	}
	l.o.Outcome = scenarios.OutcomeOK
}

// closeLong closes the session and completes its record.
func (r *run) closeLong(ctx context.Context, l *longSession) {
	r.endRecord(l.job, &l.o, r.closeAlone(ctx, l.s))
}

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
func (r *run) openLong(ctx context.Context, j job) (k *longSession) {
	o, ran := r.acquire(j)
	if !ran {
		return nil
	}
	defer r.slots.Release()
	defer r.catch()
	k = &longSession{job: j, o: o}
	s, err := r.open(ctx, j.node, &k.o)
	if err != nil {
		r.endRecord(j, &k.o, r.openFailed(ctx, &k.o, err))
		return k
	}
	k.s, k.opened = s, r.since()
	return k
}

// waitAndPing lets the session idle for d and then pings it. An error is how it was
// lost; asked tells a loss that the ping found from a cut that was seen.
func (k *longSession) waitAndPing(ctx context.Context, d time.Duration) (asked bool, err error) {
	if err := k.s.Wait(ctx, d); err != nil {
		return false, err
	}
	return true, k.s.Ping(ctx)
}

// setOutcome records what became of the session; err is nil where it is still
// there. What the end of the run cut short is unknown.
func (r *run) setOutcome(k *longSession, err error) {
	if err != nil {
		record.Failure(r.startCtx, &k.o, err, scenarios.Execute)
		return
	}
	k.o.Outcome = scenarios.OK
}

// closeLong closes the session and completes its record.
func (r *run) closeLong(ctx context.Context, k *longSession) {
	r.endRecord(k.job, &k.o, closeAlone(ctx, k.s))
}

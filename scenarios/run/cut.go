package run

import (
	"context"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// stay is a session that stays open after its login.
type stay struct {
	job    job
	o      scenarios.Observation
	s      Session       // nil: it did not open
	opened time.Duration // since the run began
}

// stay opens a session that is to stay; nil where it was not to start any more.
// Its place is free again once it is open: places bound logins, which are over
// soon, and not the minutes that follow. One that did not open is over.
func (r *run) stay(ctx context.Context, j job) (k *stay) {
	o, ran := r.await(j)
	if !ran {
		return nil
	}
	defer r.slots.give()
	defer r.catch()
	k = &stay{job: j, o: o}
	s, err := r.open(ctx, j.node, &k.o)
	if err != nil {
		r.over(j, &k.o, r.unopened(ctx, &k.o, err))
		return k
	}
	k.s, k.opened = s, r.since()
	return k
}

// survive leaves the session alone for d and then asks for a sign of life. An
// error is how it died; asked tells one that was found out by asking from one
// that was seen to be cut.
func (k *stay) survive(ctx context.Context, d time.Duration) (asked bool, err error) {
	if err := k.s.Wait(ctx, d); err != nil {
		return false, err
	}
	return true, k.s.Ping(ctx)
}

// decide records what became of the session; err is nil where it is well. What
// the end of the run cut short is unknown.
func (r *run) decide(k *stay, err error) {
	if err != nil {
		blame(r.starts, &k.o, err, scenarios.Execute)
		return
	}
	k.o.Outcome = scenarios.OK
}

// dismiss closes the session: its record is complete.
func (r *run) dismiss(ctx context.Context, k *stay) {
	r.over(k.job, &k.o, leave(ctx, k.s))
}

// cutOf reads from the class of its error how a connection was cut. An answer
// that was asked for and never came is what a cut in silence looks like.
func cutOf(class scenarios.Class, asked bool) scenarios.Cut {
	switch {
	case class.IsEOF():
		return scenarios.CutFIN
	case class.IsReset():
		return scenarios.CutRST
	case class.IsTimeout() && asked:
		return scenarios.CutSilent
	}
	return scenarios.CutOther
}

package provision

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// sleep waits in real time.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// Intervals between two looks at AWS: quick at first, since most of it is.
const (
	firstPause = time.Second
	lastPause  = 15 * time.Second
)

// converging is the one loop of this package: look, do the first thing that is
// missing, look again, until nothing is.
type converging struct {
	site *site
	say  func(Event)
	wait time.Duration // for all of it
	end  time.Time     // when that is over

	resource resource
	doing    Change        // carried out or waited for last
	began    time.Time     // since when doing is the first thing missing
	pause    time.Duration // until the next look
	err      error         // what AWS answered last; nil: it accepted
	said     string        // of a wait, last
	done     []Change      // calls that AWS accepted
	halfway  bool          // of two calls that belong together, the first was accepted last
}

const defaultWait = 15 * time.Minute

func newConverging(s *site, progress func(Event), wait time.Duration) *converging {
	v := &converging{site: s, say: progress, wait: cmp.Or(wait, defaultWait)}
	if progress == nil {
		v.say = func(Event) {}
	}
	v.end = s.cloud.Now().Add(v.wait)
	return v
}

// bound ends ctx when the time for all of it is over, so that a call without an
// answer ends as well.
func (v *converging) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, v.wait, &WaitError{After: v.wait})
}

// converge brings one resource to what is wanted. Its errors are the
// context's, a [*StoppedError], a [*WaitError], and a [*CallError].
func (v *converging) converge(ctx context.Context, r resource) error {
	v.resource, v.doing, v.err = r, Change{}, nil
	v.restart()
	for {
		if done, err := v.round(ctx); done || err != nil {
			return err
		}
	}
}

// round is one look, and what follows from it. Halfway through two calls it goes
// on although ctx has ended: a listener that is deleted and not yet created again
// is a closed port.
func (v *converging) round(ctx context.Context) (done bool, err error) {
	if v.halfway {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(context.WithoutCancel(ctx), settling, &WaitError{After: settling})
		defer stop()
	}
	next, err := v.look(ctx)
	switch {
	case err != nil && (!passing(err) || ctx.Err() != nil):
		return false, v.failed(ctx, err)
	case err != nil:
		v.err = err
	case next.Action == NoOp:
		return true, nil
	case next.Action == Conflict && v.doing.Writes(): // made by us a moment ago: its tags are not seen yet
	case next.Stops():
		return false, &StoppedError{Changes: []Change{next}}
	default:
		again, err := v.step(ctx, next)
		if again || err != nil {
			return false, err
		}
	}
	return false, v.rest(ctx)
}

// failed adds to the end of the time what was being done.
func (v *converging) failed(ctx context.Context, err error) error {
	err = failed(ctx, err)
	if waited, ok := errors.AsType[*WaitError](err); ok && waited.Change.Resource == "" {
		waited.Change = v.doing
	}
	return err
}

// look reads the resource and returns what is missing first.
func (v *converging) look(ctx context.Context) (Change, error) {
	if err := v.resource.read.read(ctx); err != nil {
		return Change{}, err
	}
	changes := v.resource.missing()
	if stop := stops(changes); len(stop) > 0 {
		return stop[0], nil
	}
	for _, c := range changes {
		if c.Action != NoOp {
			return c, nil
		}
	}
	return Change{Action: NoOp}, nil
}

// step carries a change out, unless it was and is only not seen yet. It reports
// whether to look again at once.
func (v *converging) step(ctx context.Context, next Change) (again bool, err error) {
	moved := !next.same(v.doing)
	if moved {
		v.doing, v.err = next, nil
		v.restart()
	}
	if next.Action == Wait {
		if next.Why != v.said || moved {
			v.said = next.Why
			v.say(Event{Step: v.resource.name, Action: Wait, Text: "waiting: " + next.summary()})
		}
		return false, nil
	}
	if !moved && v.err == nil {
		return false, nil
	}
	if moved {
		v.say(Event{Step: v.resource.name, Action: next.Action, Text: next.summary()})
	}
	v.doing = next
	v.err = next.do(ctx)
	switch {
	case v.err == nil:
		v.done = append(v.done, next)
		v.halfway = next.half
		return true, nil
	case passing(v.err) && ctx.Err() == nil:
		return false, nil
	}
	return false, v.failed(ctx, v.err)
}

// rest lets time go by, or ends the waiting.
func (v *converging) rest(ctx context.Context) error {
	limit := max(v.resource.patience, settling)
	end := v.began.Add(limit)
	if v.doing.Action == Wait || v.end.Before(end) && !v.halfway {
		limit, end = v.wait, v.end
	}
	left := end.Sub(v.site.cloud.Now())
	if left <= 0 {
		c := v.doing
		if c.Action != Wait && v.err == nil {
			c.Why = "AWS accepted it and does not show it"
		}
		return &WaitError{Change: c, After: limit, Err: failed(ctx, v.err)}
	}
	if err := v.site.cloud.Sleep(ctx, min(v.pause, left)); err != nil {
		return v.failed(ctx, err)
	}
	v.pause = min(2*v.pause, lastPause)
	return nil
}

func (v *converging) restart() {
	v.began, v.pause = v.site.cloud.Now(), firstPause
}

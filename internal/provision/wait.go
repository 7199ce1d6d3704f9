package provision

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"
)

// sleep uses the real clock.
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

// Intervals between two reads: short at first, since most changes show quickly.
const (
	firstPause = time.Second
	lastPause  = 15 * time.Second
)

// reconciler is the only loop of this package: read, make the first missing change,
// read again, until none is missing.
type reconciler struct {
	state    *state
	progress func(Event)
	limit    time.Duration // for the whole run
	deadline time.Time     // its end

	resource     resource
	current      Change        // made or waited for last
	since        time.Time     // since when current is the first missing change
	pause        time.Duration // until the next read
	lastErr      error         // AWS's answer to current; nil: accepted
	reported     string        // last reported reason of a wait
	done         []Change      // calls that AWS accepted
	betweenCalls bool          // the first of two paired calls was accepted, the second was not
}

const defaultWait = 15 * time.Minute

func newReconciler(s *state, progress func(Event), wait time.Duration) *reconciler {
	v := &reconciler{state: s, progress: progress, limit: cmp.Or(wait, defaultWait)}
	if progress == nil {
		v.progress = func(Event) {}
	}
	v.deadline = s.cloud.Now().Add(v.limit)
	return v
}

// bound ends ctx at the deadline, so that a call without an answer ends too.
func (v *reconciler) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, v.limit, &WaitError{After: v.limit})
}

// reconcile brings one resource to the desired state. Its errors are the context's,
// a [*StoppedError], a [*WaitError] and a [*CallError].
func (v *reconciler) reconcile(ctx context.Context, r resource) error {
	v.resource, v.current, v.lastErr = r, Change{}, nil
	v.resetTimer()
	for {
		if done, err := v.round(ctx); done || err != nil {
			return err
		}
	}
}

// round is one read, and the change that follows from it. Between two paired calls
// it continues although ctx has ended: a deleted listener is a closed port until it
// is created again.
func (v *reconciler) round(ctx context.Context) (done bool, err error) {
	if v.betweenCalls {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(context.WithoutCancel(ctx), settleTimeout, &WaitError{After: settleTimeout})
		defer stop()
	}
	pending, err := v.pending(ctx)
	next := pending[0]
	switch {
	case err != nil && (!retryable(err) || ctx.Err() != nil):
		return false, v.annotate(ctx, err)
	case err != nil:
		v.lastErr = err
	case next.Action == NoOp:
		return true, nil
	case next.Action == Conflict && v.current.Writes(): // just created by us: its tags are not visible yet
	case next.Stops():
		return false, &StoppedError{Changes: []Change{next}}
	default:
		again, err := v.step(ctx, next)
		for i := 1; again && i < len(pending) && pending[i].batch && pending[i-1].batch; i++ {
			again, err = v.step(ctx, pending[i])
		}
		if again || err != nil {
			return false, err
		}
	}
	return false, v.backOff(ctx)
}

// annotate adds the current change to a time limit error, and AWS's last answer to it:
// the limit may end any call, also one that AWS was about to answer.
func (v *reconciler) annotate(ctx context.Context, err error) error {
	err = explain(ctx, err)
	waited, ok := errors.AsType[*WaitError](err)
	if !ok || waited.Change.Resource != "" || v.current.Resource == "" {
		return err
	}
	waited.Change = v.current
	switch {
	case v.lastErr != nil:
		waited.Err = callError(v.lastErr)
	case v.current.Action == Wait: // all reads before were answered
		waited.Err = nil
	}
	return err
}

// pending reads the resource and returns the missing changes, with what stops first:
// at least one, which is a [NoOp] if none is missing. Blocked ones that the others do
// not wait for are left out.
func (v *reconciler) pending(ctx context.Context) ([]Change, error) {
	none := []Change{{Action: NoOp}}
	if err := v.resource.read.read(ctx); err != nil {
		return none, err
	}
	changes := v.resource.changes()
	if stop := stops(changes); len(stop) > 0 {
		return stop, nil
	}
	missing := slices.DeleteFunc(changes, func(c Change) bool { return c.Action == NoOp || c.Alone })
	if len(missing) == 0 {
		return none, nil
	}
	return missing, nil
}

// step makes a change, unless it was accepted and is only not visible yet. It
// reports whether to read again at once.
func (v *reconciler) step(ctx context.Context, next Change) (again bool, err error) {
	moved := !next.same(v.current)
	if moved {
		v.current, v.lastErr = next, nil
		v.resetTimer()
	}
	if next.Action == Wait {
		if next.Why != v.reported || moved {
			v.reported = next.Why
			v.progress(Event{Step: v.resource.name, Action: Wait, Text: "waiting: " + next.summary()})
		}
		return false, nil
	}
	if !moved && v.lastErr == nil {
		return false, nil
	}
	if moved {
		v.progress(Event{Step: v.resource.name, Action: next.Action, Text: next.summary()})
	}
	v.current = next
	switch err := next.apply(ctx); {
	case err == nil:
		v.lastErr = nil
		v.done = append(v.done, next)
		v.betweenCalls = next.paired
		return true, nil
	case ctx.Err() != nil: // not AWS's answer
		return false, v.annotate(ctx, err)
	default:
		v.lastErr = err
		if retryable(err) {
			return false, nil
		}
		return false, v.annotate(ctx, err)
	}
}

// backOff pauses before the next read, or ends the waiting.
func (v *reconciler) backOff(ctx context.Context) error {
	limit := max(v.resource.timeout, settleTimeout)
	end := v.since.Add(limit)
	if v.current.Action == Wait || v.deadline.Before(end) && !v.betweenCalls {
		limit, end = v.limit, v.deadline
	}
	left := end.Sub(v.state.cloud.Now())
	if left <= 0 {
		c := v.current
		if c.Action != Wait && v.lastErr == nil {
			c.Why = "AWS accepted it but does not show it"
		}
		return &WaitError{Change: c, After: limit, Err: explain(ctx, v.lastErr)}
	}
	if err := v.state.cloud.Sleep(ctx, min(v.pause, left)); err != nil {
		return v.annotate(ctx, err)
	}
	v.pause = min(2*v.pause, lastPause)
	return nil
}

func (v *reconciler) resetTimer() {
	v.since, v.pause = v.state.cloud.Now(), firstPause
}

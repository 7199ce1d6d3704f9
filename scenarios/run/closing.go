package run

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// closeTimeout is how long closing may take, however the run ended.
const closeTimeout = 5 * time.Second

// closeAfterFailure is how long closing a session may take that did not answer before.
const closeAfterFailure = time.Second

// closing closes sessions. Those after one of which the close hangs wait for it for a
// grace only, and no longer than closingBudget in the whole run: then it goes on
// beside them.
type closing struct {
	catch    func() // deferred where a session's close may panic
	contexts closeContexts
	waited   atomic.Int64 // nanoseconds that sessions waited in vain for closes to end
	pending  atomic.Int64
	failed   atomic.Int64 // closes that failed, also of sessions that this does not close
	all      sync.WaitGroup
}

const (
	closeGrace    = time.Second
	closingBudget = 10 * time.Second
	maxClosing    = 256 // closes under way; beyond, the connection is closed without a word
)

// close closes s, calls ended with whether the server may still hold it, and returns
// when it was closed, or was waited for long enough.
func (c *closing) close(ctx context.Context, s Session, ended func(leftOpen bool)) time.Time {
	ctx, giveUp := c.contexts.context(ctx), context.CancelFunc(func() {})
	if c.pending.Add(1) > maxClosing {
		ctx, giveUp = context.WithDeadline(ctx, time.Now())
	}
	closed, done := make(chan time.Time, 1), make(chan struct{})
	c.all.Go(func() {
		defer close(done)
		defer c.catch()
		defer c.pending.Add(-1)
		defer giveUp()
		leftOpen := true
		defer func() { ended(leftOpen) }()
		leftOpen = s.Close(ctx) != nil
		closed <- time.Now()
	})
	grace := min(closeGrace, closingBudget-time.Duration(c.waited.Load()))
	if grace <= 0 {
		return time.Now()
	}
	timer := time.NewTimer(grace)
	defer timer.Stop()
	select {
	case at := <-closed:
		<-done // its record, too, is complete
		return at
	case <-done: // it panicked
		return time.Now()
	case <-timer.C:
		c.waited.Add(int64(grace))
		return time.Now()
	}
}

// timeout is how long a close may take for which a slot or a worker waits: once
// several have failed, no more than for a session that did not answer before.
func (c *closing) timeout() time.Duration {
	const several = 3
	if c.failed.Load() >= several {
		return closeAfterFailure
	}
	return closeTimeout
}

// wait returns when every close has ended.
func (c *closing) wait() { c.all.Wait() }

// closeContexts hands out contexts to close sessions in, which outlive the run's own.
// One serves all sessions that close within a second: to make one for each would
// cost a load more than all its records. The zero value is ready to use.
type closeContexts struct {
	now atomic.Pointer[closeContext]
	mu  sync.Mutex
}

// closeContext is one of them.
type closeContext struct {
	ctx         context.Context
	cancel      context.CancelFunc
	sharedUntil time.Time
}

// sharing is how long one context is handed out. In the worst case closing has this
// much less time than closeTimeout.
const sharing = time.Second

// context returns one that ends within closeTimeout.
func (c *closeContexts) context(ctx context.Context) context.Context {
	if shared := c.now.Load(); shared != nil && time.Now().Before(shared.sharedUntil) {
		return shared.ctx
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	shared := c.now.Load()
	if shared == nil || !time.Now().Before(shared.sharedUntil) {
		shared = &closeContext{sharedUntil: time.Now().Add(sharing)}
		shared.ctx, shared.cancel = context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		c.now.Store(shared) // the one before ends by its own timeout
	}
	return shared.ctx
}

// end releases the last one.
func (c *closeContexts) end() {
	if shared := c.now.Load(); shared != nil {
		shared.cancel()
	}
}

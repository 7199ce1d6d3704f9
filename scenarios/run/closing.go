package run

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

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

package run

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// closing hands out contexts to close sessions in, which outlive the run's own.
// One serves all sessions that close within a second: to make one for each would
// cost a load more than all its records. The zero value is ready to use.
type closing struct {
	now atomic.Pointer[grace]
	mu  sync.Mutex
}

// grace is one such context.
type grace struct {
	ctx    context.Context
	cancel context.CancelFunc
	fresh  time.Time // until when it is handed out
}

// sharing is how long one context is handed out: closing takes so much less
// than cleanup, at the worst.
const sharing = time.Second

// context returns one that ends within cleanup.
func (c *closing) context(ctx context.Context) context.Context {
	if g := c.now.Load(); g != nil && time.Now().Before(g.fresh) {
		return g.ctx
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.now.Load()
	if g == nil || !time.Now().Before(g.fresh) {
		g = &grace{fresh: time.Now().Add(sharing)}
		g.ctx, g.cancel = context.WithTimeout(context.WithoutCancel(ctx), cleanup)
		c.now.Store(g) // the one before ends by its own timeout
	}
	return g.ctx
}

// end lets go of the last one.
func (c *closing) end() {
	if g := c.now.Load(); g != nil {
		g.cancel()
	}
}

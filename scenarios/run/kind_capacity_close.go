package run

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/internal/record"
)

// each calls do for every session held, in the order of getting in, which is
// the nodes' in turn; for as many at once as logins may be under way.
func (h *holder) each(do func(*heldSession)) {
	var all sync.WaitGroup
	var next atomic.Int64
	for range min(len(h.held), cap(h.slots)) {
		all.Go(func() {
			for i := int(next.Add(1) - 1); i < len(h.held); i = int(next.Add(1) - 1) {
				func() {
					defer h.catch()
					do(h.held[i])
				}()
			}
		})
	}
	all.Wait()
}

// pingAll pings each session.
func (h *holder) pingAll(ctx context.Context) {
	var survived, lost atomic.Int64
	h.each(func(e *heldSession) {
		if ctx.Err() != nil {
			return
		}
		soon, cancel := context.WithTimeout(ctx, h.timeout)
		defer cancel()
		if err := e.s.Ping(soon); err == nil {
			survived.Add(1)
		} else if record.Failure(ctx, &e.o, err, scenarios.PhaseExecute); e.o.Outcome == scenarios.OutcomeFailed {
			lost.Add(1)
		}
	})
	h.seen.Survived, h.seen.Lost = int(survived.Load()), int(lost.Load())
}

// closeAll ends every session held. Each has its own time for that; once ctx
// has ended, all together have no more than one.
func (h *holder) closeAll(ctx context.Context) {
	h.mu.Lock()
	h.closing = true
	if len(h.held) > 0 {
		h.seen.Hold = &scenarios.Hold{Began: scenarios.SecondsOf(h.lastIn), Ended: scenarios.SecondsOf(h.since())}
	}
	h.mu.Unlock()
	open, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(closeTimeout, cancel) })
	defer stop()
	h.each(func(e *heldSession) {
		timeout := h.run.closing.timeout()
		if e.o.Outcome == scenarios.OutcomeFailed {
			timeout = closeAfterFailure
		}
		soon, cancel := context.WithTimeout(open, timeout)
		defer cancel()
		leftOpen := e.s.Close(soon) != nil
		e.s = nil
		h.endRecord(job{}, &e.o, leftOpen)
	})
}

// endLogins waits for the logins that are still under way, for which there is room
// by now, gives up those that nevertheless get no answer, and returns when all have
// ended.
func (h *holder) endLogins(giveUp context.CancelFunc) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for h.pending > h.stalled {
		h.changed.Wait()
	}
	timer := time.AfterFunc(min(h.timeout, closeTimeout), giveUp)
	defer timer.Stop()
	for h.pending > 0 {
		h.changed.Wait()
	}
}

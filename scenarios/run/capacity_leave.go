package run

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// farewell is how long a session may take to close that did not answer before.
const farewell = time.Second

// each calls do for every session held, in the order of getting in, which is
// the nodes' in turn; for as many at once as logins may be under way.
func (k *keeper) each(do func(*tenant)) {
	var all sync.WaitGroup
	var next atomic.Int64
	for range min(len(k.held), cap(k.slots)) {
		all.Go(func() {
			for i := int(next.Add(1) - 1); i < len(k.held); i = int(next.Add(1) - 1) {
				func() {
					defer k.catch()
					do(k.held[i])
				}()
			}
		})
	}
	all.Wait()
}

// askAll asks each session for a sign of life.
func (k *keeper) askAll(ctx context.Context) {
	var survived, lost atomic.Int64
	k.each(func(e *tenant) {
		if ctx.Err() != nil {
			return
		}
		soon, cancel := context.WithTimeout(ctx, k.timeout)
		defer cancel()
		if err := e.s.Ping(soon); err == nil {
			survived.Add(1)
		} else if blame(ctx, &e.o, err, scenarios.Execute); e.o.Outcome == scenarios.Failed {
			lost.Add(1)
		}
	})
	k.seen.Survived, k.seen.Lost = int(survived.Load()), int(lost.Load())
}

// closeAll ends every session held. Each has its own time for that; once ctx
// has ended, all together have no more than one.
func (k *keeper) closeAll(ctx context.Context) {
	k.mu.Lock()
	k.leaving = true
	k.mu.Unlock()
	open, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	hurry := context.AfterFunc(ctx, func() { time.AfterFunc(cleanup, cancel) })
	defer hurry()
	k.each(func(e *tenant) {
		most := cleanup
		if e.o.Outcome == scenarios.Failed {
			most = farewell
		}
		soon, cancel := context.WithTimeout(open, most)
		defer cancel()
		leftOpen := e.s.Close(soon) != nil
		e.s = nil
		k.over(job{}, &e.o, leftOpen)
	})
}

// release waits for the logins that are still under way, whose places are free
// by now, gives up those that do not get in nevertheless, and returns when all
// have ended.
func (k *keeper) release(giveUp context.CancelFunc) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.pending > k.waiting {
		k.changed.Wait()
	}
	enough := time.AfterFunc(min(k.timeout, cleanup), giveUp)
	defer enough.Stop()
	for k.pending > 0 {
		k.changed.Wait()
	}
}

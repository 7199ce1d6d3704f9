package pace

import (
	"context"
	"time"
)

// Slots bounds how many sessions are open at once. It holds the free slots, each
// with the moment when it came free: a session that starts late in it owes the
// time since then, and the service the time before.
type Slots chan time.Time

// NewSlots has n free slots.
func NewSlots(n int) Slots {
	s := make(Slots, n)
	for range n {
		s <- time.Time{}
	}
	return s
}

// Acquire waits for a free slot and returns when it came free, which is zero
// where it was never taken; false where ctx ends before.
func (s Slots) Acquire(ctx context.Context) (freed time.Time, ok bool) {
	if ctx.Err() != nil {
		return freed, false
	}
	select {
	case freed = <-s:
		return freed, true
	case <-ctx.Done():
		return freed, false
	}
}

// Release returns a slot.
func (s Slots) Release() { s.ReleaseSince(time.Now()) }

// ReleaseSince returns a slot that came free before.
func (s Slots) ReleaseSince(freed time.Time) { s <- freed }

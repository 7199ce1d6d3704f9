package run

import (
	"context"
	"time"
)

// slots bounds how many sessions are open at once. It holds the free places,
// each with the moment when it came free: who starts late on it owes what passed
// since then, and the service what passed before.
type slots chan time.Time

// newSlots has n free places.
func newSlots(n int) slots {
	s := make(slots, n)
	for range n {
		s <- time.Time{}
	}
	return s
}

// take waits for a free place; false where ctx ends before.
func (s slots) take(ctx context.Context) bool {
	_, ok := s.place(ctx)
	return ok
}

// place is take, and tells when the place came free.
func (s slots) place(ctx context.Context) (freed time.Time, ok bool) {
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

// give returns a place.
func (s slots) give() { s.giveSince(time.Now()) }

// giveSince returns a place that came free before.
func (s slots) giveSince(freed time.Time) { s <- freed }

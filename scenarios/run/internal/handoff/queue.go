package handoff

import (
	"slices"
	"sync"
	"time"
)

// Queue calls a function with one value after the other, in the order in which
// they were added. Its methods may be called concurrently; on a nil Queue they do
// nothing.
type Queue[T any] struct {
	size int
	call func(T)
	done chan struct{}

	mu      sync.Mutex
	changed *sync.Cond // something waits, something was taken, or the end has come
	waiting []T        // at most size
	ended   bool
}

// New starts a queue of at most size values that wait, and as many again that
// call is about to be given; nil where call is nil.
func New[T any](size int, call func(T)) *Queue[T] {
	if call == nil {
		return nil
	}
	q := &Queue[T]{size: size, call: call, done: make(chan struct{})}
	q.changed = sync.NewCond(&q.mu)
	go q.run()
	return q
}

// Put adds a value and returns how long it had to wait until there was room. It
// must not be called once End was.
func (q *Queue[T]) Put(v T) (waited time.Duration) {
	if q == nil {
		return 0
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= q.size {
		began := time.Now()
		for len(q.waiting) >= q.size {
			q.changed.Wait()
		}
		waited = time.Since(began)
	}
	q.add(v)
	return waited
}

// Offer adds a value without waiting. Where the queue is full, the oldest value
// for which droppable is true makes room, or else the oldest of all.
func (q *Queue[T]) Offer(v T, droppable func(T) bool) {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= q.size {
		i := max(0, slices.IndexFunc(q.waiting, droppable))
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	q.add(v)
}

// add appends a value; q.mu is held.
func (q *Queue[T]) add(v T) {
	q.waiting = append(q.waiting, v)
	q.changed.Broadcast()
}

// End returns once the function was called with every value that was added and
// was not dropped. It may be called again.
func (q *Queue[T]) End() {
	if q == nil {
		return
	}
	q.mu.Lock()
	q.ended = true
	q.changed.Broadcast()
	q.mu.Unlock()
	<-q.done
}

// run takes all that waits and calls the function with each, until the end.
func (q *Queue[T]) run() {
	defer close(q.done)
	var taken []T
	for q.take(&taken) {
		for _, v := range taken {
			q.call(v)
		}
	}
}

// take exchanges what waits for the values that have been dealt with; false at the end.
func (q *Queue[T]) take(taken *[]T) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && !q.ended {
		q.changed.Wait()
	}
	*taken, q.waiting = q.waiting, (*taken)[:0]
	q.changed.Broadcast()
	return len(*taken) > 0
}

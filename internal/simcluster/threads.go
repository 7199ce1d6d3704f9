package simcluster

import (
	"context"
	"time"
)

// threadPool admits connections as Impala's TAcceptQueueServer does
// (be/src/rpc/TAcceptQueueServer.cpp): a few set-up threads take connections in
// order, let each log in and then wait for a service thread; a service thread
// has its connection until the connection ends. Nobody is told to come again
// later: who waits hears nothing.
type threadPool struct {
	setup, service chan struct{} // a place in the channel is a thread
	timeout        time.Duration
}

func newThreadPool(setup, service int, patience time.Duration) *threadPool {
	return &threadPool{make(chan struct{}, setup), make(chan struct{}, service), patience}
}

// reserve gives n service threads to connections that stay. There must be so many.
func (t *threadPool) reserve(n int) {
	for range n {
		t.service <- struct{}{}
	}
}

// inUse is how many service threads have a connection.
func (t *threadPool) inUse() int { return len(t.service) }

// acquire runs login on a set-up thread and waits there for a service thread,
// which is the caller's until it calls leave. It returns false where there is
// none.
func (t *threadPool) acquire(ctx context.Context, login func() error) bool {
	select {
	case t.setup <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	admitted := login() == nil && t.acquireService(ctx)
	<-t.setup
	return admitted
}

// release gives a service thread back.
func (t *threadPool) release() { <-t.service }

// acquireService waits for a service thread.
func (t *threadPool) acquireService(ctx context.Context) bool {
	select {
	case t.service <- struct{}{}:
		return true
	default:
	}
	patience := time.NewTimer(t.timeout)
	defer patience.Stop()
	select {
	case t.service <- struct{}{}:
		return true
	case <-patience.C:
	case <-ctx.Done():
	}
	return false
}

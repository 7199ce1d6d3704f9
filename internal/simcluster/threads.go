package simcluster

import (
	"context"
	"time"
)

// threadPool admits connections as Impala's TAcceptQueueServer does
// (be/src/rpc/TAcceptQueueServer.cpp): a few setup threads take connections in
// order, run the login of each and then wait for a service thread, which serves
// the connection until it is closed. A waiting connection gets no reply.
type threadPool struct {
	setup, service chan struct{} // an element in the channel is a thread in use
	timeout        time.Duration
}

func newThreadPool(setup, service int, patience time.Duration) *threadPool {
	return &threadPool{make(chan struct{}, setup), make(chan struct{}, service), patience}
}

// reserve takes n service threads permanently. The pool must have n free ones.
func (t *threadPool) reserve(n int) {
	for range n {
		t.service <- struct{}{}
	}
}

// inUse returns the number of service threads in use.
func (t *threadPool) inUse() int { return len(t.service) }

// acquire runs login on a setup thread and then waits for a service thread, which
// the caller gives back by release. It returns false if the login failed, or if
// no thread became free before the timeout.
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

// release gives back a service thread.
func (t *threadPool) release() { <-t.service }

// acquireService waits for a service thread; false after the timeout.
func (t *threadPool) acquireService(ctx context.Context) bool {
	select {
	case t.service <- struct{}{}:
		return true
	default:
	}
	timeout := time.NewTimer(t.timeout)
	defer timeout.Stop()
	select {
	case t.service <- struct{}{}:
		return true
	case <-timeout.C:
	case <-ctx.Done():
	}
	return false
}

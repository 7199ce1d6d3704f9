package simcluster

import (
	"context"
	"time"
)

// threads admits connections as Impala's TAcceptQueueServer does
// (be/src/rpc/TAcceptQueueServer.cpp): a few set-up threads take connections in
// order, let each log in and then wait for a service thread; a service thread
// has its connection until the connection ends. Nobody is told to come again
// later: who waits hears nothing.
type threads struct {
	setup, service chan struct{} // a place in the channel is a thread
	patience       time.Duration
}

func newThreads(setup, service int, patience time.Duration) *threads {
	return &threads{make(chan struct{}, setup), make(chan struct{}, service), patience}
}

// hold gives n service threads to connections that stay. There must be so many.
func (t *threads) hold(n int) {
	for range n {
		t.service <- struct{}{}
	}
}

// inUse is how many service threads have a connection.
func (t *threads) inUse() int { return len(t.service) }

// enter runs login on a set-up thread, waits there for a service thread and
// runs serve on it. It returns false where serve was not run.
func (t *threads) enter(ctx context.Context, login func() error, serve func()) bool {
	select {
	case t.setup <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	admitted := login() == nil && t.admit(ctx)
	<-t.setup
	if !admitted {
		return false
	}
	defer func() { <-t.service }()
	serve()
	return true
}

// admit waits for a service thread.
func (t *threads) admit(ctx context.Context) bool {
	select {
	case t.service <- struct{}{}:
		return true
	default:
	}
	patience := time.NewTimer(t.patience)
	defer patience.Stop()
	select {
	case t.service <- struct{}{}:
		return true
	case <-patience.C:
	case <-ctx.Done():
	}
	return false
}

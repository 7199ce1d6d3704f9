package simcluster

import (
	"bufio"
	"context"
	"errors"
	"os"
	"time"
)

// threadPool admits connections as Impala's TAcceptQueueServer does
// (be/src/rpc/TAcceptQueueServer.cpp): a few setup threads take connections in
// order, run the login of each and then wait for a service thread, which serves
// the connection until it is closed. A waiting connection gets no reply. Its timeout
// is counted from when it was accepted, so that those in the queue end together.
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
	expires := time.Now().Add(t.timeout)
	select {
	case t.setup <- struct{}{}:
	case <-ctx.Done():
		return false
	}
	admitted := login() == nil && t.acquireService(ctx, expires)
	<-t.setup
	return admitted
}

// release gives back a service thread.
func (t *threadPool) release() { <-t.service }

// acquireService waits for a service thread until expires.
func (t *threadPool) acquireService(ctx context.Context, expires time.Time) bool {
	select {
	case t.service <- struct{}{}:
		return true
	default:
	}
	timeout := time.NewTimer(time.Until(expires))
	defer timeout.Stop()
	select {
	case t.service <- struct{}{}:
		return true
	case <-timeout.C:
	case <-ctx.Done():
	}
	return false
}

// deferAccept is about how long the kernel keeps a silent connection to itself before a
// coordinator accepts it (TCP_DEFER_ACCEPT with one second in Thrift's server socket).
const deferAccept = time.Second

// awaitFirstByte waits until the client has sent something, or has ended the
// connection, or was silent for the given time: only then does a coordinator know of
// the connection.
func awaitFirstByte(l *link, in *bufio.Reader, silence time.Duration) {
	if l.tcp == nil || in.Buffered() > 0 {
		return
	}
	l.tcp.SetReadDeadline(time.Now().Add(silence))
	if _, err := in.Peek(1); errors.Is(err, os.ErrDeadlineExceeded) {
		l.readFailed = false
	}
	if l.idle.cutMode() == "" {
		l.tcp.SetReadDeadline(time.Time{})
	}
}

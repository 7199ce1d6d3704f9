package hs2client

import (
	"context"
	"errors"
	"os"
	"time"
)

// Wait leaves the session idle for d and watches its connection: nil once d is
// over, or sooner an [*Error] of phase execute that says how it was cut (KindEOF
// where it was closed in order, KindReset where it was reset) or that ctx has
// ended. A connection that was cut silently cannot be detected this way: the next
// Ping times out. Nothing is sent, and the time is not recorded. A wait of zero is
// over at once.
func (s *Session) Wait(ctx context.Context, d time.Duration) error {
	if s.closed {
		return s.closedError(ctx, "idle")
	}
	s.conn.op = "idle"
	if d <= 0 {
		return nil
	}
	w := s.conn.watch(ctx)
	defer w.end()
	sp := s.conn.begin(ctx, PhaseExecute, d)
	sp.unrecorded = true
	s.conn.counted.deadline = moved{} // to be over is no failure
	err := s.conn.ctxErr
	switch {
	case err != nil:
	case s.conn.http.isDisconnected(): // there is nothing to watch
		err = sp.pause(d)
	default:
		err = s.conn.wire.Idle()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && s.conn.wire.Err() == nil && time.Since(sp.start) >= d {
		err = nil
	}
	return sp.end(err)
}

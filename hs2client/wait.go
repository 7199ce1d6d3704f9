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
	s.link.op = "idle"
	if d <= 0 {
		return nil
	}
	w := s.link.watch(ctx)
	defer w.end()
	sp := s.link.begin(ctx, PhaseExecute, d)
	sp.unrecorded = true
	err := s.link.ctxErr
	if err == nil {
		err = s.link.wire.Idle()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) && s.link.wire.Err() == nil && time.Since(sp.start) >= d {
		err = nil
	}
	return sp.end(err)
}

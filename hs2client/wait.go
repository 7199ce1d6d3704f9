package hs2client

import (
	"context"
	"errors"
	"os"
	"time"
)

// Wait leaves the session idle for d and watches its connection meanwhile: nil
// once d is over, sooner an [*Error] of phase execute that says how it was cut
// (KindEOF where it was closed in good order, KindReset where it was reset). A
// connection that was cut in silence cannot be seen so: the next Ping times
// out. Nothing is sent, and the time is not recorded.
func (s *Session) Wait(ctx context.Context, d time.Duration) error {
	if s.closed {
		return s.unusable(ctx, "idle", PhaseExecute)
	}
	s.method = "idle"
	w := s.watch(ctx)
	defer w.end()
	sp := s.begin(ctx, PhaseExecute, d)
	sp.quiet = true
	return sp.end(s.listen(ctx))
}

// listen reads until the deadline. Nothing is owed, so that nothing may come.
func (l *link) listen(ctx context.Context) error {
	if l.over != nil {
		return l.over
	}
	defer l.wire.end()
	if err := l.ready(0); err != nil {
		return err
	}
	raw, err := l.peek(1)
	switch {
	case err == nil && l.owed > 0:
		return nil // a reply that was given up on: the next call drops it
	case err == nil:
		return l.fail(&cause{kind: KindGarbage, text: "words that nobody asked for: " + quote(raw)})
	case errors.Is(err, os.ErrDeadlineExceeded) && ctx.Err() == nil:
		l.forgive()
		return nil
	}
	return err
}

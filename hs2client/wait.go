package hs2client

import (
	"context"
	"errors"
	"os"
	"time"
)

// Wait leaves the session idle for d and watches its connection meanwhile: nil
// once d is over, sooner an [*Error] of phase execute that says how it was cut
// (KindEOF where it was closed in good order, KindReset where it was reset) or
// that ctx has ended. A connection that was cut in silence cannot be seen so:
// the next Ping times out. Nothing is sent, and the time is not recorded. A wait
// of no time is over at once.
func (s *Session) Wait(ctx context.Context, d time.Duration) error {
	if s.closed {
		return s.unusable(ctx, "idle", PhaseExecute)
	}
	s.method = "idle"
	if d <= 0 {
		return nil
	}
	w := s.watch(ctx)
	defer w.end()
	sp := s.begin(ctx, PhaseExecute, d)
	sp.quiet = true
	err := s.listen(ctx)
	if errors.Is(err, os.ErrDeadlineExceeded) && s.fault == nil && time.Since(sp.start) >= d {
		err = nil
	}
	return sp.end(err)
}

// listen reads until it fails, at the deadline at the latest. Nothing may come
// but replies that were given up on; they are dropped.
func (l *link) listen(ctx context.Context) error {
	err := l.over
	for err == nil {
		if err = l.hear(); err != nil {
			l.forgive()
			break
		}
		if l.owed == 0 {
			return l.fail(notUnderstood(KindGarbage, l.in[l.lo:l.hi]))
		}
		err = l.settle(ctx)
		l.wire.end()
	}
	return err
}

// hear waits until there is something to read, without a block while there is
// nothing: many may wait.
func (w *wire) hear() error {
	if w.fault != nil || w.lo < w.hi {
		return w.fault
	}
	if _, err := w.receive(w.few[:1]); err != nil {
		return err
	}
	w.in = blocks.Get().(*block)
	w.lo, w.hi = 0, copy(w.in[:], w.few[:1])
	return nil
}

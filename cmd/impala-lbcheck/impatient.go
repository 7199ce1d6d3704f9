package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"time"
)

// impatient is a writer whose reader may take as long as it likes until a signal has told
// the command to end. Then what is not taken within a time is given up, and all that comes
// after it: a pager that is stopped, or a terminal that is frozen, keeps nobody from leaving.
type impatient struct {
	w       io.Writer
	ctx     context.Context // its end is the signal
	givenUp atomic.Bool
}

// errNotRead is why something was not written after a signal.
var errNotRead = errors.New("nobody reads it")

// pieceSize is how much a reader has to take within the time.
const pieceSize = 32 << 10

// Write writes p in pieces. What was given up keeps one goroutine, and p, until the process
// ends, since nothing can interrupt it; so p is never written to again, as is true of what a
// report.SafeWriter hands on.
func (i *impatient) Write(p []byte) (n int, err error) {
	for piece := range slices.Chunk(p, pieceSize) {
		taken, err := i.writePiece(piece)
		n += taken
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Unwrap returns where it writes to.
func (i *impatient) Unwrap() io.Writer { return i.w }

func (i *impatient) writePiece(p []byte) (int, error) {
	type outcome struct {
		n   int
		err error
	}
	if i.givenUp.Load() {
		return 0, i.notRead()
	}
	written := make(chan outcome, 1)
	go func() {
		n, err := i.w.Write(p)
		written <- outcome{n, err}
	}()
	select {
	case o := <-written:
		return o.n, o.err
	case <-i.ctx.Done():
	}
	late := time.NewTimer(stalled)
	defer late.Stop()
	select {
	case o := <-written:
		return o.n, o.err
	case <-late.C:
		i.givenUp.Store(true)
		return 0, i.notRead()
	}
}

// notRead is errNotRead with the signal that ended the command.
func (i *impatient) notRead() error { return fmt.Errorf("%w: %w", errNotRead, context.Cause(i.ctx)) }

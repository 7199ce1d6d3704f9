package hs2client

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"sync"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// What one reply may have, in bytes: that to a call, and the description or the
// rows of a result.
const (
	maxReply       = 1 << 20
	maxResultReply = 16 << 20
)

// What decoding adds to the bytes of a value: a string's or a slice's header, a
// struct of the generated code with its pointer.
const (
	textOverhead   = 24
	structOverhead = 80
)

// allowance is what one reply may take. The bytes of a value count where they
// arrive; what decoding adds to them, which can be many times as much, counts
// where it is about to be allocated.
type allowance struct {
	bytes    int // as they come over the connection
	overhead int // allocated beyond those bytes
}

// callAllowance is that of a reply which is no part of a result, and resultAllowance
// that of one which is.
var (
	callAllowance   = allowance{maxReply, maxReply}
	resultAllowance = allowance{maxResultReply, 2 * maxResultReply}
)

// within is an allowance that is at most n of each.
func (a allowance) within(n int) allowance { return allowance{min(a.bytes, n), min(a.overhead, n)} }

// used is what has been taken of an allowance of which rest is left.
func (a allowance) used(rest allowance) int {
	return a.bytes - rest.bytes + a.overhead - rest.overhead
}

// The buffers of a call: what comes, for which Impala's answer to OpenSession is
// the measure (some 8 KB, one read), and what goes, which is small or else grows.
const (
	blockSize = 8 << 10
	sheetSize = 512
)

type (
	block = [blockSize]byte
	sheet = [sheetSize]byte
)

// Both are lent for a call, so that an idle session holds none.
var (
	blocks = sync.Pool{New: func() any { return new(block) }}
	sheets = sync.Pool{New: func() any { return new(sheet) }}
)

// maxEmptyReads ends a connection that says neither data nor error.
const maxEmptyReads = 100

// wire is a [thrift.TRichTransport] straight over a connection: one write per
// request, a byte budget per reply, and SASL's data frames in the same layer
// once framed is set. Deadlines are set on the connection by whoever calls. Its
// first error stays.
type wire struct {
	rw     io.ReadWriter
	framed bool
	heard  bool  // something has arrived since the connection began
	fault  error // the first failure, for ever; nil: none

	in     *block // nil: not borrowed
	lo, hi int    // in[lo:hi] has arrived and is not read
	lent   *sheet
	out    []byte    // the request being written; begins in lent
	frame  int       // bytes of the data frame not yet read
	budget allowance // what this reply may still take
	few    [8]byte   // what was taken, where it did not lie in one piece; or came unasked
}

// begin borrows buffers for one request and sets what its reply may have.
func (w *wire) begin(budget allowance) {
	if w.in == nil {
		w.in = blocks.Get().(*block)
	}
	w.lent = sheets.Get().(*sheet)
	w.out = w.lent[:0]
	if w.framed {
		w.out = w.lent[:saslframe.FrameHeader]
	}
	w.budget = budget
}

// end gives the buffers back; bytes that nobody asked for stay, and will be
// found wanting as the head of the next reply.
func (w *wire) end() {
	if w.lent != nil {
		sheets.Put(w.lent)
	}
	w.lent, w.out = nil, nil
	if w.lo == w.hi && w.in != nil {
		blocks.Put(w.in)
		w.in, w.lo, w.hi = nil, 0, 0
	}
}

// fail keeps the first error.
func (w *wire) fail(err error) error {
	if w.fault == nil {
		w.fault = err
	}
	return w.fault
}

func (w *wire) Write(p []byte) (int, error) {
	w.out = append(w.out, p...)
	return len(p), nil
}

func (w *wire) WriteByte(c byte) error {
	w.out = append(w.out, c)
	return nil
}

func (w *wire) WriteString(s string) (int, error) {
	w.out = append(w.out, s...)
	return len(s), nil
}

// Flush sends the request, with its frame header where there is one, at once.
func (w *wire) Flush(context.Context) error {
	if w.fault != nil {
		return w.fault
	}
	if w.framed {
		n := len(w.out) - saslframe.FrameHeader
		if n > math.MaxInt32 {
			return w.fail(&cause{kind: KindInvalid, text: "request too long for one frame"})
		}
		binary.BigEndian.PutUint32(w.out, uint32(n))
	}
	if _, err := w.rw.Write(w.out); err != nil {
		return w.fail(w.explained(err))
	}
	w.out = w.out[:0]
	return nil
}

// explained is why writing failed: a TLS alert may have come before the reset.
// Reading from a connection that can no longer be written does not wait.
func (w *wire) explained(err error) error {
	if w.heard || kindOf(err) != KindEOF && kindOf(err) != KindReset {
		return err
	}
	if _, why := w.rw.Read(w.in[:]); kindOf(why) == KindAlert {
		return why
	}
	return err
}

// Read reads what the reply may still have.
func (w *wire) Read(p []byte) (int, error) {
	if err := w.ready(len(p)); err != nil {
		return 0, err
	}
	n := min(len(p), w.budget.bytes)
	if w.framed {
		n = min(n, w.frame)
	}
	if w.lo == w.hi && n >= blockSize {
		got, err := w.receive(p[:n])
		w.took(got)
		return got, err
	}
	if w.lo == w.hi {
		if err := w.fill(); err != nil {
			return 0, err
		}
	}
	n = copy(p[:n], w.in[w.lo:w.hi])
	w.lo += n
	w.took(n)
	return n, nil
}

// ReadByte is Read of one byte.
func (w *wire) ReadByte() (byte, error) {
	b, err := w.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// has reports whether n bytes lie ready in one piece, and may be read.
func (w *wire) has(n int) bool {
	return w.hi-w.lo >= n && w.budget.bytes >= n && w.fault == nil && (!w.framed || w.frame >= n)
}

// piece is what lies ready in one piece, and may be read.
func (w *wire) piece() []byte {
	if w.in == nil || w.fault != nil {
		return nil
	}
	n := min(w.hi-w.lo, w.budget.bytes)
	if w.framed {
		n = min(n, w.frame)
	}
	return w.in[w.lo : w.lo+n]
}

// pass reads n bytes that lie ready.
func (w *wire) pass(n int) {
	w.lo += n
	w.took(n)
}

// take reads n bytes, at most 8; they are good until the next read.
func (w *wire) take(n int) ([]byte, error) {
	if w.has(n) {
		b := w.in[w.lo : w.lo+n]
		w.pass(n)
		return b, nil
	}
	_, err := io.ReadFull(w, w.few[:n])
	return w.few[:n], err
}

// discard reads n bytes and keeps none.
func (w *wire) discard(n int) error {
	if w.has(n) {
		w.pass(n)
		return nil
	}
	for n > 0 {
		if err := w.ready(n); err != nil {
			return err
		}
		if w.lo == w.hi {
			if err := w.fill(); err != nil {
				return err
			}
		}
		step := min(n, w.hi-w.lo, w.budget.bytes)
		if w.framed {
			step = min(step, w.frame)
		}
		w.lo += step
		w.took(step)
		n -= step
	}
	return nil
}

// ready sees to it that n more bytes, or as many of them as the frame has, may
// be read.
func (w *wire) ready(n int) error {
	if w.fault != nil {
		return w.fault
	}
	if w.in == nil {
		w.in = blocks.Get().(*block)
	}
	if n > 0 && w.budget.bytes == 0 {
		return w.fail(&cause{kind: KindOversize, text: "a reply longer than this client takes"})
	}
	for n > 0 && w.framed && w.frame == 0 {
		if err := w.nextFrame(); err != nil {
			return err
		}
	}
	return nil
}

func (w *wire) took(n int) {
	w.budget.bytes -= n
	if w.framed {
		w.frame -= n
	}
}

// charge counts n bytes that are about to be allocated beyond those that came.
func (w *wire) charge(n int) error {
	if n > w.budget.overhead {
		return &cause{kind: KindOversize, text: "a reply that takes more memory than this client gives it"}
	}
	w.budget.overhead -= n
	return nil
}

// nextFrame reads the header of a data frame. An empty frame costs budget as
// its header does, so that there cannot be endlessly many.
func (w *wire) nextFrame() error {
	raw, err := w.peek(saslframe.FrameHeader)
	if err != nil {
		return err
	}
	n, err := saslframe.ReadFrameLength([saslframe.FrameHeader]byte(raw), saslframe.MaxFrame)
	if err != nil {
		return w.fail(unframed(raw, err))
	}
	w.lo += saslframe.FrameHeader
	w.frame = n
	if n == 0 {
		w.budget.bytes = max(0, w.budget.bytes-saslframe.FrameHeader)
		if w.budget.bytes == 0 {
			return w.fail(&cause{kind: KindOversize, text: "a reply of empty frames"})
		}
	}
	return nil
}

// unframed says what a frame header was that gave no length.
func unframed(raw []byte, err error) error {
	if kind := sniff(raw); kind != KindGarbage {
		return notUnderstood(kind, raw)
	}
	return &cause{kind: KindOversize, err: err}
}

// peek waits for n raw bytes at the least and returns all that is there, unread.
func (w *wire) peek(n int) ([]byte, error) {
	if w.fault != nil {
		return nil, w.fault
	}
	for w.hi-w.lo < n {
		if err := w.fill(); err != nil {
			return w.in[w.lo:w.hi], err
		}
	}
	return w.in[w.lo:w.hi], nil
}

// fill appends what arrives to the buffer.
func (w *wire) fill() error {
	if w.lo > 0 {
		w.hi = copy(w.in[:], w.in[w.lo:w.hi])
		w.lo = 0
	}
	n, err := w.receive(w.in[w.hi:])
	w.hi += n
	return err
}

// receive reads from the connection at least one byte, or fails.
func (w *wire) receive(p []byte) (int, error) {
	for range maxEmptyReads {
		n, err := w.rw.Read(p)
		if n > 0 {
			w.heard = true
			return n, nil
		}
		if err != nil {
			return 0, w.fail(err)
		}
	}
	return 0, w.fail(io.ErrNoProgress)
}

// forgive forgets a failure that was only this call's patience: nothing of the
// reply has come, so it can still be waited for.
func (w *wire) forgive() {
	if w.lo == w.hi && w.frame == 0 && errors.Is(w.fault, os.ErrDeadlineExceeded) {
		w.fault = nil
	}
}

// RemainingBytes is the budget: what the runtime holds lengths against.
func (w *wire) RemainingBytes() uint64 { return uint64(w.budget.bytes) }

// Open, IsOpen and Close make a wire a TTransport; the connection is its
// owner's to open and close.
func (w *wire) Open() error  { return nil }
func (w *wire) IsOpen() bool { return w.fault == nil }
func (w *wire) Close() error { return nil }

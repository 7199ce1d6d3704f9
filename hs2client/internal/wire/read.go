package wire

import (
	"io"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Read reads what is left of the reply's budget.
func (t *transport) Read(p []byte) (int, error) {
	if err := t.ready(len(p)); err != nil {
		return 0, err
	}
	n := min(len(p), t.left.Bytes)
	if t.framed {
		n = min(n, t.frame)
	}
	if t.start == t.end && n >= readSize {
		got, err := t.receive(p[:n])
		t.consumed(got)
		return got, err
	}
	if t.start == t.end {
		if err := t.fill(); err != nil {
			return 0, err
		}
	}
	n = copy(p[:n], t.in[t.start:t.end])
	t.advance(n)
	return n, nil
}

// ReadByte is Read of one byte.
func (t *transport) ReadByte() (byte, error) {
	b, err := t.take(1)
	if err != nil {
		return 0, err
	}
	return b[0], nil
}

// has reports whether n bytes are buffered in one piece and may be read.
func (t *transport) has(n int) bool {
	return t.end-t.start >= n && t.left.Bytes >= n && t.err == nil && (!t.framed || t.frame >= n)
}

// buffered is what is buffered in one piece and may be read.
func (t *transport) buffered() []byte {
	if t.in == nil || t.err != nil {
		return nil
	}
	n := min(t.end-t.start, t.left.Bytes)
	if t.framed {
		n = min(n, t.frame)
	}
	return t.in[t.start : t.start+n]
}

// advance passes over n buffered bytes.
func (t *transport) advance(n int) {
	t.start += n
	t.consumed(n)
}

// take reads n bytes, at most 8; they are valid until the next read.
func (t *transport) take(n int) ([]byte, error) {
	if t.has(n) {
		b := t.in[t.start : t.start+n]
		t.advance(n)
		return b, nil
	}
	_, err := io.ReadFull(t, t.small[:n])
	return t.small[:n], err
}

// discard reads n bytes and keeps none.
func (t *transport) discard(n int) error {
	if t.has(n) {
		t.advance(n)
		return nil
	}
	for n > 0 {
		if err := t.ready(n); err != nil {
			return err
		}
		if t.start == t.end {
			if err := t.fill(); err != nil {
				return err
			}
		}
		step := min(n, t.end-t.start, t.left.Bytes)
		if t.framed {
			step = min(step, t.frame)
		}
		t.advance(step)
		n -= step
	}
	return nil
}

// ready makes sure that n more bytes, or as many of them as the frame has, may be
// read.
func (t *transport) ready(n int) error {
	if t.err != nil {
		return t.err
	}
	if t.in == nil {
		t.in = readBufs.Get().(*readBuf)
	}
	if n > 0 && t.left.Bytes == 0 {
		return t.fail(failure(vocab.KindOversize, "a reply longer than this client accepts"))
	}
	for n > 0 && t.framed && t.frame == 0 {
		if err := t.nextFrame(); err != nil {
			return err
		}
	}
	return nil
}

func (t *transport) consumed(n int) {
	t.left.Bytes -= n
	if t.framed {
		t.frame -= n
	}
}

// charge counts n bytes that are about to be allocated beyond those that arrived.
func (t *transport) charge(n int) error {
	if n > t.left.Overhead {
		return failure(vocab.KindOversize, "a reply that needs more memory than this client allows")
	}
	t.left.Overhead -= n
	return t.share.reserve(n)
}

// nextFrame reads the header of a data frame. An empty frame uses budget as its
// header does, so that their number is bounded.
func (t *transport) nextFrame() error {
	raw, err := t.peek(saslframe.FrameHeader)
	if err != nil {
		return err
	}
	n, err := saslframe.ReadFrameLength([saslframe.FrameHeader]byte(raw), saslframe.MaxFrame)
	if err != nil {
		return t.fail(frameError(raw, err))
	}
	t.start += saslframe.FrameHeader
	t.frame = n
	if n == 0 {
		t.left.Bytes = max(0, t.left.Bytes-saslframe.FrameHeader)
		if t.left.Bytes == 0 {
			return t.fail(failure(vocab.KindOversize, "a reply of empty frames"))
		}
	}
	return nil
}

// frameError is what a frame header was that is no length.
func frameError(raw []byte, err error) error {
	if kind := Sniff(raw); kind != vocab.KindGarbage {
		return Unrecognized(kind, raw)
	}
	return &Error{Kind: vocab.KindOversize, Err: err}
}

// peek waits for at least n raw bytes and returns all that are buffered, unread.
func (t *transport) peek(n int) ([]byte, error) {
	if t.err != nil {
		return nil, t.err
	}
	for t.end-t.start < n {
		if err := t.fill(); err != nil {
			return t.in[t.start:t.end], err
		}
	}
	return t.in[t.start:t.end], nil
}

// waitReadable waits until there is something to read. It holds no buffer while
// there is nothing: many sessions may wait.
func (t *transport) waitReadable() error {
	if t.err != nil || t.start < t.end {
		return t.err
	}
	if _, err := t.receive(t.small[:1]); err != nil {
		return err
	}
	t.in = readBufs.Get().(*readBuf)
	t.start, t.end = 0, copy(t.in[:], t.small[:1])
	return nil
}

// fill appends what arrives to the buffer.
func (t *transport) fill() error {
	if t.start > 0 {
		t.end = copy(t.in[:], t.in[t.start:t.end])
		t.start = 0
	}
	n, err := t.receive(t.in[t.end:])
	t.end += n
	return err
}

// receive reads at least one byte from the connection, or fails.
func (t *transport) receive(p []byte) (int, error) {
	for range maxEmptyReads {
		n, err := t.rw.Read(p)
		if n > 0 {
			t.received = true
			return n, nil
		}
		if isWhole(err) {
			return 0, err
		}
		if err != nil {
			return 0, t.fail(err)
		}
	}
	return 0, t.fail(io.ErrNoProgress)
}

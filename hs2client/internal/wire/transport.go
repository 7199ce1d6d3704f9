package wire

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"sync"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// The buffers of a call. Impala's answer to OpenSession, some 8 KB, sets the size
// of what is read at once; requests are small, or their buffer grows.
const (
	readSize  = 8 << 10
	writeSize = 512
)

type (
	readBuf  = [readSize]byte
	writeBuf = [writeSize]byte
)

// Both are borrowed for a call, so that an idle session holds none.
var (
	readBufs  = sync.Pool{New: func() any { return new(readBuf) }}
	writeBufs = sync.Pool{New: func() any { return new(writeBuf) }}
)

// maxEmptyReads ends a connection that returns neither data nor an error.
const maxEmptyReads = 100

// transport is a [thrift.TRichTransport] directly over a connection: one write per
// request, a budget per reply, and SASL's data frames in the same layer once framed
// is set. Deadlines are set on the connection by its owner. The first error is
// returned from then on.
type transport struct {
	rw       io.ReadWriter
	exchange Exchange // rw, where each request has a response of its own; else nil
	framed   bool
	received bool  // some bytes have arrived since the connection began
	err      error // the first failure; nil: none

	in         *readBuf // nil: not borrowed
	start, end int      // in[start:end] has arrived and is not read
	scratch    *writeBuf
	out        []byte  // the request being written; begins in scratch
	frame      int     // bytes of the data frame not yet read
	left       Budget  // what this reply may still use
	share      share   // of the memory for the replies to all connections
	small      [8]byte // a value that did not lie in one piece, or arrived while idle
}

// acquire borrows buffers for one request and sets the budget of its reply.
func (t *transport) acquire(b Budget) {
	if t.in == nil {
		t.in = readBufs.Get().(*readBuf)
	}
	t.scratch = writeBufs.Get().(*writeBuf)
	t.out = t.scratch[:0]
	if t.framed {
		t.out = t.scratch[:saslframe.FrameHeader]
	}
	t.left = b
	t.share.begin()
}

// release returns the buffers. Unexpected bytes stay: the next call reads them
// as the head of its reply, and fails.
func (t *transport) release() {
	t.share.end()
	if t.scratch != nil {
		writeBufs.Put(t.scratch)
	}
	t.scratch, t.out = nil, nil
	if t.start == t.end && t.in != nil {
		readBufs.Put(t.in)
		t.in, t.start, t.end = nil, 0, 0
	}
}

// fail keeps the first error.
func (t *transport) fail(err error) error {
	if t.err == nil {
		t.err = err
	}
	return t.err
}

func (t *transport) Write(p []byte) (int, error) {
	t.out = append(t.out, p...)
	return len(p), nil
}

func (t *transport) WriteByte(c byte) error {
	t.out = append(t.out, c)
	return nil
}

func (t *transport) WriteString(s string) (int, error) {
	t.out = append(t.out, s...)
	return len(s), nil
}

// Flush sends the request at once, with its frame header where there is one.
func (t *transport) Flush(context.Context) error {
	if t.err != nil {
		return t.err
	}
	if t.framed {
		n := len(t.out) - saslframe.FrameHeader
		if n > math.MaxInt32 {
			return t.fail(failure(vocab.KindInvalid, "request too long for one frame"))
		}
		binary.BigEndian.PutUint32(t.out, uint32(n))
	}
	if _, err := t.rw.Write(t.out); err != nil {
		return t.fail(t.writeError(err))
	}
	t.out = t.out[:0]
	return nil
}

// writeError is why writing failed: a TLS alert may have arrived before the reset.
// Reading from a connection that can no longer be written does not block.
func (t *transport) writeError(err error) error {
	if t.received || t.exchange != nil || KindOf(err) != vocab.KindEOF && KindOf(err) != vocab.KindReset {
		return err
	}
	_, cause := t.rw.Read(t.in[:])
	if _, alerted := Alert(cause); alerted {
		return cause
	}
	return err
}

// clearTimeout removes a failure that was only a deadline of this call: nothing of
// the reply has arrived, so it can still be waited for.
func (t *transport) clearTimeout() {
	if t.start == t.end && t.frame == 0 && errors.Is(t.err, os.ErrDeadlineExceeded) {
		t.err = nil
	}
}

// RemainingBytes is what the runtime checks lengths against.
func (t *transport) RemainingBytes() uint64 { return uint64(t.left.Bytes) }

// Open, IsOpen and Close make it a TTransport; its owner opens and closes the
// connection.
func (t *transport) Open() error  { return nil }
func (t *transport) IsOpen() bool { return t.err == nil }
func (t *transport) Close() error { return nil }

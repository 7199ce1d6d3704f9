package simcluster

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/internal/saslframe"
)

// maxRequest bounds one request, and so every string and list in it: longer
// ones end the connection. Impala's own limit is 2 GiB
// (--thrift_external_rpc_max_message_size); a statement is far below this one.
const maxRequest = 4 << 20

// wire is Thrift's transport over a link: buffered, with SASL's data frames
// where sasl is set, and with a budget per request.
type wire struct {
	link   *link
	in     *bufio.Reader // over link, or over frames
	out    *bytes.Buffer // the answer so far; nil between answers
	insert []byte        // goes into the answer before the two stops that end it; nil: nothing does
	sasl   bool
	budget int
}

var (
	_ thrift.TTransport     = (*wire)(nil)
	_ thrift.TRichTransport = (*wire)(nil)
)

// buffers are shared by all answers of the process: a connection that waits
// holds none.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// stops end an answer: one its struct, one the result that it is in.
const stops = "\x00\x00"

// readBuffer suits requests, which are small. Every connection holds one.
const readBuffer = 1 << 8

// newWire serves in, which has read what came of l so far.
func newWire(l *link, in *bufio.Reader, sasl bool) *wire {
	w := &wire{link: l, in: in, sasl: sasl}
	if sasl {
		w.in = bufio.NewReaderSize(&frameReader{in: in}, readBuffer)
	}
	return w
}

// errMisread is a connection that does not speak Thrift.
var errMisread = errors.New("simcluster: not a Thrift message")

// begin waits for a request and gives it a fresh budget. What is no versioned
// message is taken as Impala's non-strict reader takes it, for the length of a
// name: such a client waits for ever, except that a PROXY header ends the
// connection at once (an Impala with a lower message limit does that too).
func (w *wire) begin() error {
	head, err := w.in.Peek(4)
	if err != nil {
		return err
	}
	if size := int32(binary.BigEndian.Uint32(head)); size > maxRequest {
		if string(head) != "PROX" {
			w.link.swallow()
		}
		return errMisread
	}
	w.budget = maxRequest
	return nil
}

func (w *wire) Read(b []byte) (int, error) {
	if w.budget <= 0 {
		return 0, thrift.NewTTransportException(thrift.UNKNOWN_TRANSPORT_EXCEPTION, "request too long")
	}
	n, err := w.in.Read(b[:min(len(b), w.budget)])
	w.budget -= n
	return n, err
}

func (w *wire) ReadByte() (byte, error) {
	if w.budget <= 0 {
		return 0, thrift.NewTTransportException(thrift.UNKNOWN_TRANSPORT_EXCEPTION, "request too long")
	}
	w.budget--
	return w.in.ReadByte()
}

// RemainingBytes lets the runtime refuse lists that cannot fit.
func (w *wire) RemainingBytes() uint64 { return uint64(max(w.budget, 0)) }

func (w *wire) Write(b []byte) (int, error)       { return w.answer().Write(b) }
func (w *wire) WriteByte(b byte) error            { return w.answer().WriteByte(b) }
func (w *wire) WriteString(s string) (int, error) { return w.answer().WriteString(s) }

// answer is the buffer of the present answer, with room for a frame's header.
func (w *wire) answer() *bytes.Buffer {
	if w.out == nil {
		w.out = buffers.Get().(*bytes.Buffer)
		w.out.Reset()
		if w.sasl {
			w.out.Write(make([]byte, saslframe.FrameHeader))
		}
	}
	return w.out
}

// Flush sends the answer in one write.
func (w *wire) Flush(context.Context) error {
	if w.out == nil {
		return nil
	}
	if w.insert != nil {
		w.out.Truncate(w.out.Len() - len(stops))
		w.out.Write(w.insert)
		w.out.WriteString(stops)
		w.insert = nil
	}
	b := w.out.Bytes()
	if w.sasl {
		binary.BigEndian.PutUint32(b, uint32(len(b)-saslframe.FrameHeader))
	}
	_, err := w.link.Write(b)
	buffers.Put(w.out)
	w.out = nil
	return err
}

// Open does nothing: a wire is made of an open connection.
func (w *wire) Open() error { return nil }

// IsOpen is true: reading tells.
func (w *wire) IsOpen() bool { return true }

// Close closes the connection.
func (w *wire) Close() error { return w.link.tcp.Close() }

// frameReader reads the payload of SASL data frames as one stream: frames need
// not end where messages do.
type frameReader struct {
	in   io.Reader
	left int
}

func (f *frameReader) Read(b []byte) (int, error) {
	for f.left == 0 {
		var head [saslframe.FrameHeader]byte
		if _, err := io.ReadFull(f.in, head[:]); err != nil {
			return 0, err
		}
		n, err := saslframe.ReadFrameLength(head, maxRequest)
		if err != nil {
			return 0, err
		}
		f.left = n
	}
	n, err := f.in.Read(b[:min(len(b), f.left)])
	f.left -= n
	return n, err
}

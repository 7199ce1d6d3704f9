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

// transport is Thrift's transport over a link: buffered, with SASL's data frames
// where sasl is set, and with a budget per request.
type transport struct {
	link        *link
	in          *bufio.Reader // over link, or over frames
	out         *bytes.Buffer // the answer so far; nil between answers
	configField []byte        // goes into the answer before the two stops that end it; nil: nothing does
	sasl        bool
	budget      int
}

var (
	_ thrift.TTransport     = (*transport)(nil)
	_ thrift.TRichTransport = (*transport)(nil)
)

// buffers are shared by all answers of the process: a connection that waits
// holds none.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// fieldStops end an answer: one its struct, one the result that it is in.
const fieldStops = "\x00\x00"

// readBuffer suits requests, which are small. Every connection holds one.
const readBuffer = 1 << 8

// newTransport serves in, which has read what came of l so far.
func newTransport(l *link, in *bufio.Reader, sasl bool) *transport {
	t := &transport{link: l, in: in, sasl: sasl}
	if sasl {
		t.in = bufio.NewReaderSize(&frameReader{in: in}, readBuffer)
	}
	return t
}

// errNotThrift is a connection that does not speak Thrift.
var errNotThrift = errors.New("simcluster: not a Thrift message")

// nextRequest waits for a request and gives it a fresh budget. What is no versioned
// message is taken as Impala's non-strict reader takes it, for the length of a
// name: such a client waits for ever, except that a PROXY header ends the
// connection at once (an Impala with a lower message limit does that too).
func (t *transport) nextRequest() error {
	head, err := t.in.Peek(4)
	if err != nil {
		return err
	}
	if size := int32(binary.BigEndian.Uint32(head)); size > maxRequest {
		if string(head) != "PROX" {
			t.link.discardInput()
		}
		return errNotThrift
	}
	t.budget = maxRequest
	return nil
}

func (t *transport) Read(b []byte) (int, error) {
	if t.budget <= 0 {
		return 0, thrift.NewTTransportException(thrift.UNKNOWN_TRANSPORT_EXCEPTION, "request too long")
	}
	n, err := t.in.Read(b[:min(len(b), t.budget)])
	t.budget -= n
	return n, err
}

func (t *transport) ReadByte() (byte, error) {
	if t.budget <= 0 {
		return 0, thrift.NewTTransportException(thrift.UNKNOWN_TRANSPORT_EXCEPTION, "request too long")
	}
	t.budget--
	return t.in.ReadByte()
}

// RemainingBytes lets the runtime refuse lists that cannot fit.
func (t *transport) RemainingBytes() uint64 { return uint64(max(t.budget, 0)) }

func (t *transport) Write(b []byte) (int, error)       { return t.response().Write(b) }
func (t *transport) WriteByte(b byte) error            { return t.response().WriteByte(b) }
func (t *transport) WriteString(s string) (int, error) { return t.response().WriteString(s) }

// response is the buffer of the present answer, with room for a frame's header.
func (t *transport) response() *bytes.Buffer {
	if t.out == nil {
		t.out = buffers.Get().(*bytes.Buffer)
		t.out.Reset()
		if t.sasl {
			t.out.Write(make([]byte, saslframe.FrameHeader))
		}
	}
	return t.out
}

// Flush sends the answer in one write.
func (t *transport) Flush(context.Context) error {
	if t.out == nil {
		return nil
	}
	if t.configField != nil {
		t.out.Truncate(t.out.Len() - len(fieldStops))
		t.out.Write(t.configField)
		t.out.WriteString(fieldStops)
		t.configField = nil
	}
	b := t.out.Bytes()
	if t.sasl {
		binary.BigEndian.PutUint32(b, uint32(len(b)-saslframe.FrameHeader))
	}
	_, err := t.link.Write(b)
	buffers.Put(t.out)
	t.out = nil
	return err
}

// Open does nothing: a wire is made of an open connection.
func (t *transport) Open() error { return nil }

// IsOpen is true: reading tells.
func (t *transport) IsOpen() bool { return true }

// Close closes the connection.
func (t *transport) Close() error { return t.link.tcp.Close() }

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

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

// maxRequest is the maximum size of a request, and so of every string and list in
// it; a longer one closes the connection. Impala's own limit is 2 GiB
// (--thrift_external_rpc_max_message_size).
const maxRequest = 4 << 20

// transport is Thrift's transport over a link. It is buffered, uses SASL data
// frames if sasl is set, and limits the size of a request.
type transport struct {
	link        *link
	in          *bufio.Reader // reads from link, or from a frameReader over link
	out         *bytes.Buffer // the reply so far; nil between replies
	configField []byte        // encoded field to insert before the stop fields at the end of the reply; nil: none
	sasl        bool
	respond     func(reply []byte) error // sends a reply over HTTP; nil: replies are written to link
	budget      int                      // bytes that the current request may still read
}

var (
	_ thrift.TTransport     = (*transport)(nil)
	_ thrift.TRichTransport = (*transport)(nil)
)

// buffers holds buffers for replies, so that an idle connection has none.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// fieldStops end a reply: the end of its struct, and of the result around it.
const fieldStops = "\x00\x00"

// readBuffer is the size of each connection's read buffer. Requests are small.
const readBuffer = 1 << 8

// newTransport returns a transport over l. in is the buffered reader of l that
// was used for the login.
func newTransport(l *link, in *bufio.Reader, sasl bool) *transport {
	t := &transport{link: l, in: in, sasl: sasl}
	if sasl {
		t.in = bufio.NewReaderSize(&frameReader{in: in}, readBuffer)
	}
	return t
}

// errNotThrift is returned if the client does not speak Thrift.
var errNotThrift = errors.New("not a Thrift message")

// nextRequest waits for a request and resets the budget. Impala's non-strict
// reader takes the first bytes of anything else for the length of a name and
// waits for that many bytes, so the client waits forever. A PROXY header closes
// the connection immediately, as in an Impala with a lower message limit.
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

// RemainingBytes lets the runtime reject lists that exceed the budget.
func (t *transport) RemainingBytes() uint64 { return uint64(max(t.budget, 0)) }

func (t *transport) Write(b []byte) (int, error)       { return t.response().Write(b) }
func (t *transport) WriteByte(b byte) error            { return t.response().WriteByte(b) }
func (t *transport) WriteString(s string) (int, error) { return t.response().WriteString(s) }

// response returns the buffer of the current reply.
func (t *transport) response() *bytes.Buffer {
	if t.out == nil {
		t.out = buffers.Get().(*bytes.Buffer)
		t.out.Reset()
	}
	return t.out
}

// Flush sends the reply in one write.
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
	err := t.send(t.out.Bytes())
	buffers.Put(t.out)
	t.out = nil
	return err
}

// send sends a reply.
func (t *transport) send(reply []byte) error {
	if t.respond != nil {
		return t.respond(reply)
	}
	if t.sasl {
		reply = saslframe.AppendFrame(make([]byte, 0, saslframe.FrameHeader+len(reply)), reply)
	}
	_, err := t.link.Write(reply)
	return err
}

// Open does nothing: a transport is created for an open connection.
func (t *transport) Open() error { return nil }

// IsOpen always returns true: reads report a closed connection.
func (t *transport) IsOpen() bool { return true }

// Close closes the connection.
func (t *transport) Close() error { return t.link.tcp.Close() }

// frameReader reads the payloads of SASL data frames as one stream, since frames
// are not aligned with messages. As in Impala an empty frame is the end of it.
type frameReader struct {
	in   io.Reader
	left int
}

func (f *frameReader) Read(b []byte) (int, error) {
	if f.left == 0 {
		var head [saslframe.FrameHeader]byte
		if _, err := io.ReadFull(f.in, head[:]); err != nil {
			return 0, err
		}
		n, err := saslframe.ReadFrameLength(head, maxRequest)
		if err == nil && n == 0 {
			err = io.EOF
		}
		if err != nil {
			return 0, err
		}
		f.left = n
	}
	n, err := f.in.Read(b[:min(len(b), f.left)])
	f.left -= n
	return n, err
}

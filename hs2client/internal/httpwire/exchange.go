package httpwire

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Config says how requests are made, and how connections are.
type Config struct {
	URL     *url.URL    // its path and its query are those of each request
	Host    string      // of each request
	Header  http.Header // further fields of each request
	Login   Login
	Expect  bool // ask before the body is sent: Expect: 100-continue
	PerCall bool // a connection for each call
	TLS     bool // connections are TLS: cookies that demand it are sent

	Dial   func() (io.ReadWriter, error) // makes a connection
	HangUp func()                        // ends the one there is
	Within func(d time.Duration, wait func() error) error

	Reserve func(bytes int) error // is asked before what arrives takes memory

	Requests, Reauthenticated *int // counted there
}

// Exchange is a [wire.Exchange] of HTTP. It is for one goroutine at a time.
type Exchange struct {
	config   Config
	stream   io.ReadWriter // nil: no connection
	cookies  jar
	refused  jar    // cookies that were, at last
	received bool   // some bytes have arrived
	answered bool   // a call was answered
	unproven bool   // the last login by Negotiate was answered without a proof
	lastSent string // credentials of the last request

	call *call // nil: nothing was asked, or it was answered
}

var _ wire.Exchange = (*Exchange)(nil)

// New begins an exchange over a connection that was made, or without one.
func New(c Config, stream io.ReadWriter) *Exchange { return &Exchange{config: c, stream: stream} }

// Idle reports whether there is a connection on which nothing is asked.
func (x *Exchange) Idle() bool { return x.stream != nil && x.call == nil }

// Received reports whether anything has arrived.
func (x *Exchange) Received() bool { return x.received }

// Unproven reports whether a login by Negotiate was answered without the proof that the
// server holds the key of its service.
func (x *Exchange) Unproven() bool { return x.unproven }

// call is one request and its response.
type call struct {
	in      *bufio.Reader // borrowed
	bound   bound         // what it reads from
	again   []byte        // the request, where it may be sent once more; else nil
	verify  func(reply []byte) error
	early   *http.Response // the final one, which came before the body was sent
	unsent  error          // why the request was not sent as a whole; nil: it was
	closing bool           // the connection ends with the response

	body  *http.Response // that of the reply; nil: not there yet
	begun []byte         // of the body, read to see what it is
	store [messageHead]byte
}

// readers are borrowed for a call, so that an idle session holds none.
var readers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 4<<10) }}

// Write makes p a request of its own.
func (x *Exchange) Write(p []byte) (int, error) {
	if err := x.ask(p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// ask sends a request, over a new connection where there is none.
func (x *Exchange) ask(body []byte) error {
	if x.stream == nil {
		stream, err := x.config.Dial()
		if err != nil {
			return err
		}
		x.stream = stream
	}
	c := &call{in: readers.Get().(*bufio.Reader), closing: x.config.PerCall}
	c.bound = bound{stream: x.stream, received: &x.received, reserve: x.config.Reserve, left: maxHead}
	c.in.Reset(&c.bound)
	x.call = c
	return x.send(body)
}

// Read reads the body of the reply. Where nothing was asked, it waits for what the
// other side does.
func (x *Exchange) Read(p []byte) (int, error) {
	if x.call == nil {
		if x.stream == nil {
			return 0, net.ErrClosed
		}
		return x.stream.Read(p)
	}
	if x.call.body == nil {
		if err := x.receive(); err != nil {
			return 0, err
		}
	}
	c := x.call
	if len(c.begun) > 0 {
		n := copy(p, c.begun)
		c.begun = c.begun[n:]
		return n, nil
	}
	n, err := c.body.Body.Read(p)
	if n > 0 && errors.Is(err, io.EOF) {
		return n, nil
	}
	if errors.Is(err, io.EOF) {
		return n, c.truncated()
	}
	if err != nil {
		return n, c.bodyError(err)
	}
	return n, nil
}

// truncated is why a body ends where more of a reply is wanted.
func (c *call) truncated() error {
	if !delimited(c.body) {
		return io.ErrUnexpectedEOF // the end of the connection is all that ended it
	}
	return failure(vocab.KindGarbage, "the body of the HTTP answer ends within a Thrift message")
}

// delimited reports whether a response says where its body ends.
func delimited(r *http.Response) bool { return r.ContentLength >= 0 || len(r.TransferEncoding) > 0 }

// End ends the response, which must end with the reply.
func (x *Exchange) End() error {
	c := x.call
	if c == nil || c.body == nil {
		return nil
	}
	keep := !c.closing && !c.body.Close && delimited(c.body)
	if delimited(c.body) {
		var more [1]byte
		if _, err := io.ReadFull(c.body.Body, more[:]); err == nil || len(c.begun) > 0 {
			return failure(vocab.KindGarbage, "the body of the HTTP answer goes on after the Thrift message")
		} else if !errors.Is(err, io.EOF) {
			return c.bodyError(err)
		}
	}
	if keep && c.in.Buffered() > 0 {
		return failure(vocab.KindGarbage, "bytes after the end of the HTTP answer")
	}
	x.finish(keep)
	return nil
}

// Restart gives up what was asked, and its connection with it.
func (x *Exchange) Restart() { x.finish(false) }

// settle ends a response of which no more is wanted. The connection is kept where the
// rest has arrived already: nothing is waited for.
func (x *Exchange) settle(r *http.Response) {
	c := x.call
	keep := !c.closing && !r.Close && r.ContentLength >= 0 && r.ContentLength <= int64(c.in.Buffered())
	if keep {
		_, err := io.Copy(io.Discard, r.Body)
		keep = err == nil && c.in.Buffered() == 0
	}
	x.finish(keep)
}

// finish ends the call, and the connection unless it is kept.
func (x *Exchange) finish(keep bool) {
	if c := x.call; c != nil {
		c.in.Reset(nil)
		readers.Put(c.in)
		x.call = nil
	}
	if !keep && x.stream != nil {
		x.config.HangUp()
		x.stream = nil
	}
}

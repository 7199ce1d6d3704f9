package httpwire

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Bounds of a response.
const (
	freeHead   = 4 << 10  // bytes of its head for which no memory is reserved
	fieldSize  = 32       // times its size in a head is what a field may take that is one letter
	maxHead    = 64 << 10 // bytes of its head
	maxFields  = 256      // in its head
	maxInterim = 5        // responses before the final one
	maxShown   = 64       // bytes of one that is no HTTP
)

// messageHead is how many bytes show whether a body is a Thrift message, and whether a
// response is HTTP.
const messageHead = 4

// bound is a stream of which no more than left bytes are read; a negative number is no
// bound.
type bound struct {
	stream   io.Reader
	received *bool
	reserve  func(bytes int) error
	left     int
	err      error // the last one; a parser may object to what came before it instead
}

func (b *bound) Read(p []byte) (int, error) {
	if b.left == 0 {
		b.err = failure(vocab.KindOversize, "the head of the HTTP answer is longer than 64 KiB")
		return 0, b.err
	}
	if b.left > 0 {
		p = p[:min(len(p), b.left)]
	}
	n, err := b.stream.Read(p)
	if b.left > 0 {
		if beyond := min(n, maxHead-b.left+n-freeHead); beyond > 0 && err == nil {
			err = b.reserve(beyond * fieldSize)
		}
		b.left -= n
	}
	*b.received = *b.received || n > 0
	b.err = err
	return n, err
}

// receive reads up to the body of the reply. Where a cookie of the request was refused,
// it is sent once more without.
func (x *Exchange) receive() error {
	for {
		c := x.call
		r, err := x.finalResponse()
		if err != nil {
			if _, alerted := wire.Alert(err); c.unsent != nil && !alerted {
				return c.unsent
			}
			return err
		}
		x.cookies.store(r.Header["Set-Cookie"], time.Now())
		if r.StatusCode != http.StatusUnauthorized || c.again == nil {
			return x.accept(r)
		}
		x.cookies, x.refused = nil, x.cookies
		x.settle(r)
		*x.config.Reauthenticated++
		if err := x.ask(c.again); err != nil { // which holds no cookie, and so is the last time
			return err
		}
	}
}

// finalResponse reads the response that answers the request.
func (x *Exchange) finalResponse() (*http.Response, error) {
	if early := x.call.early; early != nil {
		return early, nil
	}
	for range maxInterim + 1 {
		r, err := x.readResponse()
		if err != nil || r.StatusCode/100 != 1 || r.StatusCode == http.StatusSwitchingProtocols {
			return r, err
		}
	}
	return nil, failure(vocab.KindOversize, "more than 5 interim HTTP answers")
}

// readResponse reads the head of the next response.
func (x *Exchange) readResponse() (*http.Response, error) {
	c := x.call
	c.bound.left = maxHead
	shown, err := c.recognize()
	if err != nil {
		return nil, err
	}
	r, err := http.ReadResponse(c.in, nil)
	switch {
	case err != nil && c.bound.err != nil:
		return nil, c.bound.err
	case err != nil:
		return nil, unrecognized(vocab.KindGarbage, "malformed HTTP", shown)
	}
	fields := 0
	for _, values := range r.Header {
		fields += len(values)
	}
	if fields > maxFields {
		return nil, failure(vocab.KindOversize, "more than 256 fields in the head of the HTTP answer")
	}
	c.bound.left = -1
	return r, nil
}

// recognize waits for a response and returns a copy of what it begins with; it fails
// where that is not HTTP.
func (c *call) recognize() ([]byte, error) {
	head, err := c.in.Peek(messageHead)
	if err != nil {
		return nil, err
	}
	isHTTP := string(head) == "HTTP"
	head, _ = c.in.Peek(min(c.in.Buffered(), maxShown))
	if isHTTP {
		return append([]byte(nil), head...), nil
	}
	kind := wire.Sniff(head)
	if kind == vocab.KindHTTP {
		kind = vocab.KindGarbage // HTTP/0.9, or HTTP/2
	}
	return nil, unrecognized(kind, "", head)
}

// accept takes a final response for the reply, or returns the error that it is.
func (x *Exchange) accept(r *http.Response) error {
	c := x.call
	if r.StatusCode < 200 || r.StatusCode > 299 {
		err := x.statusError(r)
		x.settle(r)
		return err
	}
	if err := x.checkProof(r.Header); err != nil {
		return err
	}
	n, err := readHead(r.Body, c.store[:])
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return c.bodyError(err)
	case err != nil && !delimited(r):
		return io.ErrUnexpectedEOF // the end of the connection is all that ended it
	case n == 0:
		return failure(vocab.KindMismatch, "an HTTP answer without a body")
	case wire.Recognize(c.store[:n]) != vocab.HeardThrift:
		return notThrift(r, c, n)
	}
	c.body, c.begun = r, c.store[:]
	x.answered = true
	return nil
}

// readHead fills p; io.EOF is that a body has less. Unlike [io.ReadFull] it tells that
// from a body which was cut.
func readHead(body io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var got int
		got, err = body.Read(p[n:])
		n += got
	}
	if n == len(p) {
		err = nil
	}
	return n, err
}

// bodyError is why a body cannot be read; the words of its parser may be the server's.
func (c *call) bodyError(err error) error {
	switch {
	case wire.KindOf(err) != vocab.KindOther:
		return err
	case errors.Is(c.bound.err, io.EOF):
		return io.ErrUnexpectedEOF
	case c.bound.err != nil:
		return c.bound.err
	}
	return failure(vocab.KindGarbage, "the body of the HTTP answer is in malformed chunks")
}

// notThrift is the error of a body that is something else, such as a login page.
func notThrift(r *http.Response, c *call, n int) error {
	head := make([]byte, maxShown)
	copy(head, c.store[:n])
	if c.in.Buffered() > 0 { // nothing is waited for
		more, _ := r.Body.Read(head[n:])
		n += more
	}
	label := "no Thrift"
	if kind := r.Header.Get("Content-Type"); kind != "" {
		label += " but " + kind
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" {
		label += ", compressed (" + coding + ")"
	}
	return unrecognized(vocab.KindGarbage, label, head[:n])
}

// unrecognized is the error of bytes that are something else than was expected.
func unrecognized(kind vocab.Kind, label string, head []byte) error {
	err := wire.Unrecognized(kind, head)
	err.Label = label
	return err
}

// failure is an error of our own words.
func failure(kind vocab.Kind, text string) error { return &wire.Error{Kind: kind, Text: text} }

package httpwire

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// userAgent is our own: a proxy's log shows who asked.
const userAgent = "impala-lbcheck"

// mediaType is that of Thrift's binary protocol, as Impala and Hive write it.
const mediaType = "application/x-thrift"

// requests are borrowed while one is written.
var requests = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// send sends a request, in one write unless it asks before the body. What makes
// writing fail may have been said before: the response is still read then.
func (x *Exchange) send(body []byte) error {
	head, err := x.header(body)
	if err != nil {
		return err
	}
	buf := requests.Get().(*bytes.Buffer)
	defer func() {
		clear(buf.Bytes()) // another session gets the buffer next
		buf.Reset()
		requests.Put(buf)
	}()
	request := http.Request{
		Method: http.MethodPost, URL: x.config.URL, Host: x.config.Host, Header: head,
		ContentLength: int64(len(body)), Body: io.NopCloser(bytes.NewReader(body)),
	}
	if err := request.Write(buf); err != nil {
		return &wire.Error{Kind: vocab.KindInvalid, Err: err}
	}
	*x.config.Requests++
	rest := buf.Bytes()
	if x.config.Expect {
		n := len(rest) - len(body)
		if _, err := x.stream.Write(rest[:n]); err != nil {
			return x.notSent(err)
		}
		if now, err := x.awaitContinue(); err != nil || !now {
			return err
		}
		rest = rest[n:]
	}
	if _, err := x.stream.Write(rest); err != nil {
		return x.notSent(err)
	}
	return nil
}

// header is that of a request, with its login and its cookies.
func (x *Exchange) header(body []byte) (http.Header, error) {
	h := make(http.Header, len(x.config.Header)+7)
	h["User-Agent"] = []string{userAgent}
	h["Accept"] = []string{mediaType}
	h["Accept-Encoding"] = []string{"identity"}
	h["Content-Type"] = []string{mediaType}
	for name, values := range x.config.Header {
		h[name] = values
	}
	if x.config.Expect {
		h["Expect"] = []string{"100-continue"}
	}
	cookies := x.cookies.header(x.config.URL.Path, x.config.TLS, time.Now())
	if cookies != "" {
		h["Cookie"] = []string{cookies}
		x.call.again = bytes.Clone(body)
	}
	authorization, err := x.authorize()
	if authorization != "" {
		h["Authorization"] = []string{authorization}
	}
	return h, err
}

// notSent is what sending returns that failed with err: nil where the other side ended
// the connection, for its answer may have arrived before.
func (x *Exchange) notSent(err error) error {
	if kind := wire.KindOf(err); kind != vocab.KindEOF && kind != vocab.KindReset {
		return err
	}
	x.call.unsent, x.call.closing = err, true
	return nil
}

// continueWait is how long a body waits for leave to be sent: not every server gives
// it, and none may be waited for without end (RFC 9110, section 10.1.1).
const continueWait = time.Second

// awaitContinue waits for leave to send the body. It reports false where the final
// response has come in its place.
func (x *Exchange) awaitContinue() (now bool, err error) {
	c := x.call
	err = x.config.Within(continueWait, func() error {
		_, err := c.in.Peek(1)
		return err
	})
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return true, nil // where the call's own deadline is over, writing fails
	}
	if err != nil {
		return false, err
	}
	r, err := x.readResponse()
	if err != nil || r.StatusCode/100 == 1 {
		return err == nil, err
	}
	c.early, c.closing = r, true
	return false, nil
}

package wire

import (
	"errors"
	"io"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Exchange is a stream on which each request has a response of its own, as over HTTP:
// a Write is a request, and Read reads the response to it. Reading fails with an
// [Error] that is Whole where the response has ended and is no reply.
type Exchange interface {
	io.ReadWriter

	// End ends the response to the last request, of which all was read that is wanted.
	// It fails where there is more.
	End() error

	// Restart gives up the last request; the next one goes over another connection.
	Restart()
}

// isWhole reports whether err ends a response and not the stream.
func isWhole(err error) bool {
	known, ok := errors.AsType[*Error](err)
	return ok && known.Whole
}

// beginExchange gets rid of what an earlier call left: over an exchange, no call
// depends on the one before it.
func (c *Conn) beginExchange() {
	if c.t.exchange == nil || c.t.err == nil && c.pendingReplies == 0 {
		return
	}
	c.t.exchange.Restart()
	c.t.err, c.t.start, c.t.end, c.pendingReplies = nil, 0, 0, 0
}

// endExchange ends the response of which a reply was read; err is the server's own
// error, if that is what the reply was.
func (c *Conn) endExchange(err error) {
	if c.t.exchange == nil || c.t.err != nil || isWhole(err) {
		return
	}
	if known, ok := errors.AsType[*Error](err); err != nil && (!ok || !known.Remote) {
		return // decoding stopped half-way
	}
	if c.t.start < c.t.end {
		_ = c.t.fail(failure(vocab.KindGarbage, "bytes after the end of the answer"))
		return
	}
	if err := c.t.exchange.End(); err != nil {
		_ = c.t.fail(err)
	}
}

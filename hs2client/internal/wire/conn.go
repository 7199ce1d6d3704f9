package wire

import (
	"context"
	"errors"
	"io"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Conn makes the calls of one session over one connection. [Conn.Init] makes it
// ready; it must not be copied after that. It is for one goroutine at a time.
type Conn struct {
	t      transport
	p      *protocol
	budget Budget // of the last call

	seq            int32
	pendingReplies int32 // of calls that gave up before anything of them arrived
}

// Init begins a connection over rw.
func (c *Conn) Init(rw io.ReadWriter) {
	c.t.rw = rw
	c.p = newProtocol(&c.t)
}

// SetStream puts another stream, such as TLS, above the one that Init was given.
func (c *Conn) SetStream(rw io.ReadWriter) { c.t.rw = rw }

// SetExchange makes each call an exchange of its own.
func (c *Conn) SetExchange(x Exchange) { c.t.rw, c.t.exchange = x, x }

// Received reports whether any byte has arrived through it.
func (c *Conn) Received() bool { return c.t.received }

// Err is the failure after which the connection cannot be used; nil: none.
func (c *Conn) Err() error { return c.t.err }

// Used is what the last call's reply took, in bytes that arrived and in memory
// beyond them, and what was charged since.
func (c *Conn) Used() int { return c.budget.less(c.t.left) }

// Charge counts n bytes that the caller is about to allocate for the last reply. It
// fails where the reply's budget has not as many left.
func (c *Conn) Charge(n int) error { return c.t.charge(n) }

// Call sends a request and reads its reply, after the pending ones.
func (c *Conn) Call(method string, args, result thrift.TStruct, b Budget) error {
	c.budget = b
	c.t.acquire(b)
	defer c.t.release()
	ctx := context.Background()
	c.beginExchange()
	err := c.skipPending(ctx)
	if err == nil {
		err = c.send(ctx, method, args)
	}
	if err == nil {
		err = c.receiveReply(ctx, method, result)
		c.endExchange(err)
	}
	if err != nil && c.t.err == nil && c.pendingReplies == 0 {
		// Decoding stopped half-way, unless the error is the server's own answer:
		// what follows cannot be told from the rest of this reply.
		if known, ok := errors.AsType[*Error](err); !ok {
			_ = c.t.fail(&Error{Kind: vocab.KindGarbage, Err: err})
		} else if !known.Remote {
			_ = c.t.fail(err)
		}
	}
	if c.t.err != nil {
		err = c.t.err
	}
	return err
}

// Idle reads until that fails, at the connection's deadline at the latest. Replies
// that are pending are dropped; anything else that arrives is an error.
func (c *Conn) Idle() error {
	for {
		if err := c.t.waitReadable(); err != nil {
			c.t.clearTimeout()
			return err
		}
		if c.pendingReplies == 0 {
			return c.t.fail(Unrecognized(vocab.KindGarbage, c.t.in[c.t.start:c.t.end]))
		}
		err := c.skipPending(context.Background())
		c.t.release()
		if err != nil {
			return err
		}
	}
}

func (c *Conn) send(ctx context.Context, method string, args thrift.TStruct) error {
	c.seq++
	if err := c.p.WriteMessageBegin(ctx, method, thrift.CALL, c.seq); err != nil {
		return err
	}
	if err := args.Write(ctx, c.p); err != nil {
		return err
	}
	if err := c.t.Flush(ctx); err != nil {
		return err
	}
	c.pendingReplies++
	return nil
}

// replyHead is what shows whether a reply is one: a frame header, or the first word
// of a message.
const replyHead = 4

// awaitReply waits for the head of the next reply.
func (c *Conn) awaitReply() error {
	head, err := c.t.peek(replyHead)
	if err != nil {
		if isWhole(err) {
			c.pendingReplies--
		}
		c.t.clearTimeout()
		return err
	}
	c.pendingReplies--
	if !c.t.framed && !isMessage(head) {
		return c.t.fail(Unrecognized(Sniff(head), head))
	}
	return nil
}

// skipPending reads and drops the replies of calls that gave up waiting, which may
// be parts of a result.
func (c *Conn) skipPending(ctx context.Context) error {
	for c.pendingReplies > 0 {
		c.t.left = ResultBudget
		if err := c.awaitReply(); err != nil {
			return err
		}
		for _, part := range []thrift.TType{thrift.I32, thrift.STRING, thrift.I32, thrift.STRUCT} { // version, method, number, body
			if err := c.p.Skip(ctx, part); err != nil {
				return err
			}
		}
	}
	c.t.left = c.budget
	return nil
}

// receiveReply reads the reply to method.
func (c *Conn) receiveReply(ctx context.Context, method string, result thrift.TStruct) error {
	if err := c.awaitReply(); err != nil {
		return err
	}
	head, err := c.p.ReadI32(ctx)
	if err != nil {
		return err
	}
	if uint32(head)>>16 != messageVersion {
		return c.t.fail(failure(vocab.KindGarbage, "an answer that does not begin as a Thrift message"))
	}
	same, err := c.p.readEquals(ctx, method)
	if err != nil {
		return err
	}
	seq, err := c.p.ReadI32(ctx)
	if err != nil {
		return err
	}
	kind := thrift.TMessageType(head & 0xff)
	switch {
	case kind == thrift.EXCEPTION: // some servers send another name or number here
		return c.receiveException(ctx)
	case kind != thrift.REPLY || !same || seq != c.seq:
		return c.t.fail(failure(vocab.KindMismatch, "the answer to another call"))
	}
	return result.Read(ctx, c.p)
}

// receiveException reads Thrift's own exception as the server's words.
func (c *Conn) receiveException(ctx context.Context) error {
	x := thrift.NewTApplicationException(thrift.UNKNOWN_APPLICATION_EXCEPTION, "")
	if err := x.Read(ctx, c.p); err != nil {
		return err
	}
	err := ServerError(x.Error(), "")
	if x.TypeId() == thrift.UNKNOWN_METHOD {
		err.Kind = vocab.KindUnsupported
	}
	return err
}

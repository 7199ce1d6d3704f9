package hs2client

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"time"

	"github.com/apache/thrift/lib/go/thrift"
)

// link is the connection of one session: its wire, its deadlines, its calls. It
// is a [thrift.TClient] whose calls mind no context: the [span] around them does.
type link struct {
	wire
	conn    net.Conn // deadlines go here, below TLS
	proto   *protocol
	addr    string // Config.Addr, for errors
	secret  string // never to be shown, should a server repeat it
	timeout time.Duration
	rec     *Record
	how     how

	seq    int32
	owed   int32  // replies of which nothing has come: their calls have given up
	method string // what is being done, or was last: "handshake", "login", "close", or the call
	budget int    // bytes that a reply may have
	over   error  // the context had ended before the phase began: send nothing

	cut func()        // interrupts whatever blocks; made once
	hit chan struct{} // one token for each cut that ran
}

// how a session is connected: what a hint depends on.
type how struct {
	tls, sasl bool
	protocol  Protocol
}

// past is a deadline that interrupts a call which has begun.
var past = time.Unix(1, 0)

func newLink(conn net.Conn, c *Config, rec *Record) *link {
	l := &link{
		conn: conn, addr: c.Addr, timeout: c.Timeout, rec: rec, budget: budgetBefore,
		how: how{tls: c.TLS != nil, sasl: c.Plain != nil, protocol: c.Protocol},
		hit: make(chan struct{}, 1),
	}
	if c.Plain != nil {
		l.secret = c.Plain.Password
	}
	l.rw = conn
	l.proto = newProtocol(&l.wire)
	l.cut = func() {
		_ = l.conn.SetDeadline(past)
		l.hit <- struct{}{}
	}
	return l
}

// span is one phase of a link, or a part of it: a deadline, a context, a time.
type span struct {
	*link
	ctx      context.Context
	phase    Phase
	start    time.Time
	deadline time.Time // zero: none
	quiet    bool      // clean-up: its time is nobody's
}

// watch is a context being minded: its end interrupts what blocks.
type watch struct {
	*link
	stop func() bool // nil: the context cannot end
}

// watch minds ctx until the watch is ended, which must be before another begins.
func (l *link) watch(ctx context.Context) watch {
	if ctx.Done() == nil {
		return watch{}
	}
	return watch{l, context.AfterFunc(ctx, l.cut)}
}

// end stops minding. A cut under way is waited for, so that it cannot meet a
// later call's deadline.
func (w watch) end() {
	if w.stop != nil && !w.stop() {
		<-w.hit
	}
}

// begin starts a phase: its one deadline goes to the connection.
func (l *link) begin(ctx context.Context, phase Phase, timeout time.Duration) span {
	s := span{link: l, ctx: ctx, phase: phase, start: time.Now()}
	if timeout > 0 {
		s.deadline = s.start.Add(timeout)
	}
	if d, ok := ctx.Deadline(); ok && (s.deadline.IsZero() || d.Before(s.deadline)) {
		s.deadline = d
	}
	// Setting it fails only where the connection is closed, as the next call will.
	_ = l.conn.SetDeadline(s.deadline)
	if l.over = ctx.Err(); l.over != nil { // the cut may have come before, and been overwritten
		_ = l.conn.SetDeadline(past)
	}
	return s
}

// end ends the phase: it records its time, or places what went wrong.
func (s *span) end(err error) error {
	if err != nil {
		return s.place(s.ctx, s.phase, err)
	}
	if !s.quiet {
		s.rec.Phases[s.phase] += time.Since(s.start)
	}
	return nil
}

// pause waits between two polls; it fails where the phase ends before d is over.
func (s *span) pause(d time.Duration) error {
	if !s.deadline.IsZero() {
		d = min(d, time.Until(s.deadline))
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-s.ctx.Done():
		return s.ctx.Err()
	}
	if !s.deadline.IsZero() && !time.Now().Before(s.deadline) {
		return os.ErrDeadlineExceeded
	}
	return nil
}

// place makes an [Error] of what went wrong.
func (l *link) place(ctx context.Context, phase Phase, err error) error {
	e := placed(ctx, l.addr, l.method, phase, err)
	if l.secret != "" {
		e.Text = strings.ReplaceAll(e.Text, l.secret, "***")
	}
	e.hint = hintFor(e, l.how, l.heard)
	return e
}

// placed makes an [Error] without a hint. That ctx ended counts for more than
// how the interrupted call put it.
func placed(ctx context.Context, addr, op string, phase Phase, err error) *Error {
	e := &Error{Op: op, Addr: addr, Ph: phase, Kind: kindOf(err), Err: err}
	if why, ok := errors.AsType[*cause](err); ok {
		e.SQLState = clip(why.state)
		if why.said {
			e.Text, e.Err = clip(why.text), nil
		}
	}
	if e.Kind == KindTimeout && errors.Is(ctx.Err(), context.Canceled) {
		e.Kind, e.Err = KindCanceled, context.Canceled
	}
	return e
}

// Call sends a request and reads its reply, after those that are still owed.
func (l *link) Call(ctx context.Context, method string, args, result thrift.TStruct) (thrift.ResponseMeta, error) {
	l.method = method
	if l.over != nil {
		return thrift.ResponseMeta{}, l.over
	}
	l.wire.begin(l.budget)
	defer l.wire.end()
	err := l.settle(ctx)
	if err == nil {
		err = l.send(ctx, method, args)
	}
	if err == nil {
		err = l.receiveReply(ctx, method, result)
	}
	if err != nil && l.fault == nil && l.owed == 0 {
		// What is not the server's own words made no sense half-way: what
		// follows cannot be trusted.
		if why, ok := errors.AsType[*cause](err); !ok {
			_ = l.fail(&cause{kind: KindGarbage, err: err})
		} else if !why.said {
			_ = l.fail(err)
		}
	}
	if l.fault != nil {
		err = l.fault
	}
	return thrift.ResponseMeta{}, err
}

func (l *link) send(ctx context.Context, method string, args thrift.TStruct) error {
	l.seq++
	if err := l.proto.WriteMessageBegin(ctx, method, thrift.CALL, l.seq); err != nil {
		return err
	}
	if err := args.Write(ctx, l.proto); err != nil {
		return err
	}
	if err := l.Flush(ctx); err != nil {
		return err
	}
	l.owed++
	return nil
}

// await waits for the head of the next reply.
func (l *link) await() error {
	head, err := l.peek(replyHead)
	if err != nil {
		l.forgive()
		return err
	}
	l.owed--
	if !l.framed && !isMessage(head) {
		return l.fail(&cause{kind: sniff(head), text: quote(head), said: true})
	}
	return nil
}

// replyHead is what tells a reply's nature: a frame header, or the first
// word of a message.
const replyHead = 4

// settle reads and drops the replies of calls that gave up waiting.
func (l *link) settle(ctx context.Context) error {
	for l.owed > 0 {
		if err := l.await(); err != nil {
			return err
		}
		if _, err := l.proto.ReadI32(ctx); err != nil {
			return err
		}
		if err := l.proto.Skip(ctx, thrift.STRING); err != nil {
			return err
		}
		if _, err := l.proto.ReadI32(ctx); err != nil {
			return err
		}
		if err := l.proto.Skip(ctx, thrift.STRUCT); err != nil {
			return err
		}
		l.wire.budget = l.budget
	}
	return nil
}

// receiveReply reads the reply of method.
func (l *link) receiveReply(ctx context.Context, method string, result thrift.TStruct) error {
	if err := l.await(); err != nil {
		return err
	}
	head, err := l.proto.ReadI32(ctx)
	if err != nil {
		return err
	}
	if uint32(head)>>16 != messageVersion {
		return l.fail(&cause{kind: KindGarbage, text: "an answer that does not begin as a Thrift message"})
	}
	same, err := l.proto.readIs(ctx, method)
	if err != nil {
		return err
	}
	seq, err := l.proto.ReadI32(ctx)
	if err != nil {
		return err
	}
	kind := thrift.TMessageType(head & 0xff)
	switch {
	case kind == thrift.EXCEPTION: // some servers state no name or number of ours here
		return l.receiveException(ctx)
	case kind != thrift.REPLY || !same || seq != l.seq:
		return l.fail(&cause{kind: KindMismatch, text: "the answer to another call"})
	}
	return result.Read(ctx, l.proto)
}

// receiveException reads Thrift's own exception as the server's words.
func (l *link) receiveException(ctx context.Context) error {
	x := thrift.NewTApplicationException(thrift.UNKNOWN_APPLICATION_EXCEPTION, "")
	if err := x.Read(ctx, l.proto); err != nil {
		return err
	}
	kind := KindUnsupported
	if x.TypeId() != thrift.UNKNOWN_METHOD {
		kind = saidKind(x.Error())
	}
	return &cause{kind: kind, text: x.Error(), said: true}
}

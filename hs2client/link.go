package hs2client

import (
	"context"
	"errors"
	"net"
	"os"
	"sync"
	"time"
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
	asked   bool // the listener asked for a certificate of ours

	seq    int32
	owed   int32     // replies of which nothing has come: their calls have given up
	method string    // what is being done, or was last: "handshake", "login", "close", or the call
	budget allowance // of the next reply
	taken  int       // of the replies since it was last set to 0, and what was made of them
	over   error     // the context had ended before the phase began: send nothing

	cut  func()         // interrupts whatever blocks; made once
	cuts sync.WaitGroup // one for each watch whose cut may yet run, or runs
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
		conn: conn, addr: c.Addr, timeout: c.Timeout, rec: rec, budget: callAllowance,
		how: how{tls: c.TLS != nil, sasl: c.Plain != nil, protocol: c.Protocol},
	}
	if c.Plain != nil {
		l.secret = c.Plain.Password
	}
	l.rw = conn
	l.proto = newProtocol(&l.wire)
	l.cut = func() {
		_ = l.conn.SetDeadline(past)
		l.cuts.Done()
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
	l.cuts.Add(1)
	return watch{l, context.AfterFunc(ctx, l.cut)}
}

// end stops minding. A cut under way is waited for, so that it cannot meet a
// later call's deadline.
func (w watch) end() {
	if w.stop == nil {
		return
	}
	if w.stop() {
		w.cuts.Done() // it will not run
	}
	w.cuts.Wait()
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
	}
	return s.expired()
}

// expired is why the phase must end: its context, or its deadline.
func (s *span) expired() error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	if !s.deadline.IsZero() && !time.Now().Before(s.deadline) {
		return os.ErrDeadlineExceeded
	}
	return nil
}

// place makes an [Error] of what went wrong.
func (l *link) place(ctx context.Context, phase Phase, err error) error {
	phase, err = l.secondThoughts(phase, err)
	e := placed(ctx, l.addr, l.method, phase, err, l.secret)
	e.hint = hintFor(e, l.how, l.heard)
	return e
}

// placed makes an [Error] without a hint. That ctx ended counts for more than
// how the interrupted call put it.
func placed(ctx context.Context, addr, op string, phase Phase, err error, secret string) *Error {
	e := &Error{Op: op, Addr: addr, Phase: phase, Kind: kindOf(err), Err: err}
	if why, ok := errors.AsType[*cause](err); ok {
		e.SQLState = clip(masked(why.state, secret))
		if why.said {
			e.Text, e.Err = why.shown(secret), nil
		}
	}
	if e.Kind == KindTimeout && errors.Is(ctx.Err(), context.Canceled) {
		e.Kind, e.Err = KindCanceled, context.Canceled
	}
	return e
}

package hs2client

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync"
	"time"

	"github.com/apache/thrift/lib/go/thrift"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// connection is that of one session: its calls, deadlines and record. It is a
// [thrift.TClient] whose calls ignore their context: the [span] around them obeys it.
type connection struct {
	wire    wire.Conn
	socket  net.Conn     // deadlines are set here, below TLS
	counted countingConn // the socket, to read from and to write to
	secured *tls.Conn    // nil: no TLS, or not yet
	addr    string       // Config.Addr, for errors
	secret  string       // never shown, also where a server repeats it
	timeout time.Duration
	record  *Record
	mode    mode
	ticket  *Ticket    // nil: no Kerberos
	http    *httpLayer // nil: not over HTTP

	certRequested bool // the listener asked for a client certificate

	op     string      // "handshake", "login", "close", or the current or last call
	budget wire.Budget // of the next reply
	used   int         // by the replies since it was last set to 0, and by what was made of them
	ctxErr error       // the context had ended before the phase began: send nothing

	interrupt  func()         // ends whatever blocks; made once
	interrupts sync.WaitGroup // one for each watch whose interrupt may still run
}

// mode is how a session is connected: what a hint depends on.
type mode struct {
	tls, sasl bool
	ownRoots  bool // authorities were given; else the system's are trusted
	ownCert   bool // the client has a certificate of its own
	bearer    bool // the login is by a token
	kerberos  bool // the login is by a ticket
	delegates bool // the session is for another user than the one who logs in
	protocol  Protocol
}

// credentials are what a login is by.
func (m mode) credentials() string {
	switch {
	case m.bearer:
		return "token"
	case m.kerberos:
		return "Kerberos ticket"
	}
	return "user or password"
}

// login is the mechanism, as settings name it; "": none.
func (m mode) login() string {
	switch {
	case m.bearer:
		return "jwt"
	case m.kerberos:
		return "kerberos"
	case m.sasl:
		return "ldap"
	}
	return ""
}

func modeOf(c *Config) mode {
	return mode{
		tls: c.TLS != nil, sasl: c.hasLogin(), bearer: c.Bearer != nil, kerberos: c.Kerberos != nil, protocol: c.Protocol,
		delegates: c.Delegate != "",
		ownRoots:  c.TLS != nil && c.TLS.Roots != nil, ownCert: c.TLS != nil && c.TLS.Certificate != nil,
	}
}

// past is a deadline that interrupts a call which has begun.
var past = time.Unix(1, 0)

func newConnection(socket net.Conn, c *Config, record *Record) *connection {
	conn := &connection{
		socket: socket, addr: c.Addr, timeout: c.Timeout, record: record,
		budget: wire.CallBudget, mode: modeOf(c), ticket: c.Kerberos,
	}
	switch {
	case c.Plain != nil:
		conn.secret = c.Plain.Password
	case c.Bearer != nil:
		conn.secret = c.Bearer.Token
	}
	conn.counted = countingConn{Conn: socket, record: record}
	conn.wire.Init(&conn.counted)
	conn.wire.SetMemory(c.Memory.shared())
	conn.interrupt = func() {
		_ = conn.socket.SetDeadline(past)
		conn.interrupts.Done()
	}
	return conn
}

// Call makes one call. Its context is that of the generated clients, which cannot
// end; see [connection.begin].
func (conn *connection) Call(_ context.Context, method string, args, result thrift.TStruct) (thrift.ResponseMeta, error) {
	conn.op = method
	if conn.ctxErr != nil {
		return thrift.ResponseMeta{}, conn.ctxErr
	}
	err := conn.wire.Call(method, args, result, conn.budget)
	conn.used += conn.wire.Used()
	return thrift.ResponseMeta{}, err
}

// charge counts what is made of the last reply, before it is allocated.
func (conn *connection) charge(n int) error {
	err := conn.wire.Charge(n)
	if err == nil {
		conn.used += n
	}
	return err
}

// span is one phase of a connection, or a part of it: a deadline, a context, a time.
type span struct {
	*connection
	ctx        context.Context
	phase      Phase
	start      time.Time
	deadline   time.Time // zero: none
	unrecorded bool      // its time does not count for the phase
}

// watch makes the end of a context interrupt what blocks.
type watch struct {
	*connection
	stop func() bool
}

// watch watches ctx until the watch is ended, which must be before another begins.
func (conn *connection) watch(ctx context.Context) watch {
	conn.interrupts.Add(1)
	return watch{conn, context.AfterFunc(ctx, conn.interrupt)}
}

// end stops watching. It waits for an interrupt that is running, which could
// otherwise end a later call.
func (w watch) end() {
	if w.stop() {
		w.interrupts.Done() // it will not run
	}
	w.interrupts.Wait()
}

// begin starts a phase and sets its one deadline on the connection.
func (conn *connection) begin(ctx context.Context, phase Phase, timeout time.Duration) span {
	s := span{connection: conn, ctx: ctx, phase: phase, start: time.Now()}
	if timeout > 0 {
		s.deadline = s.start.Add(timeout)
	}
	if d, ok := ctx.Deadline(); ok && (s.deadline.IsZero() || d.Before(s.deadline)) {
		s.deadline = d
	}
	conn.counted.deadline = moved{ctx: ctx, at: s.deadline}
	// Setting it fails only where the connection is closed, as the next call will.
	_ = conn.socket.SetDeadline(s.deadline)
	if conn.ctxErr = ctx.Err(); conn.ctxErr != nil { // the interrupt may have run before, and been overwritten
		_ = conn.socket.SetDeadline(past)
	}
	return s
}

// end ends the phase: it records its time, or returns the [Error] of err.
func (s *span) end(err error) error {
	if err != nil {
		return s.newError(s.ctx, s.phase, err)
	}
	if !s.unrecorded {
		s.record.Phases[s.phase] += time.Since(s.start)
	}
	return nil
}

// pause waits between two polls. It fails where the phase ends before d is over.
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
	if s.deadline.IsZero() || time.Now().Before(s.deadline) {
		return nil
	}
	if m := &s.counted.deadline; m.move(s.socket) || time.Now().Before(m.at) {
		s.deadline = m.at
		return nil
	}
	return os.ErrDeadlineExceeded
}

// cleanupTimeout is how long closing a session that failed may take: short enough
// for a caller who has given up, and never much beside the timeout.
const cleanupTimeout = 75 * time.Millisecond

// beginCleanup sets the deadline of clean-up, which does not depend on ctx.
func (conn *connection) beginCleanup(ctx context.Context) {
	wait := cleanupTimeout
	if conn.timeout > 0 {
		wait = min(wait, conn.timeout/8)
	}
	conn.begin(context.WithoutCancel(ctx), PhaseClose, wait)
	conn.counted.deadline = moved{}
}

// closeConn closes the connection of a session.
func (conn *connection) closeConn() error {
	if conn.secured != nil {
		return conn.secured.Close() // within the deadline that is set
	}
	return conn.socket.Close()
}

// newError makes the [Error] of what failed in a phase.
func (conn *connection) newError(ctx context.Context, phase Phase, err error) error {
	phase, err = conn.reclassifyTLS(phase, err)
	phase = conn.http.phaseOf(phase, err)
	e := errorOf(ctx, conn.addr, conn.op, phase, err, append(conn.http.secrets(), conn.secret)...)
	conn.http.reclassify(e, err)
	if conn.ticket != nil && phase == PhaseSASL {
		e.Ticket = conn.ticket.facts(time.Now())
	}
	e.hint = hintFor(e, conn.mode, conn.received())
	if cut := e.Kind == KindEOF || e.Kind == KindReset; cut && conn.certRequested && !conn.mode.ownCert && !conn.received() {
		e.hint = append(needsClientCert(askedForCert), e.hint...)
	}
	return e
}

// received reports whether the other side has sent anything.
func (conn *connection) received() bool { return conn.wire.Received() || conn.http.received() }

// errorOf makes an [Error] without a hint. That ctx ended counts for more than
// what the interrupted call returned.
func errorOf(ctx context.Context, addr, op string, phase Phase, err error, secrets ...string) *Error {
	e := &Error{Op: op, Addr: addr, Phase: phase, Kind: wire.KindOf(err), Err: err}
	if known, ok := errors.AsType[*wire.Error](err); ok {
		e.SQLState = wire.Clip(wire.Mask(known.State, secrets...))
		if known.Remote {
			e.Text, e.Err = known.ServerText(secrets...), nil
		}
		if known.Head {
			e.heard = wire.Recognize([]byte(known.Text))
		}
	}
	if e.Kind == KindTimeout && errors.Is(ctx.Err(), context.Canceled) {
		e.Kind, e.Err = KindCanceled, context.Canceled
	}
	return e
}

package hs2client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/httpwire"
	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// httpLayer is what a connection has of HTTP: it makes further ones. A nil layer is
// that of a connection without HTTP; its methods then change nothing.
type httpLayer struct {
	config   Config // of the session
	target   target // of each connection, with its address: no other is dialled
	socket   *httpSocket
	exchange *httpwire.Exchange // nil: no call was made
	opened   bool               // OpenSession has succeeded
}

// newHTTPConnection is newConnection for a session whose first connection is made.
func newHTTPConnection(socket net.Conn, c *Config, t target, record *Record) *connection {
	layer := &httpLayer{config: *c, target: t, socket: &httpSocket{conn: socket}}
	conn := newConnection(layer.socket, c, record)
	conn.http = layer
	record.HTTP = &HTTPRecord{Connections: 1}
	return conn
}

// startHTTP puts HTTP above the connection.
func (conn *connection) startHTTP() {
	h := conn.http
	c := &h.config
	u, _ := c.HTTP.url() // it was checked
	config := httpwire.Config{
		URL: u, Host: c.httpHost(), Header: c.HTTP.fields(), Login: c.httpLogin(), TLS: c.TLS != nil,
		Dial: conn.redial, HangUp: conn.hangUp, Within: h.socket.within, Reserve: conn.wire.Reserve,
		Requests: &conn.record.HTTP.Requests, Reauthenticated: &conn.record.HTTP.Reauthentications,
	}
	if c.HTTP != nil {
		config.Expect, config.PerCall = c.HTTP.ExpectContinue, c.HTTP.ConnectionPerCall
	}
	h.exchange = httpwire.New(config, conn.stream())
	conn.wire.SetExchange(h.exchange)
}

// httpLogin is how requests log in.
func (c *Config) httpLogin() httpwire.Login {
	switch {
	case c.Plain != nil:
		return httpwire.Basic(c.Plain.User, c.Plain.Password)
	case c.Bearer != nil:
		return httpwire.Bearer(c.Bearer.Token)
	case c.Kerberos != nil:
		return httpwire.Negotiate(c.Kerberos.negotiateToken)
	}
	return httpwire.Login{}
}

// stream is what requests are written to: TLS, or the socket.
func (conn *connection) stream() io.ReadWriter {
	if conn.secured != nil {
		return conn.secured
	}
	return &conn.counted
}

// redial makes a further connection, within the time of the call that it is for.
func (conn *connection) redial() (io.ReadWriter, error) {
	h, call := conn.http, conn.op
	err := h.socket.dial(func(ctx context.Context) (net.Conn, error) {
		made, _, err := connect(ctx, &h.config, netip.AddrPortFrom(h.target.ip, h.target.port))
		return made, err
	})
	if err != nil {
		conn.op = "dial"
		return nil, &connectError{PhaseTCP, err}
	}
	conn.record.HTTP.Connections++
	if h.config.TLS != nil {
		if err := conn.secure(&h.config, h.target); err != nil {
			return nil, &connectError{PhaseTLS, err}
		}
	}
	conn.op = call
	return conn.stream(), nil
}

// hangUp ends the connection between two calls.
func (conn *connection) hangUp() {
	_ = conn.closeConn() // what was asked on it is answered, or given up
	conn.secured = nil
}

// connectError is that of a connection which a later call needed.
type connectError struct {
	phase Phase
	err   error
}

func (e *connectError) Error() string { return e.err.Error() }

// Unwrap returns what failed.
func (e *connectError) Unwrap() error { return e.err }

// noteOpened notes that there is a session.
func (h *httpLayer) noteOpened() {
	if h != nil {
		h.opened = true
	}
}

// received reports whether anything has arrived over HTTP.
func (h *httpLayer) received() bool { return h != nil && h.exchange != nil && h.exchange.Received() }

// isDisconnected reports whether there is no connection now on which the other side
// could end anything.
func (h *httpLayer) isDisconnected() bool { return h != nil && !h.exchange.Idle() }

// secrets are those of HTTP.
func (h *httpLayer) secrets() []string {
	if h == nil || h.exchange == nil {
		return nil
	}
	return h.exchange.Secrets()
}

// phaseOf is the phase of an error: that of its connection, or the login where it is
// about that; otherwise the one of the call.
func (h *httpLayer) phaseOf(phase Phase, err error) Phase {
	if h == nil {
		return phase
	}
	if e, ok := errors.AsType[*connectError](err); ok {
		return e.phase
	}
	if e, ok := errors.AsType[*httpwire.Error](err); ok && e.Login {
		return PhaseSASL
	}
	return phase
}

// reclassify adds what HTTP shows. It tells a session that another coordinator does not
// know from one that has expired: over HTTP each call may reach another.
func (h *httpLayer) reclassify(e *Error, err error) {
	if h == nil {
		return
	}
	if answer, ok := errors.AsType[*httpwire.Error](err); ok {
		e.status, e.asked = answer.Status, answer.Schemes
	}
	if !h.opened {
		return
	}
	if known, ok := errors.AsType[*wire.Error](err); ok && known.Lost() {
		e.Kind = KindForeignHandle
	}
}

// demandProof fails where Impala has answered a Kerberos login without proving that it
// holds the key of the service. Other servers may leave the proof out.
func (conn *connection) demandProof(isImpala bool) error {
	if conn.http == nil || !conn.http.exchange.Unproven() {
		return nil
	}
	conn.record.HTTP.Unproven = true
	if !isImpala {
		return nil
	}
	return &httpwire.Error{Login: true, Err: &wire.Error{Kind: KindServerProof,
		Text: "the answer to the login is without the server's proof that it holds the key of the service"}}
}

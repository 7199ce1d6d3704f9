package hs2client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// Handshake connects, completes TLS, checks the certificate and closes. It needs
// no login, sends no byte of SASL or Thrift, fills c.Record and fails as [Open]
// does where the certificate is refused. c.TLS must be set.
func Handshake(ctx context.Context, c Config) error {
	record := c.Record
	if record == nil {
		record = new(Record)
	}
	t, phase, err := c.check()
	if err == nil && c.TLS == nil {
		phase, err = PhaseTLS, invalid("no TLS in the configuration")
	}
	if err != nil {
		return unconnectedError(ctx, &c, "configure", phase, err)
	}
	conn, err := dial(ctx, &c, t, record)
	if err != nil {
		return err
	}
	w := conn.watch(ctx)
	err = conn.handshake(ctx, &c, t)
	if err == nil && conn.certRequested {
		err = conn.awaitAlert(ctx)
	}
	w.end()
	if err != nil {
		conn.closeGracefully(ctx)
		return err
	}
	s := conn.begin(ctx, PhaseClose, conn.timeout)
	conn.closeGracefully(ctx)
	return s.end(nil)
}

// handshake completes the handshake, records what it showed and only then checks
// it.
func (conn *connection) handshake(ctx context.Context, c *Config, t target) error {
	s := conn.begin(ctx, PhaseTLS, conn.timeout)
	err := conn.secure(c, t)
	if err == nil {
		conn.wire.SetStream(conn.secured)
	}
	return s.end(err)
}

// secure is the handshake, on the connection as it is now.
func (conn *connection) secure(c *Config, t target) error {
	name := c.serverName(t)
	conn.op = "handshake"
	secured := tls.Client(&wire.RecordReader{Conn: &conn.counted}, c.TLS.clientHelloConfig(name))
	err := secured.HandshakeContext(handshakeContext{context.Background(), conn}) // the connection has its deadline
	if err != nil {
		return handshakeError(err, conn.certRequested)
	}
	now := time.Now()
	conn.record.Peer = newPeer(secured.ConnectionState(), c.TLS, name, now)
	conn.secured = secured
	if err = checkPeer(conn.record.Peer, c.TLS, now); err != nil {
		conn.record.Refused = true
	}
	return err
}

// handshakeError classes what crypto/tls returns of a handshake that failed.
func handshakeError(err error, certRequested bool) error {
	record, misread := errors.AsType[tls.RecordHeaderError](err)
	alert, alerted := wire.Alert(err)
	switch {
	case misread:
		kind := wire.Sniff(record.RecordHeader[:])
		if kind != KindHTTP && kind != KindProxyHeader && kind != KindOtherServer {
			kind = KindNotTLS
		}
		return wire.Unrecognized(kind, record.RecordHeader[:])
	case alerted && certRequested && wire.AlertKind(alert) != KindVersion:
		// We had none to send; TLS 1.2 has no alert that says so.
		return &wire.Error{Kind: KindClientCert, Err: err}
	case alerted:
		return &wire.Error{Kind: wire.AlertKind(alert), Err: err}
	case wire.KindOf(err) == KindOther && strings.Contains(err.Error(), "exceeds maximum of"): // crypto/tls has no type for it
		return &wire.Error{Kind: KindOversize, Err: err}
	case wire.KindOf(err) == KindOther && strings.HasPrefix(err.Error(), "tls: "):
		return &wire.Error{Kind: KindMismatch, Err: err}
	}
	return err
}

// reclassifyTLS is for a failure after the handshake: where an alert is the first
// thing that arrives, TLS is what failed. In TLS 1.3 the server checks the client's
// certificate when the client has already gone on.
func (conn *connection) reclassifyTLS(phase Phase, err error) (Phase, error) {
	if conn.secured == nil || conn.received() {
		return phase, err
	}
	if _, alerted := wire.Alert(err); alerted {
		return PhaseTLS, handshakeError(err, conn.certRequested)
	}
	if kind := wire.KindOf(err); conn.certRequested && (kind == KindEOF || kind == KindReset) {
		// Writing failed; what was sent before the connection ended may still say why.
		if alert := conn.pendingAlert(cleanupTimeout); alert != nil {
			return PhaseTLS, handshakeError(alert, true)
		}
	}
	return phase, err
}

// awaitAlert waits for the alert by which a listener of TLS 1.3 refuses a client
// certificate, or the lack of one, after the handshake. One that has none to send says
// nothing, so the wait is short: what an answer takes, and some time to think.
func (conn *connection) awaitAlert(ctx context.Context) error {
	const toThink = 200 * time.Millisecond
	wait := 4*conn.record.Phases[PhaseTCP] + toThink
	if conn.timeout > 0 {
		wait = min(wait, conn.timeout)
	}
	s := conn.begin(ctx, PhaseTLS, conn.timeout)
	s.unrecorded = true
	if conn.ctxErr != nil {
		return s.end(conn.ctxErr)
	}
	if alert := conn.pendingAlert(wait); alert != nil {
		return s.end(alert)
	}
	return nil
}

// pendingAlert is the alert that arrives within a time; nil where none does.
func (conn *connection) pendingAlert(wait time.Duration) error {
	_ = conn.socket.SetReadDeadline(time.Now().Add(wait))
	var data [1]byte
	_, err := conn.secured.Read(data[:])
	if _, alerted := wire.Alert(err); alerted {
		return err
	}
	return nil
}

// closeGracefully closes the connection of a handshake in order: with the server's
// session tickets unread, a plain close would be a reset, which the other side
// would log as a fault. It takes no longer than clean-up may.
func (conn *connection) closeGracefully(ctx context.Context) {
	conn.beginCleanup(ctx)
	if conn.secured != nil {
		_ = conn.secured.CloseWrite()
	}
	if tcp, ok := conn.socket.(interface{ CloseWrite() error }); ok && conn.record.Peer != nil {
		_ = tcp.CloseWrite()
		_, _ = io.CopyN(io.Discard, &conn.counted, maxTickets)
	}
	_ = conn.socket.Close()
}

// maxTickets bounds what is read and dropped while closing, in bytes.
const maxTickets = 64 << 10

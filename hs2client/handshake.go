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
	l, err := dial(ctx, &c, t, record)
	if err != nil {
		return err
	}
	w := l.watch(ctx)
	err = l.handshake(ctx, &c, t)
	w.end()
	if err != nil {
		l.closeGracefully(ctx)
		return err
	}
	s := l.begin(ctx, PhaseClose, l.timeout)
	l.closeGracefully(ctx)
	return s.end(nil)
}

// handshake completes the handshake, records what it showed and only then checks
// it.
func (l *connection) handshake(ctx context.Context, c *Config, t target) error {
	name := c.serverName(t)
	l.op = "handshake"
	s := l.begin(ctx, PhaseTLS, l.timeout)
	conn := tls.Client(&wire.RecordReader{Conn: &l.counted}, c.TLS.clientHelloConfig(name))
	err := conn.HandshakeContext(handshakeContext{context.Background(), l}) // the connection has its deadline
	if err != nil {
		return s.end(handshakeError(err, l.certRequested))
	}
	now := time.Now()
	l.record.Peer = newPeer(conn.ConnectionState(), c.TLS, name, now)
	l.secured = conn
	l.wire.SetStream(conn)
	if err = checkPeer(l.record.Peer, c.TLS, now); err != nil {
		l.record.Refused = true
	}
	return s.end(err)
}

// handshakeError classes what crypto/tls returns of a handshake that failed.
func handshakeError(err error, certRequested bool) error {
	record, misread := errors.AsType[tls.RecordHeaderError](err)
	alert, alerted := wire.Alert(err)
	switch {
	case misread:
		kind := wire.Sniff(record.RecordHeader[:])
		if kind != KindHTTP && kind != KindProxyHeader {
			kind = KindNotTLS
		}
		return wire.Unrecognized(kind, record.RecordHeader[:])
	case alerted && strings.Contains(alert, "protocol version"):
		return &wire.Error{Kind: KindVersion, Err: err}
	case alerted && (certRequested || strings.Contains(alert, "certificate required")):
		// We had none to send; TLS 1.2 has no alert that says so.
		return &wire.Error{Kind: KindClientCert, Err: err}
	case alerted:
		return &wire.Error{Kind: KindAlert, Err: err}
	case wire.KindOf(err) == KindOther && strings.HasPrefix(err.Error(), "tls: "):
		return &wire.Error{Kind: KindMismatch, Err: err}
	}
	return err
}

// reclassifyTLS is for a failure after the handshake: where an alert is the first
// thing that arrives, TLS is what failed. In TLS 1.3 the server checks the client's
// certificate when the client has already gone on.
func (l *connection) reclassifyTLS(phase Phase, err error) (Phase, error) {
	if _, alerted := wire.Alert(err); !alerted || l.wire.Received() || phase == PhaseTLS {
		return phase, err
	}
	return PhaseTLS, handshakeError(err, l.certRequested)
}

// closeGracefully closes the connection of a handshake in order: with the server's
// session tickets unread, a plain close would be a reset, which the other side
// would log as a fault. It takes no longer than clean-up may.
func (l *connection) closeGracefully(ctx context.Context) {
	l.beginCleanup(ctx)
	if l.secured != nil {
		_ = l.secured.CloseWrite()
	}
	if tcp, ok := l.socket.(interface{ CloseWrite() error }); ok && l.record.Peer != nil {
		_ = tcp.CloseWrite()
		_, _ = io.CopyN(io.Discard, &l.counted, maxTickets)
	}
	_ = l.socket.Close()
}

// maxTickets bounds what is read and dropped while closing, in bytes.
const maxTickets = 64 << 10

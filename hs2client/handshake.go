package hs2client

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"time"
)

// Handshake connects, completes TLS, judges the certificate and closes. It
// needs no login, sends no byte of SASL or Thrift, fills c.Record and fails as
// [Open] does where the certificate is refused. c.TLS must be set.
func Handshake(ctx context.Context, c Config) error {
	rec := c.Record
	if rec == nil {
		rec = new(Record)
	}
	t, phase, err := c.check()
	if err == nil && c.TLS == nil {
		phase, err = PhaseTLS, &cause{kind: KindInvalid, text: "no TLS in the configuration"}
	}
	if err != nil {
		return before(ctx, &c, "configure", phase, err)
	}
	l, err := dial(ctx, &c, t, rec)
	if err != nil {
		return err
	}
	w := l.watch(ctx)
	err = l.secure(ctx, &c, t)
	w.end()
	if err != nil {
		l.part(ctx)
		return err
	}
	s := l.begin(ctx, PhaseClose, l.timeout)
	l.part(ctx)
	return s.end(nil)
}

// secure completes the handshake, records what it showed and only then judges
// it.
func (l *link) secure(ctx context.Context, c *Config, t target) error {
	name := c.serverName(t)
	l.method = "handshake"
	s := l.begin(ctx, PhaseTLS, l.timeout)
	conn := tls.Client(&ration{Conn: l.conn}, c.TLS.hello(name))
	err := conn.HandshakeContext(handshaking{context.Background(), l}) // its deadline is the connection's
	if err == nil {
		now := time.Now()
		l.rec.Peer = newPeer(conn.ConnectionState(), c.TLS, name, now)
		l.rw = conn
		if err = refusal(l.rec.Peer, c.TLS, now); err != nil {
			l.rec.Refused = true
		}
	} else {
		err = handshakeCause(err, l.asked)
	}
	return s.end(err)
}

// handshakeCause reads what crypto/tls says of a handshake that did not succeed.
func handshakeCause(err error, asked bool) error {
	record, misread := errors.AsType[tls.RecordHeaderError](err)
	said, alerted := alert(err)
	switch {
	case misread:
		kind := sniff(record.RecordHeader[:])
		if kind != KindHTTP && kind != KindProxyHeader {
			kind = KindNotTLS
		}
		return notUnderstood(kind, record.RecordHeader[:])
	case alerted && strings.Contains(said, "protocol version"):
		return &cause{kind: KindVersion, err: err}
	case alerted && (asked || strings.Contains(said, "certificate required")):
		// Asked for a certificate, we had none; TLS 1.2 has no alert that says so.
		return &cause{kind: KindClientCert, err: err}
	case alerted:
		return &cause{kind: KindAlert, err: err}
	case kindOf(err) == KindOther && strings.HasPrefix(err.Error(), "tls: "):
		return &cause{kind: KindMismatch, err: err}
	}
	return err
}

// alert is what the other side said as a TLS alert, if that is what err is.
func alert(err error) (said string, ok bool) {
	remote, ok := errors.AsType[*net.OpError](err)
	if !ok || remote.Op != "remote error" {
		return "", false
	}
	return remote.Err.Error(), true
}

// secondThoughts is for a failure after the handshake: where the first word that
// comes is an alert, TLS is what failed after all. TLS 1.3 judges the client's
// certificate when the client has long gone on.
func (l *link) secondThoughts(phase Phase, err error) (Phase, error) {
	if _, alerted := alert(err); !alerted || l.heard || phase == PhaseTLS {
		return phase, err
	}
	return PhaseTLS, handshakeCause(err, l.asked)
}

// part closes the connection of a handshake in order: the server's session
// tickets, unread, would make a reset of a plain close, which the other side
// would log as a fault. It waits no longer than last words may take.
func (l *link) part(ctx context.Context) {
	l.parting(ctx)
	if secured, ok := l.rw.(*tls.Conn); ok {
		_ = secured.CloseWrite()
	}
	if tcp, ok := l.conn.(interface{ CloseWrite() error }); ok && l.rec.Peer != nil {
		_ = tcp.CloseWrite()
		_, _ = io.CopyN(io.Discard, l.conn, maxTickets)
	}
	_ = l.conn.Close()
}

// maxTickets bounds what is read, unseen, of a server that has been left.
const maxTickets = 64 << 10

// hangUp closes the connection of a session.
func (l *link) hangUp() error {
	if secured, ok := l.rw.(*tls.Conn); ok {
		return secured.Close() // within the deadline that is set
	}
	return l.conn.Close()
}

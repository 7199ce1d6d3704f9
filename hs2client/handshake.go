package hs2client

import (
	"context"
	"crypto/tls"
	"errors"
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
	if err := l.secure(ctx, &c, t); err != nil {
		return err
	}
	return l.hangUp(ctx)
}

// secure completes the handshake, records what it showed and only then judges
// it. Where it fails, the connection is closed without another byte of ours
// than TLS's own farewell.
func (l *link) secure(ctx context.Context, c *Config, t target) error {
	name := c.serverName(t)
	l.method = "handshake"
	s := l.begin(ctx, PhaseTLS, l.timeout)
	conn := tls.Client(l.conn, &tls.Config{
		ServerName: name,
		// Our own judgement comes after the handshake: crypto/tls would end it at
		// the first objection, before anybody has seen the certificate.
		InsecureSkipVerify: true,
		// Old listeners show their certificate too; refusal names their version.
		MinVersion:       tls.VersionTLS10,
		CurvePreferences: c.TLS.Curves,
		// No session cache: a resumed session shows no certificate.
		ClientSessionCache: nil,
	})
	err := conn.Handshake()
	if err == nil {
		l.rec.Peer = newPeer(conn.ConnectionState(), c.TLS, name)
		l.rw = conn
		if err = refusal(l.rec.Peer, c.TLS, time.Now()); err != nil {
			l.rec.Refused = true
		}
	} else {
		err = handshakeCause(err)
	}
	if err = s.end(err); err != nil {
		l.drop()
	}
	return err
}

// handshakeCause reads what crypto/tls says of a handshake that did not succeed.
func handshakeCause(err error) error {
	var record tls.RecordHeaderError
	var remote *net.OpError
	switch {
	case errors.As(err, &record):
		kind := sniff(record.RecordHeader[:])
		if kind != KindHTTP && kind != KindProxyHeader {
			kind = KindNotTLS
		}
		return &cause{kind: kind, text: quote(record.RecordHeader[:]), said: true}
	case errors.As(err, &remote) && remote.Op == "remote error": // an alert
		if strings.Contains(remote.Err.Error(), "protocol version") {
			return &cause{kind: KindVersion, err: err}
		}
		return &cause{kind: KindAlert, err: err}
	case kindOf(err) == KindOther && strings.HasPrefix(err.Error(), "tls: "):
		return &cause{kind: KindMismatch, err: err}
	}
	return err
}

// drop closes the connection without waiting for anybody.
func (l *link) drop() {
	_ = l.conn.SetDeadline(past) // no farewell may block
	_ = l.conn.Close()
}

// hangUp closes the connection as the protocol wants it, and records Close.
func (l *link) hangUp(ctx context.Context) error {
	l.method = "close"
	s := l.begin(ctx, PhaseClose, l.timeout)
	conn := l.conn
	if secured, ok := l.rw.(*tls.Conn); ok {
		conn = secured
	}
	return s.end(conn.Close())
}

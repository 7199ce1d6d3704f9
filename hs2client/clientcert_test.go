package hs2client_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

func TestOpen_ClientCertificateRequired(t *testing.T) {
	a, roots := authority(t)
	login := &hs2client.Plain{User: "ann", Password: "s3cret"}
	for name, tc := range map[string]struct {
		version uint16
		auth    tls.ClientAuthType
		plain   *hs2client.Plain
		abrupt  bool // its close resets the connection, the alert already on its way
		class   string
	}{
		"TLS 1.3":                     {tls.VersionTLS13, tls.RequireAnyClientCert, nil, false, "tls.client-certificate"},
		"TLS 1.3, before a login":     {tls.VersionTLS13, tls.RequireAnyClientCert, login, false, "tls.client-certificate"},
		"TLS 1.3, closing at once":    {tls.VersionTLS13, tls.RequireAnyClientCert, nil, true, "tls.client-certificate"},
		"TLS 1.2":                     {tls.VersionTLS12, tls.RequireAnyClientCert, nil, false, "tls.client-certificate"},
		"TLS 1.3, one that only asks": {tls.VersionTLS13, tls.RequestClientCert, nil, false, ""},
		"TLS 1.2, one that only asks": {tls.VersionTLS12, tls.RequestClientCert, nil, false, ""},
		"TLS 1.3, and does not ask":   {tls.VersionTLS13, tls.NoClientCert, nil, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := listener(t, a, certs.KindGood)
			config.MinVersion, config.MaxVersion, config.ClientAuth = tc.version, tc.version, tc.auth
			c := &coordinator{}
			c.columns, c.schema = pid()
			addr := serve(t, func(conn net.Conn) {
				s := tls.Server(conn, config)
				if s.Handshake() == nil {
					c.plain(s)
				}
				if !tc.abrupt { // with something unread, a close is a reset
					_ = conn.(*net.TCPConn).CloseWrite()
					silent(conn)
				}
			})
			err := firstError(t.Context(), hs2client.Config{
				Addr: addr, Timeout: soon, Plain: tc.plain, TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host},
			})
			if tc.class == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if e := wantClass(t, err, tc.class); !strings.Contains(hintText(e), "mutual TLS") {
				t.Errorf("hint %q", hintText(e))
			}
		})
	}
}

func TestOpen_ResetWhileConnectingHasHint(t *testing.T) {
	_, err := hs2client.Open(t.Context(), hs2client.Config{Addr: "127.0.0.1:21050", Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, syscall.ECONNRESET
	}})
	if e := wantClass(t, err, "tcp.reset"); !strings.Contains(hintText(e), "healthy") {
		t.Errorf("hint %q", hintText(e))
	}
}

// clientPair is a client certificate of an authority.
func clientPair(t *testing.T, a *certs.Authority) *tls.Certificate {
	t.Helper()
	text, err := a.Client("ann")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		t.Fatal(err)
	}
	return &pair
}

func TestClientCertificate_IsShown(t *testing.T) {
	a, roots := authority(t)
	other, _ := authority(t)
	for name, tc := range map[string]struct {
		own   *tls.Certificate
		class string
		hint  string
	}{
		"a good one":      {clientPair(t, a), "", ""},
		"none":            {nil, "tls.client-certificate", "tls.client_cert"},
		"of another root": {clientPair(t, other), "tls.client-certificate", "check that it trusts its authority"},
	} {
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			for how, cache := range map[string]*hs2client.ChainCache{"without a cache": nil, "with one": new(hs2client.ChainCache)} {
				t.Run(name+", "+tls.VersionName(version)+", "+how, func(t *testing.T) {
					t.Parallel()
					config := listener(t, a, certs.KindGood)
					config.MinVersion, config.MaxVersion = version, version
					config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, roots
					c := &coordinator{}
					c.columns, c.schema = pid()
					client := hs2client.Config{
						Addr: serve(t, secured(config, c.plain)), Timeout: soon,
						TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host, Certificate: tc.own, Chains: cache},
					}
					for what, err := range map[string]error{
						"a session":   firstError(t.Context(), client),
						"a handshake": hs2client.Handshake(t.Context(), client),
					} {
						if tc.class == "" && err != nil {
							t.Errorf("%s: %v", what, err)
						} else if tc.class != "" {
							if e := wantClass(t, err, tc.class); !strings.Contains(hintText(e)+settingsOf(e), tc.hint) {
								t.Errorf("%s: hint %q", what, hintText(e))
							}
						}
					}
				})
			}
		}
	}
}

// settingsOf are the settings that a hint names.
func settingsOf(e *hs2client.Error) string {
	var out []string
	for _, f := range e.Hint() {
		out = append(out, f.Setting)
	}
	return strings.Join(out, " ")
}

func TestHandshake_DoesNotWaitLongForListenersThatOnlyAsk(t *testing.T) {
	a, roots := authority(t)
	config := listener(t, a, certs.KindGood)
	config.ClientAuth = tls.RequestClientCert
	addr := serve(t, secured(config, silent))
	start := time.Now()
	if err := hs2client.Handshake(t.Context(), hs2client.Config{Addr: addr, Timeout: 30 * time.Second, TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host}}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
}

// TestOpen_ClientCertificateMissedInSilence is against a listener that asks for a
// certificate and closes without an alert, as nginx does.
func TestOpen_ClientCertificateMissedInSilence(t *testing.T) {
	a, roots := authority(t)
	config := listener(t, a, certs.KindGood)
	config.ClientAuth = tls.RequestClientCert
	addr := serve(t, secured(config, func(net.Conn) {}))
	_, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: soon, TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host}})
	e, ok := errors.AsType[*hs2client.Error](err)
	if !ok || e.Hint()[0].Setting != "tls.client_cert" {
		t.Errorf("%v, hint %+v", err, e.Hint())
	}
}

// Once a listener that asks for a certificate has said anything, it is not the lack of one
// for which the connection ends.
func TestOpen_CutReplyIsNoMissedClientCertificate(t *testing.T) {
	a, roots := authority(t)
	config := listener(t, a, certs.KindGood)
	config.ClientAuth = tls.RequestClientCert
	addr := serve(t, secured(config, func(c net.Conn) {
		_, _ = c.Read(make([]byte, 1))
		_, _ = c.Write([]byte("\x80\x01\x00")) // the beginning of a reply
	}))
	_, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: soon, TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host}})
	if e, ok := errors.AsType[*hs2client.Error](err); !ok || e.Phase != hs2client.PhaseOpen || strings.Contains(settingsOf(e), "tls.client_cert") {
		t.Errorf("%v, hint %+v", err, e.Hint())
	}
}

// deafConn is a connection on which nothing more is read once something was written.
type deafConn struct {
	net.Conn
	deaf bool
}

func (c *deafConn) Read(p []byte) (int, error) {
	if c.deaf {
		return 0, net.ErrClosed
	}
	return c.Conn.Read(p)
}

func (c *deafConn) Write(p []byte) (int, error) {
	c.deaf = true
	return c.Conn.Write(p)
}

// A listener that ends the handshake in silence once it has asked for a certificate may
// have missed it: in TLS 1.2 that is before there is anything to read within TLS.
func TestHandshake_EndedAfterItAskedForACertificate(t *testing.T) {
	a, roots := authority(t)
	config := listener(t, a, certs.KindGood)
	config.MaxVersion, config.ClientAuth = tls.VersionTLS12, tls.RequireAnyClientCert
	addr := serve(t, func(conn net.Conn) {
		_ = tls.Server(&deafConn{Conn: conn}, config).Handshake() // it answers the hello
		_ = conn.(*net.TCPConn).CloseWrite()
		silent(conn)
	})
	err := hs2client.Handshake(t.Context(), hs2client.Config{Addr: addr, Timeout: soon, TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host}})
	if e := wantClass(t, err, "tls.eof"); !strings.Contains(settingsOf(e), "tls.client_cert") {
		t.Errorf("hint %+v", e.Hint())
	}
}

// brokenConn is a connection of which every byte that is read is wrong once it is broken.
type brokenConn struct {
	net.Conn
	broken atomic.Bool
}

func (c *brokenConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.broken.Load() {
		clear(p[:n])
	}
	return n, err
}

// An alert in the midst of a session is no failure of its handshake.
func TestPing_AlertOfALaterTimeIsItsOwnFailure(t *testing.T) {
	a, roots := authority(t)
	config := listener(t, a, certs.KindGood)
	c := &coordinator{}
	addr := serve(t, func(conn net.Conn) {
		broken := &brokenConn{Conn: conn}
		s := tls.Server(broken, config)
		c.tampered(func(_ int, reply []byte, conn net.Conn) bool {
			broken.broken.Store(true) // what comes next is answered with an alert
			return intact(reply, conn)
		})(s)
		_ = conn.(*net.TCPConn).CloseWrite()
		silent(conn)
	})
	s, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, Timeout: soon, NoPing: true, TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host}})
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := errors.AsType[*hs2client.Error](s.Ping(t.Context())); !ok || e.Phase != hs2client.PhaseExecute || !strings.Contains(e.Error(), "tls: ") {
		t.Errorf("error %v", e)
	}
	_ = s.Close(t.Context())
}

package hs2client_test

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"syscall"
	"testing"

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

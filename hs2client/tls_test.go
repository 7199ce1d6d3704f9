package hs2client_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

const host = "impala.example.com"

func authority(t *testing.T) (*certs.Authority, *x509.CertPool) {
	t.Helper()
	a, err := certs.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.RootPEM())
	return a, roots
}

func listener(t *testing.T, a *certs.Authority, k certs.Kind) *tls.Config {
	t.Helper()
	cert, err := a.Leaf(k, host, []net.IP{net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS10}
}

func TestOpen_TLS(t *testing.T) {
	a, roots := authority(t)
	c := &coordinator{web: "https://coord-a1:25000"}
	c.columns, c.schema = pid()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		config := listener(t, a, certs.KindGood)
		config.MaxVersion = version
		var rec hs2client.Record
		var accepted hs2client.Peer
		s, err := hs2client.Open(t.Context(), hs2client.Config{
			Addr: serve(t, secured(config, c.login("ann", "pw"))), Timeout: soon, Record: &rec,
			Plain: &hs2client.Plain{User: "ann", Password: "pw"},
			TLS:   &hs2client.TLSConfig{Roots: roots, ServerName: host, Accept: func(p hs2client.Peer) error { accepted = p; return nil }},
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Query(t.Context(), "SELECT pid()"); err != nil {
			t.Error(err)
		}
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		p := rec.Peer
		if p == nil || rec.Refused || accepted.Fingerprint != p.Fingerprint {
			t.Fatalf("record %+v", rec)
		}
		if p.Chain != hs2client.ChainOK || p.HostErr != nil || len(p.Fingerprint) != 64 || p.ServerName != host ||
			p.State.Version != version || p.State.DidResume || !strings.Contains(p.Issuer, "O=Amazon") || p.SANs[0] != host || p.SANs[1] != "127.0.0.1" {
			t.Errorf("peer %+v", p)
		}
		if rec.Phases[hs2client.PhaseTLS] <= 0 || rec.Phases[hs2client.PhaseSASL] <= 0 {
			t.Errorf("phases %v", rec.Phases)
		}
	}
}

func TestOpen_RefusesCertificates(t *testing.T) {
	a, roots := authority(t)
	for name, tc := range map[string]struct {
		kind    certs.Kind
		change  func(*tls.Config, *hs2client.TLSConfig)
		class   string
		chain   hs2client.ChainStatus
		version string
	}{
		"expired":         {certs.KindExpired, nil, "tls.expired", hs2client.ChainOK, "TLS1.3"},
		"not yet valid":   {certs.KindNotYet, nil, "tls.not-yet-valid", hs2client.ChainOK, "TLS1.3"},
		"another host":    {certs.KindWrongHost, nil, "tls.hostname", hs2client.ChainOK, "TLS1.3"},
		"no intermediate": {certs.KindNoIntermediate, nil, "tls.incomplete-chain", hs2client.ChainIncomplete, "TLS1.3"},
		"self-signed":     {certs.KindSelfSigned, nil, "tls.self-signed", hs2client.ChainSelfSigned, "TLS1.3"},
		"an unknown CA":   {certs.KindUnknownCA, nil, "tls.unknown-ca", hs2client.ChainUnknownCA, "TLS1.3"},
		"an unknown CA, not sent": {certs.KindUnknownCA, func(s *tls.Config, _ *hs2client.TLSConfig) {
			s.Certificates[0].Certificate = s.Certificates[0].Certificate[:2]
		}, "tls.unknown-ca", hs2client.ChainUnknownCA, "TLS1.3"},
		"an intermediate of somebody else": {certs.KindNoIntermediate, func(s *tls.Config, _ *hs2client.TLSConfig) {
			root, _ := pem.Decode(a.RootPEM())
			s.Certificates[0].Certificate = append(s.Certificates[0].Certificate, root.Bytes)
		}, "tls.incomplete-chain", hs2client.ChainIncomplete, "TLS1.3"},
		"an expired intermediate": {certs.KindExpiredIntermediate, nil, "tls.expired", hs2client.ChainOK, "TLS1.3"},
		"an expired root":         {certs.KindExpiredRoot, nil, "tls.expired", hs2client.ChainOK, "TLS1.3"},
		"a name constraint":       {certs.KindNameConstraint, nil, "tls.constraint", hs2client.ChainConstraint, "TLS1.3"},
		"a chain of 301":          {certs.KindTooLong, nil, "tls.chain-too-long", hs2client.ChainTooLong, "TLS1.3"},
		"an old version":          {certs.KindGood, func(s *tls.Config, _ *hs2client.TLSConfig) { s.MaxVersion = tls.VersionTLS11 }, "tls.version", hs2client.ChainOK, "TLS1.1"},
		"older than we want": {certs.KindGood, func(s *tls.Config, c *hs2client.TLSConfig) {
			s.MaxVersion, c.MinVersion = tls.VersionTLS12, tls.VersionTLS13
		}, "tls.version", hs2client.ChainOK, "TLS1.2"},
		"a rule of the caller's": {certs.KindGood, func(_ *tls.Config, c *hs2client.TLSConfig) {
			c.Accept = func(hs2client.Peer) error { return errors.New("not our issuer") }
		}, "tls.policy", hs2client.ChainOK, "TLS1.3"},
	} {
		t.Run(name, func(t *testing.T) {
			server := listener(t, a, tc.kind)
			client := &hs2client.TLSConfig{Roots: roots, ServerName: host}
			if tc.change != nil {
				tc.change(server, client)
			}
			after := make(chan error, 2) // what the server read after the handshake
			addr := serve(t, secured(server, func(c net.Conn) {
				n, err := io.Copy(io.Discard, c)
				if err == nil && n > 0 {
					err = errors.New("the client sent something")
				}
				after <- err
			}))
			for _, how := range []string{"Open", "Handshake"} {
				var rec hs2client.Record
				c := hs2client.Config{Addr: addr, TLS: client, Timeout: soon, Record: &rec, Plain: &hs2client.Plain{User: "ann", Password: "s3cret"}}
				var err error
				if how == "Open" {
					_, err = hs2client.Open(t.Context(), c)
				} else {
					err = hs2client.Handshake(t.Context(), c)
				}
				if e := wantClass(t, err, tc.class); len(e.Hint()) == 0 && tc.class != "tls.policy" {
					t.Errorf("%s: no hint", how)
				}
				if err := <-after; err != nil {
					t.Errorf("%s: after the handshake the server saw %v, want the end alone", how, err)
				}
				if !rec.Refused || rec.Peer == nil || rec.Peer.Chain != tc.chain || rec.Peer.Version != tc.version {
					t.Errorf("%s: record %+v", how, rec)
				}
			}
		})
	}
}

func TestHandshake_SendsNothingElse(t *testing.T) {
	a, roots := authority(t)
	after := make(chan error, 1)
	addr := serve(t, secured(listener(t, a, certs.KindWrongIssuer), func(c net.Conn) {
		n, err := io.Copy(io.Discard, c)
		if err == nil && n > 0 {
			err = errors.New("the client sent something")
		}
		after <- err
	}))
	var rec hs2client.Record
	// No ServerName: the address dialled is the name, and the certificate has it.
	if err := hs2client.Handshake(t.Context(), hs2client.Config{Addr: addr, TLS: &hs2client.TLSConfig{Roots: roots}, Timeout: soon, Record: &rec}); err != nil {
		t.Fatal(err)
	}
	if err := <-after; err != nil {
		t.Errorf("after the handshake the server saw %v, want the end alone", err)
	}
	if rec.Refused || rec.Peer.Chain != hs2client.ChainOK || !strings.Contains(rec.Peer.Issuer, "Another") || rec.Phases[hs2client.PhaseClose] <= 0 {
		t.Errorf("record %+v", rec)
	}
}

func TestHandshake_AgainstOtherProtocols(t *testing.T) {
	for name, tc := range map[string]struct{ says, class, hint string }{
		"HTTP":                   {"HTTP/1.1 400 Bad Request\r\n\r\n", "tls.http", "HTTP"},
		"SSH":                    {"SSH-2.0-OpenSSH_9.2\r\n", "tls.other-server", "an SSH server"},
		"MySQL":                  {"\x4a\x00\x00\x00\x0a8.0.36\x00", "tls.other-server", "a MySQL server"},
		"Thrift":                 {"\x80\x01\x00\x02\x00\x00\x00\x00", "tls.not-tls", "tls.enabled=false"},
		"PROXY version 1":        {"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n", "tls.proxy-header", "PROXY"},
		"PROXY version 2":        {"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c", "tls.proxy-header", "PROXY"},
		"an alert about ciphers": {"\x15\x03\x01\x00\x02\x02\x28", "tls.no-common-cipher", "cipher suite"},
		"too weak a level":       {"\x15\x03\x01\x00\x02\x02\x47", "tls.no-common-cipher", "cipher suite"},
		"an alert about version": {"\x15\x03\x01\x00\x02\x02\x46", "tls.version", "TLS policy to 1.2"},
		"an unrecognized name":   {"\x15\x03\x01\x00\x02\x02\x70", "tls.server-name", "tls.server_name"},
		"a certificate required": {"\x15\x03\x01\x00\x02\x02\x74", "tls.client-certificate", "client certificate"},
		"an alert of its own":    {"\x15\x03\x01\x00\x02\x02\x50", "tls.alert", "its log"},
		"nothing":                {"", "tls.eof", "PROXY"},
	} {
		t.Run(name, func(t *testing.T) {
			addr := serve(t, says(tc.says))
			var rec hs2client.Record
			_, err := hs2client.Open(t.Context(), hs2client.Config{Addr: addr, TLS: &hs2client.TLSConfig{ServerName: host}, Timeout: soon, Record: &rec})
			e := wantClass(t, err, tc.class)
			if rec.Refused || rec.Peer != nil || !strings.Contains(hintText(e), tc.hint) {
				t.Errorf("record %+v, hint %q", rec, hintText(e))
			}
		})
	}
}

// says answers the client's first bytes with a text and ends in order: it reads
// what else comes, since a close with something unread would be a reset.
func says(text string) func(net.Conn) {
	return func(c net.Conn) {
		var first [1]byte
		if _, err := c.Read(first[:]); err != nil {
			return
		}
		_, _ = io.WriteString(c, text)
		_ = c.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, c)
	}
}

func TestHandshake_RequiresTLSConfig(t *testing.T) {
	t.Parallel()
	err := hs2client.Handshake(context.Background(), hs2client.Config{Addr: "127.0.0.1:1"})
	wantClass(t, err, "tls.invalid")
}

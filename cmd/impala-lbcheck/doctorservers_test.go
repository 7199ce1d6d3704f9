package main

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
	"github.com/impala-lbcheck/impala-lbcheck/internal/peertest"
)

// saying greets, and then listens.
func saying(text string) func(net.Conn) {
	return func(c net.Conn) {
		_, _ = io.WriteString(c, text)
		_, _ = io.Copy(io.Discard, c)
	}
}

// answering answers every HTTP request of one kind of client alike.
func answering(answer string) func(net.Conn) {
	return func(c net.Conn) {
		in := bufio.NewReader(c)
		for {
			r, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, r.Body)
			if _, err := io.WriteString(c, answer); err != nil {
				return
			}
		}
	}
}

// mute listens and says nothing.
func mute(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

// closed is an address on which nothing listens.
func closed(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// relay passes connections on to another address, behind a header where there is one.
func relay(t *testing.T, to, header string) string {
	return peertest.Serve(t, func(c net.Conn) {
		up, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer up.Close()
		_, _ = io.WriteString(up, header)
		pass(c, up)
	})
}

// acceptProxy passes on only what comes behind a PROXY header.
func acceptProxy(t *testing.T, to string) string {
	return peertest.Serve(t, func(c net.Conn) {
		in := bufio.NewReader(c)
		if head, err := in.Peek(6); err != nil || string(head) != "PROXY " {
			return
		}
		if _, err := in.ReadString('\n'); err != nil {
			return
		}
		up, err := net.Dial("tcp", to)
		if err != nil {
			return
		}
		defer up.Close()
		pass(bufferedConn{c, in}, up)
	})
}

type bufferedConn struct {
	net.Conn
	in io.Reader
}

func (b bufferedConn) Read(p []byte) (int, error) { return b.in.Read(p) }

// pass copies both ways until one side ends.
func pass(a, b net.Conn) {
	done := make(chan struct{})
	go func() {
		_, _ = io.Copy(b, a)
		b.Close()
		close(done)
	}()
	_, _ = io.Copy(a, b)
	a.Close()
	<-done
}

// kerberosOnly answers a login with PLAIN as an Impala with Kerberos alone does.
func kerberosOnly(c net.Conn) {
	head := make([]byte, 5)
	if _, err := io.ReadFull(c, head); err != nil || head[0] != 1 || head[1] != 0 {
		return
	}
	name := make([]byte, head[4])
	if _, err := io.ReadFull(c, name); err != nil {
		return
	}
	text := "Unsupported mechanism type " + string(name)
	_, _ = c.Write(append([]byte{3, 0, 0, 0, byte(len(text))}, text...))
}

// withoutCertificate is a TLS server that has no certificate for anybody.
func withoutCertificate(c net.Conn) { _ = tls.Server(c, &tls.Config{}).Handshake() }

// withoutCipher is a TLS server of which every cipher suite is out of use.
func withoutCipher(t *testing.T) (string, []string) {
	authority, err := certs.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	config := listener(t, authority)
	config.MaxVersion, config.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_RSA_WITH_RC4_128_SHA}
	return peertest.Serve(t, func(c net.Conn) { _ = tls.Server(c, config).Handshake() }), nil
}

// listener is one with a good certificate.
func listener(t *testing.T, authority *certs.Authority) *tls.Config {
	t.Helper()
	leaf, err := authority.Leaf(certs.KindGood, clusterHost, nil)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{leaf}}
}

// demandingInSilence asks for a client certificate, and closes connections without one as
// nginx does over TLS 1.3: after the handshake, and without an alert.
func demandingInSilence(t *testing.T) (string, []string) {
	authority, err := certs.New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	config := listener(t, authority)
	config.MinVersion, config.ClientAuth = tls.VersionTLS13, tls.RequestClientCert
	roots := filepath.Join(t.TempDir(), "ca.pem")
	write(t, roots, string(authority.RootPEM()))
	return peertest.Serve(t, func(c net.Conn) {
		if secured := tls.Server(c, config); secured.Handshake() == nil && len(secured.ConnectionState().PeerCertificates) > 0 {
			mute(secured)
		}
	}), []string{"--ca-cert", roots, "--server-name", clusterHost}
}

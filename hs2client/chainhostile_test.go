package hs2client_test

import (
	"crypto/tls"
	"io"
	"net"
	"runtime"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// A chain of a thousand certificates, more than TLS's messages may hold here, ends the
// handshake with a class and within bounds, however often the same certificate is in it.
func TestHandshake_ChainOfAThousand(t *testing.T) {
	a, roots := authority(t)
	server := listener(t, a, certs.KindGood)
	chain := server.Certificates[0].Certificate
	long := append([][]byte{}, chain[0])
	for len(long) < 1000 {
		long = append(long, chain[len(chain)-1])
	}
	server.Certificates = []tls.Certificate{{Certificate: long, PrivateKey: server.Certificates[0].PrivateKey}}
	addr := serve(t, secured(server, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	err := hs2client.Handshake(t.Context(), hs2client.Config{Addr: addr, TLS: &hs2client.TLSConfig{Roots: roots, ServerName: host}, Timeout: soon})
	runtime.ReadMemStats(&after)
	wantClass(t, err, "tls.oversize")
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 16<<20 {
		t.Errorf("%d bytes allocated", grown)
	}
}

package hs2client_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
)

// A certificate is for the names that it lists: a common name beside them is none, a
// wildcard is one label, and an address is no name.
func TestHandshake_HostsThatACertificateIsFor(t *testing.T) {
	now := time.Now()
	root := newCA(t, "root", now, 24*time.Hour, nil, nil)
	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	for name, tc := range map[string]struct {
		commonName string
		names      []string
		addresses  []net.IP
		dialled    string
		class      string // "": it is for that host
	}{
		"its name":                     {"", []string{"other.example.com", "lb.example.com"}, nil, "lb.example.com", ""},
		"another host":                 {"", []string{"other.example.com"}, nil, "lb.example.com", "tls.hostname"},
		"a common name alone":          {"lb.example.com", nil, nil, "lb.example.com", "tls.hostname"},
		"a common name beside another": {"lb.example.com", []string{"other.example.com"}, nil, "lb.example.com", "tls.hostname"},
		"a wildcard":                   {"", []string{"*.example.com"}, nil, "lb.example.com", ""},
		"a wildcard, two labels":       {"", []string{"*.example.com"}, nil, "lb.eu.example.com", "tls.hostname"},
		"a wildcard, no label":         {"", []string{"*.example.com"}, nil, "example.com", "tls.hostname"},
		"its address":                  {"", nil, []net.IP{net.IPv4(127, 0, 0, 1)}, "127.0.0.1", ""},
		"another address":              {"", nil, []net.IP{net.IPv4(127, 0, 0, 1)}, "127.0.0.2", "tls.hostname"},
		"an address as a name":         {"127.0.0.1", []string{"127.0.0.1"}, nil, "127.0.0.1", "tls.hostname"},
	} {
		t.Run(name, func(t *testing.T) {
			key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			leaf := signed(t, &x509.Certificate{
				SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: tc.commonName}, DNSNames: tc.names, IPAddresses: tc.addresses,
				NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
			}, &root, key)
			server := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}}}
			addr := serve(t, secured(server, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }))
			_, err = handshakeOnce(t, addr, hs2client.TLSConfig{Roots: roots, ServerName: tc.dialled})
			if tc.class != "" {
				wantClass(t, err, tc.class)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}

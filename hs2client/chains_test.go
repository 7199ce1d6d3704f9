package hs2client_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// counted is the authority's pool, and how often a chain was followed to it.
func counted(t *testing.T, a *certs.Authority) (*x509.CertPool, *atomic.Int64) {
	t.Helper()
	b, _ := pem.Decode(a.RootPEM())
	root, err := x509.ParseCertificate(b.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	pool := x509.NewCertPool()
	pool.AddCertWithConstraint(root, func([]*x509.Certificate) error {
		n.Add(1)
		return nil
	})
	return pool, &n
}

// handshakes serves the certificate that is current, for every name.
func handshakes(t *testing.T, current *atomic.Pointer[tls.Certificate]) string {
	config := &tls.Config{GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return current.Load(), nil }}
	return serve(t, secured(config, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }))
}

// handshakeOnce is one connection's record and error.
func handshakeOnce(t *testing.T, addr string, c hs2client.TLSConfig) (*hs2client.Record, error) {
	rec := new(hs2client.Record)
	err := hs2client.Handshake(t.Context(), hs2client.Config{Addr: addr, TLS: &c, Timeout: soon, Record: rec})
	return rec, err
}

func TestChainCache_VerifiesEachChainOnce(t *testing.T) {
	a, _ := authority(t)
	roots, followed := counted(t, a)
	others, _ := counted(t, a)
	var current atomic.Pointer[tls.Certificate]
	current.Store(&listener(t, a, certs.KindGood).Certificates[0])
	addr := handshakes(t, &current)
	client := hs2client.TLSConfig{Roots: roots, ServerName: host}

	look := func(c hs2client.TLSConfig, times int, want int64, why string) {
		t.Helper()
		before := followed.Load()
		var fingerprint string
		for range times {
			rec, err := handshakeOnce(t, addr, c)
			if err != nil {
				t.Fatalf("%s: %v", why, err)
			}
			p := rec.Peer
			if p.Chain != hs2client.ChainOK || p.Issuer == "" || p.Subject == "" || len(p.SANs) != 2 || p.ServerName != c.ServerName || p.NotAfter.IsZero() {
				t.Errorf("%s: peer %+v", why, p)
			}
			if fingerprint != "" && p.Fingerprint != fingerprint {
				t.Errorf("%s: fingerprint %s, then %s", why, fingerprint, p.Fingerprint)
			}
			fingerprint = p.Fingerprint
			p.SANs[0] = "changed" // a record is its owner's
		}
		if got := followed.Load() - before; got != want {
			t.Errorf("%s: followed %d times, want %d", why, got, want)
		}
	}
	look(client, 3, 3, "without a cache")
	client.Chains = new(hs2client.ChainCache)
	look(client, 3, 1, "one chain")
	byAddress := client
	byAddress.ServerName = "127.0.0.1"
	look(byAddress, 3, 1, "another name")
	current.Store(&listener(t, a, certs.KindWrongIssuer).Certificates[0])
	look(client, 3, 1, "another certificate of the same host")
	client.Roots = others
	look(client, 3, 0, "other roots are asked themselves")
	client.Roots = roots
	look(client, 3, 0, "known already")
}

func TestChainCache_OneByteMakesAnotherChain(t *testing.T) {
	a, _ := authority(t)
	roots, followed := counted(t, a)
	good := listener(t, a, certs.KindGood).Certificates[0]
	var current atomic.Pointer[tls.Certificate]
	current.Store(&good)
	addr := handshakes(t, &current)
	client := hs2client.TLSConfig{Roots: roots, ServerName: host, Chains: new(hs2client.ChainCache)}
	if _, err := handshakeOnce(t, addr, client); err != nil {
		t.Fatal(err)
	}
	forged := good
	forged.Certificate = append([][]byte(nil), good.Certificate...)
	between := append([]byte(nil), good.Certificate[1]...)
	between[len(between)-1] ^= 1 // of its signature
	forged.Certificate[1] = between
	current.Store(&forged)
	before := followed.Load()
	for range 2 {
		rec, err := handshakeOnce(t, addr, client)
		wantClass(t, err, "tls.unknown-ca")
		if !rec.Refused || rec.Peer.Chain != hs2client.ChainUnknownCA {
			t.Errorf("record %+v", rec.Peer)
		}
	}
	if followed.Load() != before {
		t.Error("a forged chain led to the root")
	}
	current.Store(&good)
	if _, err := handshakeOnce(t, addr, client); err != nil || followed.Load() != before {
		t.Errorf("the good chain was forgotten: %v", err)
	}
}

func TestChainCache_ChecksTimeAndConnectionEveryTime(t *testing.T) {
	a, roots := authority(t)
	var current atomic.Pointer[tls.Certificate]
	addr := handshakes(t, &current)
	cache := new(hs2client.ChainCache)
	for _, tc := range []struct {
		kind  certs.Kind
		name  string
		min   uint16
		class string
	}{
		{certs.KindGood, host, 0, ""},
		{certs.KindGood, "other.example.com", 0, "tls.hostname"},
		{certs.KindGood, "other.example.com", 0, "tls.hostname"}, // the second one is remembered
		{certs.KindExpired, host, 0, "tls.expired"},
		{certs.KindExpired, host, 0, "tls.expired"},
		{certs.KindNotYet, host, 0, "tls.not-yet-valid"},
		{certs.KindSelfSigned, host, 0, "tls.self-signed"},
		{certs.KindNoIntermediate, host, 0, "tls.incomplete-chain"},
		{certs.KindUnknownCA, host, 0, "tls.unknown-ca"},
		{certs.KindGood, host, tls.VersionTLS13 + 1, "tls.version"},
		{certs.KindGood, host, 0, ""},
	} {
		current.Store(&listener(t, a, tc.kind).Certificates[0])
		accepted := 0
		_, err := handshakeOnce(t, addr, hs2client.TLSConfig{
			Roots: roots, ServerName: tc.name, MinVersion: tc.min, Chains: cache,
			Accept: func(hs2client.Peer) error { accepted++; return nil },
		})
		if tc.class != "" {
			wantClass(t, err, tc.class)
		} else if err != nil || accepted != 1 {
			t.Errorf("%v for %s: %v, asked %d times", tc.kind, tc.name, err, accepted)
		}
	}
}

func TestChainCache_IsSharedAndBounded(t *testing.T) {
	a, _ := authority(t)
	roots, followed := counted(t, a)
	var current atomic.Pointer[tls.Certificate]
	current.Store(&listener(t, a, certs.KindGood).Certificates[0])
	addr := handshakes(t, &current)
	client := hs2client.TLSConfig{Roots: roots, ServerName: host, Chains: new(hs2client.ChainCache)}
	var all sync.WaitGroup
	for range 16 {
		all.Go(func() {
			for range 4 {
				if _, err := handshakeOnce(t, addr, client); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if n := followed.Load(); n != 1 {
		t.Errorf("followed %d times, want once", n)
	}
	for i := range 70 { // each name makes a chain of its own
		c := client
		c.ServerName = "n" + string(rune('a'+i/26)) + string(rune('a'+i%26)) + ".example.com"
		_, err := handshakeOnce(t, addr, c)
		wantClass(t, err, "tls.hostname")
	}
	before := followed.Load()
	if _, err := handshakeOnce(t, addr, client); err != nil || followed.Load() != before+1 {
		t.Errorf("the oldest of 71 chains was kept: %v", err)
	}
}

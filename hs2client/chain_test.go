package hs2client_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client"
	"github.com/impala-lbcheck/impala-lbcheck/internal/certs"
)

// shownBy is what a handshake with a listener records, and its error.
func shownBy(t *testing.T, server *tls.Config, client hs2client.TLSConfig) (*hs2client.Peer, error) {
	t.Helper()
	addr := serve(t, secured(server, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) }))
	var rec hs2client.Record
	client.ServerName = host
	err := hs2client.Handshake(t.Context(), hs2client.Config{Addr: addr, TLS: &client, Timeout: soon, Record: &rec})
	if rec.Peer == nil {
		t.Fatalf("no certificate: %v", err)
	}
	return rec.Peer, err
}

func TestHandshake_RecordsWholeChain(t *testing.T) {
	a, roots := authority(t)
	for kind, want := range map[certs.Kind]struct {
		sent, kept, path int
		key              string
		bits             int
		ends             string // what ends first: "leaf", "intermediate", "root"
	}{
		certs.KindGood:                 {2, 2, 3, "ECDSA", 256, "leaf"},
		certs.KindWeakKey:              {2, 2, 3, "RSA", 1024, "leaf"},
		certs.KindExpiredIntermediate:  {2, 2, 3, "ECDSA", 256, "intermediate"},
		certs.KindExpiringIntermediate: {2, 2, 3, "ECDSA", 256, "intermediate"},
		certs.KindExpiredRoot:          {3, 3, 4, "ECDSA", 256, "root"},
		certs.KindUnneededExpired:      {3, 3, 3, "ECDSA", 256, "leaf"},
		certs.KindNoIntermediate:       {1, 1, 0, "ECDSA", 256, ""},
		certs.KindTooLong:              {301, hs2client.MaxCertificates, 0, "ECDSA", 256, ""},
	} {
		t.Run(kind.String(), func(t *testing.T) {
			p, _ := shownBy(t, listener(t, a, kind), hs2client.TLSConfig{Roots: roots})
			if p.SentCount != want.sent || len(p.Sent) != want.kept || len(p.Path) != want.path {
				t.Fatalf("%d sent, %d kept, a path of %d; want %+v", p.SentCount, len(p.Sent), len(p.Path), want)
			}
			if leaf := p.Sent[0]; leaf.Key != want.key || leaf.KeyBits != want.bits || leaf.Fingerprint != p.Fingerprint || leaf.Signature != "ECDSA-SHA256" {
				t.Errorf("leaf %+v, want a key of %s %d", leaf, want.key, want.bits)
			}
			first := 0
			for i, c := range p.Path {
				if c.NotAfter.Before(p.Path[first].NotAfter) {
					first = i
				}
			}
			got := map[int]string{0: "leaf", len(p.Path) - 1: "root"}[first]
			if got == "" {
				got = "intermediate"
			}
			if want.path > 0 && got != want.ends {
				t.Errorf("the %s ends first, want the %s", got, want.ends)
			}
		})
	}
}

func TestHandshake_TellsChainsApart(t *testing.T) {
	a, roots := authority(t)
	whole := listener(t, a, certs.KindGood)
	trusting := roots.Clone()
	if ca, err := x509.ParseCertificate(whole.Certificates[0].Certificate[1]); err == nil {
		trusting.AddCert(ca)
	}
	alone := whole.Clone()
	alone.Certificates = []tls.Certificate{whole.Certificates[0]}
	alone.Certificates[0].Certificate = whole.Certificates[0].Certificate[:1]
	one, err1 := shownBy(t, whole, hs2client.TLSConfig{Roots: trusting})
	two, err2 := shownBy(t, alone, hs2client.TLSConfig{Roots: trusting})
	if err1 != nil || err2 != nil || one.Fingerprint != two.Fingerprint || one.ChainFingerprint == two.ChainFingerprint {
		t.Errorf("chains %s and %s, errors %v and %v", one.ChainFingerprint, two.ChainFingerprint, err1, err2)
	}
}

// TestHandshake_PathThatLastsLongest has one intermediate authority below two roots, of
// which one certificate has expired, in either order and whichever root is trusted.
func TestHandshake_PathThatLastsLongest(t *testing.T) {
	now := time.Now()
	const day = 24 * time.Hour
	rootA, rootB := newCA(t, "Root A", now, 400*day, nil, nil), newCA(t, "Root B", now, 400*day, nil, nil)
	byA := newCA(t, "Server CA", now, 30*day, &rootA, nil)
	byB := newCA(t, "Server CA", now, 300*day, &rootB, byA.key)
	ended := newCA(t, "Server CA", now, -day, &rootA, byA.key)
	leaf := newLeaf(t, now, byA)
	both := x509.NewCertPool()
	both.AddCert(rootA.cert)
	both.AddCert(rootB.cert)
	onlyA := x509.NewCertPool()
	onlyA.AddCert(rootA.cert)
	for name, tc := range map[string]struct {
		sent  []ca
		roots *x509.CertPool
		class string
		root  string
	}{
		"the longer one":            {[]ca{byA, byB}, both, "", "CN=Root B"},
		"in the other order":        {[]ca{byB, byA}, both, "", "CN=Root B"},
		"one is trusted":            {[]ca{byB, byA}, onlyA, "", "CN=Root A"},
		"one has expired":           {[]ca{ended, byB}, both, "", "CN=Root B"},
		"the trusted one expired":   {[]ca{byB, ended}, onlyA, "tls.expired", "CN=Root A"},
		"and so in the other order": {[]ca{ended, byB}, onlyA, "tls.expired", "CN=Root A"},
	} {
		server := leaf
		for _, c := range tc.sent {
			server.Certificate = append(server.Certificate[:len(server.Certificate):len(server.Certificate)], c.cert.Raw)
		}
		for how, cache := range map[string]*hs2client.ChainCache{"without a cache": nil, "with one": new(hs2client.ChainCache)} {
			p, err := shownBy(t, &tls.Config{Certificates: []tls.Certificate{server}}, hs2client.TLSConfig{Roots: tc.roots, Chains: cache})
			if tc.class == "" && err != nil {
				t.Errorf("%s, %s: %v", name, how, err)
			} else if tc.class != "" {
				wantClass(t, err, tc.class)
			}
			if got := p.Path[len(p.Path)-1].Subject; got != tc.root {
				t.Errorf("%s, %s: the path leads to %s, want %s", name, how, got, tc.root)
			}
		}
	}
}

func TestHandshake_WeakSignature(t *testing.T) {
	now := time.Now()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	root := newCA(t, "Root", now, 100*time.Hour, nil, key)
	root.weak = true
	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	p, err := shownBy(t, &tls.Config{Certificates: []tls.Certificate{newLeaf(t, now, root)}}, hs2client.TLSConfig{Roots: roots})
	wantClass(t, err, "tls.weak-signature")
	if p.Chain != hs2client.ChainWeakSignature || !strings.Contains(p.ChainDetail, "CN="+host+" is signed with SHA1-RSA") || p.Sent[0].Signature != "SHA1-RSA" {
		t.Errorf("chain %s: %s; %+v", p.Chain, p.ChainDetail, p.Sent)
	}
}

// ca is an authority of one test.
type ca struct {
	cert *x509.Certificate
	key  crypto.Signer
	weak bool // it signs with SHA-1
}

// newCA makes an authority that is valid from ten days ago until after a time; with a
// new key where key is nil, signed by itself where by is nil.
func newCA(t *testing.T, name string, now time.Time, life time.Duration, by *ca, key crypto.Signer) ca {
	t.Helper()
	if key == nil {
		made, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		key = made
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name},
		NotBefore: now.Add(-240 * time.Hour), NotAfter: now.Add(life), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if by == nil {
		by = &ca{template, key, false}
	}
	return ca{signed(t, template, by, key), key, false}
}

func newLeaf(t *testing.T, now time.Time, by ca) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(9600 * time.Hour),
	}
	if by.weak {
		template.SignatureAlgorithm = x509.SHA1WithRSA
	}
	return tls.Certificate{Certificate: [][]byte{signed(t, template, &by, key).Raw}, PrivateKey: key}
}

func signed(t *testing.T, template *x509.Certificate, by *ca, key crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, by.cert, key.Public(), by.key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

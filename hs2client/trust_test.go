package hs2client

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
)

// issue makes a certificate that is valid from now for so long, signed by an
// authority; nil: by itself, as an authority.
func issue(t *testing.T, name string, now time.Time, life time.Duration, by *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(life),
	}
	if by == nil {
		c.IsCA, c.BasicConstraintsValid, by = true, true, c
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, by, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Nothing is missing where a certificate has what nobody who does not know it may accept.
func TestVerifyChain_UnknownCriticalExtension(t *testing.T) {
	t.Parallel()
	now := time.Now().Truncate(time.Second)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := issue(t, "root", now, time.Hour, nil, key)
	raw, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{"impala.example.com"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4, 5}, Critical: true, Value: asn1.NullBytes}},
	}, root, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(root)
	got := verifyChain([]*x509.Certificate{leaf}, roots, now)
	if want := "it has a critical extension that is not known (1.2.3.4.5)"; got.status != ChainConstraint || got.detail != want {
		t.Errorf("%v: %s, want %v: %s", got.status, got.detail, ChainConstraint, want)
	}
}

func TestChainCache_NoticesExpiredAuthority(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	now := time.Now().Truncate(time.Second)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := issue(t, "root", now, day, nil, key)
	leaf := issue(t, "impala.example.com", now, 9*day, root, key)
	roots := x509.NewCertPool()
	roots.AddCert(root)
	for name, cache := range map[string]*ChainCache{"with a cache": new(ChainCache), "without": nil} {
		for _, tc := range []struct {
			after time.Duration
			want  Kind
		}{{0, KindOther}, {day, KindOther}, {day + 1, KindExpired}, {9 * day, KindExpired}, {10 * day, KindExpired}, {0, KindOther}} {
			at := now.Add(tc.after)
			shown := cache.facts([]*x509.Certificate{leaf}, "impala.example.com", roots, at)
			p := &Peer{Chain: shown.status, Path: shown.path, NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter}
			p.State.Version = 0x0304
			got := KindOther
			if why, ok := errors.AsType[*wire.Error](checkPeer(p, new(TLSConfig), at)); ok {
				got = why.Kind
			}
			if got != tc.want {
				t.Errorf("%s, %v later: %s, want %s", name, tc.after, got, tc.want)
			}
		}
	}
}

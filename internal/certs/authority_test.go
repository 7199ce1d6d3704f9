package certs

import (
	"crypto/x509"
	"errors"
	"net"
	"testing"
	"time"
)

func TestEachKindIsWrongInItsOwnWayOnly(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	a, err := New(now)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(a.RootPEM()) {
		t.Fatal("RootPEM holds no certificate")
	}
	var (
		invalid  x509.CertificateInvalidError
		unknown  x509.UnknownAuthorityError
		hostname x509.HostnameError
	)
	for kind, want := range map[Kind]struct {
		err    any
		issuer string
		chain  int
	}{
		Good:           {nil, "Amazon", 2},
		WrongIssuer:    {nil, "Another Trust", 2},
		Expired:        {&invalid, "Amazon", 2},
		NotYet:         {&invalid, "Amazon", 2},
		WrongHost:      {&hostname, "Amazon", 2},
		NoIntermediate: {&unknown, "Amazon", 1},
		SelfSigned:     {&unknown, "", 1},
		UnknownCA:      {&unknown, "Amazon", 3},
	} {
		t.Run(kind.String(), func(t *testing.T) {
			t.Parallel()
			c, err := a.Leaf(kind, "impala.example.com", []net.IP{net.IPv4(127, 0, 0, 2)})
			if err != nil {
				t.Fatal(err)
			}
			if len(c.Certificate) != want.chain {
				t.Errorf("presents %d certificates, want %d", len(c.Certificate), want.chain)
			}
			var issuer string
			if o := c.Leaf.Issuer.Organization; len(o) > 0 {
				issuer = o[0]
			}
			if issuer != want.issuer {
				t.Errorf("issuer O=%q, want %q", issuer, want.issuer)
			}
			between := x509.NewCertPool()
			for _, der := range c.Certificate[1:] {
				above, err := x509.ParseCertificate(der)
				if err != nil {
					t.Fatal(err)
				}
				between.AddCert(above)
			}
			for _, host := range []string{"impala.example.com", "127.0.0.2"} {
				_, err = c.Leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: between, CurrentTime: now})
				if want.err == nil && err != nil || want.err != nil && !errors.As(err, want.err) {
					t.Errorf("%s: %v, want %T", host, err, want.err)
				}
			}
		})
	}
}

func TestAnUnknownKindIsRefused(t *testing.T) {
	t.Parallel()
	a, err := New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Leaf(Kind(99), "h", nil); err == nil {
		t.Error("no error")
	}
}

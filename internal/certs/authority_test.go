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
	for kind, want := range map[Kind]struct {
		err    func(error) bool // nil: accepted
		issuer string
		chain  int
	}{
		Good:           {nil, "Amazon", 2},
		WrongIssuer:    {nil, "Another Trust", 2},
		Expired:        {is[x509.CertificateInvalidError], "Amazon", 2},
		NotYet:         {is[x509.CertificateInvalidError], "Amazon", 2},
		WrongHost:      {is[x509.HostnameError], "Amazon", 2},
		NoIntermediate: {is[x509.UnknownAuthorityError], "Amazon", 1},
		SelfSigned:     {is[x509.UnknownAuthorityError], "", 1},
		UnknownCA:      {is[x509.UnknownAuthorityError], "Amazon", 3},
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
				if want.err == nil && err != nil || want.err != nil && !want.err(err) {
					t.Errorf("%s: unexpected %v", host, err)
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

// is reports whether err is a T, or wraps one.
func is[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

package certs

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"testing"
	"time"
)

func TestAuthority_LeafKinds(t *testing.T) {
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
		KindGood:           {issuer: "Amazon", chain: 2},
		KindWrongIssuer:    {issuer: "Another Trust", chain: 2},
		KindExpired:        {err: isError[x509.CertificateInvalidError], issuer: "Amazon", chain: 2},
		KindNotYet:         {err: isError[x509.CertificateInvalidError], issuer: "Amazon", chain: 2},
		KindWrongHost:      {err: isError[x509.HostnameError], issuer: "Amazon", chain: 2},
		KindNoIntermediate: {err: isError[x509.UnknownAuthorityError], issuer: "Amazon", chain: 1},
		KindSelfSigned:     {err: isError[x509.UnknownAuthorityError], chain: 1},
		KindUnknownCA:      {err: isError[x509.UnknownAuthorityError], issuer: "Amazon", chain: 3},

		KindExpiredIntermediate:  {err: isError[x509.CertificateInvalidError], issuer: "Amazon", chain: 2},
		KindExpiringIntermediate: {issuer: "Amazon", chain: 2},
		KindExpiredRoot:          {err: isError[x509.CertificateInvalidError], issuer: "Amazon", chain: 3},
		KindUnneededExpired:      {issuer: "Amazon", chain: 3},
		KindWeakKey:              {issuer: "Amazon", chain: 2},
		KindNameConstraint:       {err: isError[x509.CertificateInvalidError], issuer: "Amazon", chain: 2},
		KindTooLong:              {err: func(err error) bool { return err != nil }, issuer: "Amazon", chain: 301},
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
			intermediates := x509.NewCertPool()
			for _, der := range c.Certificate[1:] {
				ca, err := x509.ParseCertificate(der)
				if err != nil {
					t.Fatal(err)
				}
				intermediates.AddCert(ca)
			}
			for _, host := range []string{"impala.example.com", "127.0.0.2"} {
				_, err = c.Leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: intermediates, CurrentTime: now})
				if want.err == nil && err != nil || want.err != nil && !want.err(err) {
					t.Errorf("%s: unexpected %v", host, err)
				}
			}
		})
	}
}

func TestAuthority_LeafUnknownKind(t *testing.T) {
	t.Parallel()
	a, err := New(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Leaf(Kind(99), "h", nil); err == nil {
		t.Error("no error")
	}
}

func TestAuthority_Client(t *testing.T) {
	t.Parallel()
	now := time.Now()
	a, err := New(now)
	if err != nil {
		t.Fatal(err)
	}
	both, err := a.Client("impala-lbcheck")
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.X509KeyPair(both, both)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(a.RootPEM())
	for usage, good := range map[x509.ExtKeyUsage]bool{x509.ExtKeyUsageClientAuth: true, x509.ExtKeyUsageServerAuth: false} {
		_, err := pair.Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{usage}})
		if good != (err == nil) {
			t.Errorf("usage %d: %v", usage, err)
		}
	}
}

// isError reports whether err is a T, or wraps one.
func isError[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

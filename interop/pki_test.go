//go:build linux

package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"
	"testing"
)

func TestNewPKI_FilesVerify(t *testing.T) {
	t.Parallel()
	p, err := newPKI(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		certificate, key, root string
		issuer                 string
		trusted                bool
	}{
		"good":           {certificate: p.good, key: p.good, root: p.root, issuer: "Amazon", trusted: true},
		"nginx":          {certificate: p.chain, key: p.chainKey, root: p.root, issuer: "Amazon", trusted: true},
		"other issuer":   {certificate: p.otherIssuer, key: p.otherIssuer, root: p.root, issuer: otherOrg, trusted: true},
		"no chain":       {certificate: p.noChain, key: p.noChain, root: p.root, issuer: "Amazon"},
		"expired CA":     {certificate: p.expiredCA, key: p.expiredCA, root: p.root, issuer: "Amazon"},
		"unrelated root": {certificate: p.good, key: p.good, root: p.unrelatedRoot, issuer: "Amazon"},
	} {
		pair, err := tls.LoadX509KeyPair(c.certificate, c.key)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		root, err := os.ReadFile(c.root)
		if err != nil {
			t.Fatal(err)
		}
		roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
		roots.AppendCertsFromPEM(root)
		for _, der := range pair.Certificate[1:] {
			ca, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			intermediates.AddCert(ca)
		}
		for _, host := range []string{lbName, loginHost} {
			_, err = pair.Leaf.Verify(x509.VerifyOptions{DNSName: host, Roots: roots, Intermediates: intermediates})
			if (err == nil) != c.trusted {
				t.Errorf("%s for %s: trusted %t, %v", name, host, c.trusted, err)
			}
		}
		if got := pair.Leaf.Issuer.Organization[0]; got != c.issuer {
			t.Errorf("%s: issuer O=%s, want %s", name, got, c.issuer)
		}
	}
}

package main

import (
	"crypto/x509"
	"encoding/pem"
	"testing"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

func TestRootBundle_IsReadByGo(t *testing.T) {
	t.Parallel()
	b, err := rootBundle()
	if err != nil {
		t.Fatal(err)
	}
	n, amazon := 0, 0
	for rest := b; ; n++ {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		if !c.IsCA {
			t.Errorf("%s is no CA", c.Subject)
		}
		if len(c.Subject.Organization) == 1 && c.Subject.Organization[0] == "Amazon" && c.NotAfter.After(time.Now()) {
			amazon++
		}
	}
	// Mozilla has about 140; those of Amazon sign the certificates of AWS's balancers.
	if n < 100 || n > 250 || amazon < 4 {
		t.Errorf("%d certificates, %d of Amazon", n, amazon)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(b) {
		t.Error("a pool takes none of them")
	}
}

func TestRootBundle_LeavesOutConditions(t *testing.T) {
	t.Parallel()
	b, err := rootBundle()
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(b)
	left := 0
	for root := range bundle.Roots() {
		c, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Verify(x509.VerifyOptions{Roots: pool, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}, CurrentTime: c.NotBefore.Add(time.Hour)})
		if conditional := root.Constraint != nil; conditional == (err == nil) {
			t.Errorf("%s: conditional %t, %v", c.Subject, conditional, err)
		} else if conditional {
			left++
		}
	}
	if left == 0 {
		t.Error("no root has a condition: this test shows nothing")
	}
}

package judge

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/judgetest"
)

// The certificates of a chain, by their place in it.
const (
	leafAt = iota
	intermediateAt
	rootAt
)

// chained is good(i) with its whole chain, of which one certificate is changed; nil: none is.
func chained(i, place int, change func(*scenarios.Certificate)) scenarios.Cert {
	c := good(i)
	c.ChainFingerprint, c.SentCount = strings.Repeat("ef", 32), 2
	for at, names := range [][2]string{
		{"CN=impala.example.com", amazon}, {amazon, "CN=Simulated Root CA,O=Example Trust,C=US"},
		{"CN=Simulated Root CA,O=Example Trust,C=US", "CN=Simulated Root CA,O=Example Trust,C=US"},
	} {
		cert := scenarios.Certificate{
			Subject: names[0], Issuer: names[1], NotBefore: c.Seen.AddDate(-1, 0, 0), NotAfter: c.Seen.AddDate(5, 0, 0),
			Key: "ECDSA", KeyBits: 256, Signature: "ECDSA-SHA256", Fingerprint: strings.Repeat(string(rune('a'+at)), 64),
		}
		if at == leafAt {
			cert.NotBefore, cert.NotAfter, cert.Fingerprint = c.NotBefore, c.NotAfter, c.Fingerprint
		}
		if at == place && change != nil {
			change(&cert)
		}
		c.Path = append(c.Path, cert)
	}
	c.Sent = c.Path[:2:2]
	return c
}

func TestCertificates_WholeChain(t *testing.T) {
	t.Parallel()
	seen := good(0).Seen
	both := func(place int, change func(*scenarios.Certificate)) []scenarios.Cert {
		return []scenarios.Cert{chained(0, place, change), chained(1, place, change)}
	}
	ends := func(days int) func(*scenarios.Certificate) {
		return func(c *scenarios.Certificate) { c.NotAfter = seen.Add(time.Duration(days)*24*time.Hour + time.Hour) }
	}
	none := func(*scenarios.Certificate) {}
	with := func(certs []scenarios.Cert, change func(*scenarios.Cert)) []scenarios.Cert {
		for i := range certs {
			change(&certs[i])
		}
		return certs
	}
	unneeded := func(c *scenarios.Cert) {
		c.Sent = append(c.Sent, scenarios.Certificate{Subject: amazon, Issuer: "CN=Old Root", NotAfter: seen.AddDate(0, 0, -3), Fingerprint: "old", Signature: "SHA1-RSA"})
	}
	expect := func(e scenarios.ExpectTLS) scenarios.ExpectTLS { e.DaysLeft = 7; return e }
	broken := func(status scenarios.ChainStatus, detail string) []scenarios.Cert {
		return with(both(leafAt, none), func(c *scenarios.Cert) { c.Chain, c.ChainDetail, c.Path = status, detail, nil })
	}
	for name, tc := range map[string]struct {
		certs  []scenarios.Cert
		expect scenarios.ExpectTLS
		tls    scenarios.TLSConfig
		failed []string
		show   string // the finding whose words are held
	}{
		"good":                                   {certs: both(leafAt, none), show: scenarios.TLSExpiry},
		"an expired intermediate":                {certs: both(intermediateAt, ends(-2)), failed: []string{scenarios.TLSExpiry}, show: scenarios.TLSExpiry},
		"on one node":                            {certs: []scenarios.Cert{chained(0, leafAt, nil), chained(1, intermediateAt, ends(-2))}, failed: []string{scenarios.TLSExpiry}, show: scenarios.TLSExpiry},
		"an intermediate of two days":            {certs: both(intermediateAt, ends(2)), failed: []string{scenarios.TLSExpiry}, show: scenarios.TLSExpiry},
		"an intermediate of twenty days":         {certs: both(intermediateAt, ends(20)), show: scenarios.TLSExpiry},
		"an intermediate that is not valid yet":  {certs: both(intermediateAt, func(c *scenarios.Certificate) { c.NotBefore = seen.Add(time.Hour) }), failed: []string{scenarios.TLSExpiry}, show: scenarios.TLSExpiry},
		"an expired root":                        {certs: both(rootAt, ends(-2)), failed: []string{scenarios.TLSExpiry}, show: scenarios.TLSExpiry},
		"an expired certificate beside the path": {certs: with(both(leafAt, none), unneeded), show: scenarios.TLSExpiry},

		"no root is declared":   {certs: both(leafAt, none), show: scenarios.TLSRoot},
		"the declared root":     {certs: both(leafAt, none), expect: scenarios.ExpectTLS{Root: []string{"O=Example Trust"}}, show: scenarios.TLSRoot},
		"another root":          {certs: both(leafAt, none), expect: scenarios.ExpectTLS{Root: []string{"CN=Amazon Root CA 1"}}, failed: []string{scenarios.TLSRoot}, show: scenarios.TLSRoot},
		"no root, but declared": {certs: broken(scenarios.ChainUnknownCA, ""), expect: scenarios.ExpectTLS{Root: []string{"O=Example Trust"}}, failed: []string{scenarios.TLSChain}, show: scenarios.TLSRoot},

		"a key of RSA 1024":                 {certs: both(leafAt, func(c *scenarios.Certificate) { c.Key, c.KeyBits = "RSA", 1024 }), failed: []string{scenarios.TLSStrength}, show: scenarios.TLSStrength},
		"a key of RSA 2048":                 {certs: both(leafAt, func(c *scenarios.Certificate) { c.Key, c.KeyBits = "RSA", 2048 }), show: scenarios.TLSStrength},
		"a key of P-224 above":              {certs: both(intermediateAt, func(c *scenarios.Certificate) { c.KeyBits = 224 }), failed: []string{scenarios.TLSStrength}, show: scenarios.TLSStrength},
		"a signature by SHA-1":              {certs: both(leafAt, func(c *scenarios.Certificate) { c.Signature = "SHA1-RSA" }), failed: []string{scenarios.TLSStrength}, show: scenarios.TLSStrength},
		"a root signed by MD5 and RSA 1024": {certs: both(rootAt, func(c *scenarios.Certificate) { c.Signature, c.Key, c.KeyBits = "MD5-RSA", "RSA", 1024 }), show: scenarios.TLSStrength},
		"Ed25519":                           {certs: both(leafAt, func(c *scenarios.Certificate) { c.Key, c.Signature = "Ed25519", "Ed25519" }), show: scenarios.TLSStrength},

		"a constraint":             {certs: broken(scenarios.ChainConstraint, "a name is not permitted"), failed: []string{scenarios.TLSChain}, show: scenarios.TLSChain},
		"too long":                 {certs: broken(scenarios.ChainTooLong, "301 certificates were sent"), failed: []string{scenarios.TLSChain}, show: scenarios.TLSChain},
		"a weak signature":         {certs: broken(scenarios.ChainWeakSignature, "CN=x is signed with SHA1-RSA"), failed: []string{scenarios.TLSChain}, show: scenarios.TLSChain},
		"an unknown root":          {certs: broken(scenarios.ChainUnknownCA, "the root is not trusted: CN=r"), failed: []string{scenarios.TLSChain}, show: scenarios.TLSChain},
		"incomplete, with CA file": {certs: broken(scenarios.ChainIncomplete, ""), tls: scenarios.TLSConfig{CACert: "ca.pem"}, failed: []string{scenarios.TLSChain}, show: scenarios.TLSChain},
		"incomplete, without one":  {certs: broken(scenarios.ChainIncomplete, ""), failed: []string{scenarios.TLSChain}, show: scenarios.TLSChain},
		"incomplete on one node": {certs: with(both(leafAt, none), func(c *scenarios.Cert) {
			if c.Node == judgetest.NodeAddr(1) {
				c.Chain, c.Path, c.ChainFingerprint = scenarios.ChainIncomplete, nil, "cd"
			}
		}), failed: []string{scenarios.TLSChain, scenarios.TLSSameOnAllNodes}, show: scenarios.TLSChain},
		"more than clients of Java": {certs: with(both(leafAt, none), func(c *scenarios.Cert) { c.SentCount = 12 }), show: scenarios.TLSChain},

		"one leaf, two chains": {certs: with([]scenarios.Cert{chained(0, leafAt, nil), chained(1, leafAt, nil)}, func(c *scenarios.Cert) {
			if c.Node == judgetest.NodeAddr(1) {
				c.ChainFingerprint, c.Sent, c.SentCount = "cd", c.Sent[:1], 1
			}
		}), failed: []string{scenarios.TLSSameOnAllNodes}, show: scenarios.TLSSameOnAllNodes},
		"one node, two certificates": {certs: with([]scenarios.Cert{chained(0, leafAt, nil), chained(0, leafAt, nil)}[:2], func() func(*scenarios.Cert) {
			n := 0
			return func(c *scenarios.Cert) { n++; c.Fingerprint = strings.Repeat(string(rune('0'+n)), 64) }
		}()), show: scenarios.TLSSameOnAllNodes},
		"the issuers have one organization": {certs: with(both(leafAt, none), func(c *scenarios.Cert) {
			if c.Node == judgetest.NodeAddr(1) {
				c.Issuer = "CN=Another CA,O=Amazon"
			}
		}), show: scenarios.TLSIssuer},
		"the issuers have none": {certs: with(both(leafAt, none), func(c *scenarios.Cert) { c.Issuer = "CN=Our CA" }), show: scenarios.TLSIssuer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := judgetest.Declared(5)
			s.TLS, s.Expect.TLS = tc.tls, expect(tc.expect)
			s.TLS.Enabled = true
			j := Judge(scenarios.Measured{Scenario: s, TLS: tc.certs})
			judgetest.ProseOf(t, j.Findings, tc.show)
			if diff := cmp.Diff(tc.failed, judgetest.FailedIDs(j.Findings)); diff != "" {
				t.Errorf("failed findings (-want +got):\n%s", diff)
			}
		})
	}
}

package judge

import (
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// The least that the CA/Browser Forum's Baseline Requirements (version 2, section
// 6.1.5) allow: for RSA a modulus of 2048 bits, for ECDSA the curve P-256. Section
// 7.1.3.2 leaves SHA-256, SHA-384 and SHA-512 for signatures.
const (
	leastRSA   = 2048
	leastECDSA = 256
)

// strength asks whether a leaf, or an intermediate certificate above it, has a key or a
// signature that is too weak. What signed a root does not matter: it is trusted as it is.
func strength(e scenarios.Measured) scenarios.Finding {
	var bad complaints
	var keys []string
	for _, c := range e.TLS {
		for i, cert := range belowRoot(c) {
			who := ""
			if i > 0 {
				who = "of the intermediate certificate " + cert.Subject + " "
			}
			if weakKey(cert) {
				bad.add(c, fmt.Sprintf("the key %sis %s: RSA needs %d bits and ECDSA %d", who, keyName(cert), leastRSA, leastECDSA))
			}
			if weakSignature(cert.Signature) {
				bad.add(c, fmt.Sprintf("the signature %sis %s, which can be forged", who, cert.Signature))
			}
			keys = batch.Union(keys, []string{keyName(cert) + " signed with " + cert.Signature})
		}
	}
	if len(keys) == 0 {
		return scenarios.Finding{Status: scenarios.StatusSkipped, Message: "keys and signatures were not recorded"}
	}
	f := bad.verdict(phrase.List(keys))
	if f.Status == scenarios.StatusFail {
		f.Fix = phrase.Try("have the certificate issued again: an RSA key of 2048 bits or more, or ECDSA P-256, signed with SHA-256 or better")
	}
	return f
}

// belowRoot is the path without its root; without a path, what was sent without
// what signed itself.
func belowRoot(c scenarios.Cert) []scenarios.Certificate {
	if n := len(c.Path); n > 1 {
		return c.Path[:n-1]
	}
	var out []scenarios.Certificate
	for i, s := range c.Sent {
		if i == 0 || s.Subject != s.Issuer {
			out = append(out, s)
		}
	}
	return out
}

func weakKey(c scenarios.Certificate) bool {
	switch c.Key {
	case "RSA":
		return c.KeyBits < leastRSA
	case "ECDSA":
		return c.KeyBits < leastECDSA
	}
	return c.Key == "DSA"
}

// weakSignature reads the names that crypto/x509 has for algorithms: "SHA1-RSA".
func weakSignature(name string) bool {
	return strings.Contains(name, "SHA1") || strings.HasPrefix(name, "MD2") || strings.HasPrefix(name, "MD5")
}

// keyName is "RSA 2048".
func keyName(c scenarios.Certificate) string {
	switch c.Key {
	case "":
		return "a key of another kind"
	case "Ed25519":
		return c.Key
	}
	return fmt.Sprintf("%s %d", c.Key, c.KeyBits)
}

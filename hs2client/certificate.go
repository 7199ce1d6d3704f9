package hs2client

import (
	"crypto/dsa" //nolint:staticcheck // to name a key that nobody should have
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Certificate is what one certificate of a chain shows.
type Certificate = vocab.Certificate

// MaxCertificates is how many certificates of a chain are kept.
const MaxCertificates = vocab.MaxCertificates

func newCertificate(c *x509.Certificate) Certificate {
	key, bits := keyOf(c)
	return Certificate{
		Subject: wire.Clip(c.Subject.String()), Issuer: wire.Clip(c.Issuer.String()),
		NotBefore: c.NotBefore, NotAfter: c.NotAfter,
		Key: key, KeyBits: bits, Signature: c.SignatureAlgorithm.String(), Fingerprint: fingerprint(c),
	}
}

// newCertificates are the facts of the first [MaxCertificates] of a chain.
func newCertificates(chain []*x509.Certificate) []Certificate {
	if len(chain) == 0 {
		return nil
	}
	out := make([]Certificate, min(len(chain), MaxCertificates))
	for i := range out {
		out[i] = newCertificate(chain[i])
	}
	return out
}

func fingerprint(c *x509.Certificate) string {
	sum := sha256.Sum256(c.Raw)
	return hex.EncodeToString(sum[:])
}

// chainFingerprint is one for all certificates of a chain in their order, however
// many there are.
func chainFingerprint(chain []*x509.Certificate) string {
	all := sha256.New()
	for _, c := range chain {
		sum := sha256.Sum256(c.Raw)
		all.Write(sum[:])
	}
	return hex.EncodeToString(all.Sum(nil))
}

// keyOf is the kind of a certificate's key, and its size.
func keyOf(c *x509.Certificate) (kind string, bits int) {
	switch key := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return "RSA", key.N.BitLen()
	case *ecdsa.PublicKey:
		return "ECDSA", key.Curve.Params().BitSize
	case ed25519.PublicKey:
		return "Ed25519", 8 * len(key)
	case *dsa.PublicKey:
		return "DSA", key.P.BitLen()
	}
	return "", 0
}

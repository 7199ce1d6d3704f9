package vocab

import "time"

// Certificate is what one certificate of a chain shows. Names are as RFC 4514
// writes them; a long one is cut.
type Certificate struct {
	Subject     string    `json:"subject"`
	Issuer      string    `json:"issuer"`
	NotBefore   time.Time `json:"not_before"`
	NotAfter    time.Time `json:"not_after"`
	Key         string    `json:"key"`         // "RSA", "ECDSA", "Ed25519", "DSA"; "": any other
	KeyBits     int       `json:"key_bits"`    // of the modulus, or of the curve; 0: not known
	Signature   string    `json:"signature"`   // by its issuer: "SHA256-RSA", "ECDSA-SHA256"
	Fingerprint string    `json:"fingerprint"` // SHA-256, lower-case hex
}

// MaxCertificates is how many certificates of a chain are kept, and the longest path
// to a root that is accepted. Java's clients accept no longer chain either
// (jdk.tls.client.maxInboundCertificateChainLength).
const MaxCertificates = 10

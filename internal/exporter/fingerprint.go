package exporter

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"

	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
)

// fingerprint tells secrets apart. It lives as long as the process.
type fingerprint [sha256.Size]byte

// seal is the key of fingerprints, so that nobody can try secrets on one.
type seal [32]byte

func newSeal() (s seal) {
	_, _ = rand.Read(s[:]) // it never fails
	return s
}

// of is the fingerprint of all that a run logs in with.
func (s seal) of(o lbcheck.Options) (f fingerprint) {
	h := hmac.New(sha256.New, s[:])
	parts := [][]byte{
		[]byte(o.Password), []byte(o.Token), []byte(o.WebPassword),
		[]byte(o.Kerberos.Password), o.Kerberos.Keytab, o.Kerberos.CCache,
	}
	if o.ClientCertificate != nil {
		parts = append(parts, o.ClientCertificate.Certificate...)
	}
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part)))) // so that no two lists are alike
		h.Write(part)
	}
	h.Sum(f[:0])
	return f
}

package exporter

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"

	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// fingerprint tells logins apart: how, as whom and with which secret. It lives as long as
// the process. The zero value is that of no login.
type fingerprint [sha256.Size]byte

// seal is the key of fingerprints, so that nobody can try secrets on one.
type seal [32]byte

func newSeal() (s seal) {
	_, _ = rand.Read(s[:]) // it never fails
	return s
}

// ofService is the fingerprint of what a run logs in to the service with.
func (s seal) ofService(a scenarios.Auth, with lbcheck.Options) fingerprint {
	k := with.Kerberos
	if with.Password+with.Token+k.Password == "" && len(k.Keytab)+len(k.CCache) == 0 {
		return fingerprint{}
	}
	return s.of([]byte(a.Mechanism), []byte(a.User), []byte(k.Principal),
		[]byte(with.Password), []byte(with.Token), []byte(k.Password), k.Keytab, k.CCache)
}

// ofPages is the fingerprint of what a run logs in to the coordinators' pages with.
func (s seal) ofPages(t scenarios.Target, with lbcheck.Options) fingerprint {
	if t.WebUser == "" {
		return fingerprint{}
	}
	return s.of([]byte("pages"), []byte(t.WebUser), []byte(with.WebPassword))
}

func (s seal) of(parts ...[]byte) (f fingerprint) {
	h := hmac.New(sha256.New, s[:])
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part)))) // so that no two lists are alike
		h.Write(part)
	}
	h.Sum(f[:0])
	return f
}

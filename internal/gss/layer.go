package gss

import (
	"crypto/subtle"
	"errors"
)

// QOP is how SASL GSSAPI protects messages after the login, one bit each (RFC 4752).
type QOP byte

// The protections. A server offers a set, and a client chooses one.
const (
	QOPAuth QOP = 1 // none
	QOPInt  QOP = 2 // messages are signed
	QOPConf QOP = 4 // messages are encrypted
)

// String is the name that Hadoop gives a protection; of a set, names joined by commas.
func (q QOP) String() string {
	names := ""
	for i, name := range []string{"auth", "auth-int", "auth-conf"} {
		if q&(1<<i) != 0 {
			if names != "" {
				names += ","
			}
			names += name
		}
	}
	if names == "" {
		return "none"
	}
	return names
}

// Layer is a side's message of the last step of SASL GSSAPI, before it is wrapped: the
// server's offer, or the client's choice.
type Layer struct {
	QOP     QOP
	MaxSize int    // bytes of a token that the side is ready to receive, below 1<<24
	AuthzID string // whom the client wants to act as; "": itself
}

// MaxLayerSize is the largest MaxSize there is.
const MaxLayerSize = 1<<24 - 1

// ErrLayer is returned for a message of the last step that is none.
var ErrLayer = errors.New("malformed message of the last step of SASL GSSAPI")

// layerHeader is the set of protections and the size.
const layerHeader = 4

// Append encodes the message.
func (l Layer) Append(dst []byte) []byte {
	n := min(l.MaxSize, MaxLayerSize)
	dst = append(dst, byte(l.QOP), byte(n>>16), byte(n>>8), byte(n))
	return append(dst, l.AuthzID...)
}

// ParseLayer decodes it. It fails with [ErrLayer].
func ParseLayer(message []byte) (Layer, error) {
	if len(message) < layerHeader || len(message) > layerHeader+1024 {
		return Layer{}, ErrLayer
	}
	return Layer{
		QOP: QOP(message[0]), MaxSize: int(message[1])<<16 | int(message[2])<<8 | int(message[3]),
		AuthzID: string(message[layerHeader:]),
	}, nil
}

// equalSums compares checksums in a time that does not depend on them.
func equalSums(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

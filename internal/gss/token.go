package gss

import (
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
)

// MaxToken bounds a token in bytes. One with the groups of an Active Directory account
// may have some 64 KiB.
const MaxToken = 128 << 10

// ErrToken is returned for bytes that are not the token that was expected.
var ErrToken = errors.New("malformed Kerberos token")

// The object identifiers of the mechanisms.
var (
	oidKerberos  = asn1.ObjectIdentifier{1, 2, 840, 113554, 1, 2, 2}
	oidMicrosoft = asn1.ObjectIdentifier{1, 2, 840, 48018, 1, 2, 2} // the same by an old mistake
	oidSPNEGO    = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 2}
)

// The kinds of token of the Kerberos mechanism (RFC 4121, section 4.1).
const (
	tokenAPReq = 0x0100
	tokenAPRep = 0x0200
	tokenError = 0x0300
)

// appendHeader puts a message into the header of an initial token (RFC 2743, section
// 3.1). Answers have it, too.
func appendHeader(oid asn1.ObjectIdentifier, inner []byte) []byte {
	id, err := asn1.Marshal(oid)
	if err != nil {
		panic(err) // ours are constants
	}
	out, err := asn1.Marshal(asn1.RawValue{Class: asn1.ClassApplication, Tag: 0, IsCompound: true, Bytes: append(id, inner...)})
	if err != nil {
		panic(err) // a raw value has no other form
	}
	return out
}

// parseHeader takes the header off a token: the mechanism, and what follows.
func parseHeader(token []byte) (oid asn1.ObjectIdentifier, inner []byte, err error) {
	if len(token) > MaxToken {
		return nil, nil, fmt.Errorf("%w: %d bytes", ErrToken, len(token))
	}
	var outer asn1.RawValue
	rest, err := asn1.Unmarshal(token, &outer)
	if err != nil || len(rest) > 0 || outer.Class != asn1.ClassApplication || outer.Tag != 0 || !outer.IsCompound {
		return nil, nil, ErrToken
	}
	inner, err = asn1.Unmarshal(outer.Bytes, &oid)
	if err != nil {
		return nil, nil, ErrToken
	}
	return oid, inner, nil
}

// appendKerberos makes a token of the Kerberos mechanism.
func appendKerberos(kind uint16, message []byte) []byte {
	return appendHeader(oidKerberos, append(binary.BigEndian.AppendUint16(nil, kind), message...))
}

// parseKerberos reads a token of the Kerberos mechanism.
func parseKerberos(token []byte) (kind uint16, message []byte, err error) {
	oid, inner, err := parseHeader(token)
	if err != nil {
		return 0, nil, err
	}
	if !isKerberos(oid) || len(inner) < 2 {
		return 0, nil, fmt.Errorf("%w: of mechanism %s", ErrToken, oid)
	}
	return binary.BigEndian.Uint16(inner), inner[2:], nil
}

func isKerberos(oid asn1.ObjectIdentifier) bool {
	return oid.Equal(oidKerberos) || oid.Equal(oidMicrosoft)
}

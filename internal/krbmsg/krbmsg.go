package krbmsg

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jcmturner/gofork/encoding/asn1"
	"github.com/jcmturner/gokrb5/v8/asn1tools"
	"github.com/jcmturner/gokrb5/v8/iana/nametype"
	"github.com/jcmturner/gokrb5/v8/types"
)

// ErrMalformed is returned for bytes that are not the message that was expected.
var ErrMalformed = errors.New("malformed Kerberos message")

// version of the protocol.
const version = 5

// marshal encodes a message within its APPLICATION tag.
func marshal(tag int, message any) ([]byte, error) {
	b, err := asn1.Marshal(message)
	if err != nil {
		return nil, err
	}
	return asn1tools.AddASNAppTag(b, tag), nil
}

// unmarshal decodes a message within its APPLICATION tag. What follows it is ignored:
// some encryption types add to what they encrypt.
func unmarshal(tag int, data []byte, message any) error {
	if _, err := asn1.UnmarshalWithParams(data, message, fmt.Sprintf("application,explicit,tag:%d", tag)); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

// raw is a value under a context tag whose content is already encoded.
func raw(tag int, content []byte) asn1.RawValue {
	return asn1.RawValue{Class: asn1.ClassContextSpecific, IsCompound: true, Tag: tag, Bytes: content}
}

// named is an error unless every name has a component.
func named(names ...types.PrincipalName) error {
	for _, n := range names {
		if len(n.NameString) == 0 {
			return fmt.Errorf("%w: a principal without a name", ErrMalformed)
		}
	}
	return nil
}

// ServiceName is the name of a service of a host: impala, lb.example.com.
func ServiceName(service, host string) types.PrincipalName {
	return types.PrincipalName{NameType: nametype.KRB_NT_SRV_HST, NameString: []string{service, host}}
}

// GrantingService is the name of a realm's own service, whose tickets get others.
func GrantingService(realm string) types.PrincipalName {
	return types.PrincipalName{NameType: nametype.KRB_NT_SRV_INST, NameString: []string{"krbtgt", realm}}
}

// validFrom is when a ticket begins to be valid: one without a start, with the login.
func validFrom(start, login time.Time) time.Time {
	if start.IsZero() {
		return login
	}
	return start
}

// Principal is a name as people write it: impala/host@REALM.
func Principal(name types.PrincipalName, realm string) string {
	return strings.Join(name.NameString, "/") + "@" + realm
}

// ParsePrincipal reads a name as people write it; realm is "" where it has none. A
// backslash keeps the next character from being a separator.
func ParsePrincipal(s string) (name types.PrincipalName, realm string) {
	parts, inRealm := []string{""}, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && i+1 < len(s):
			i++
			c = s[i]
		case c == '@' && !inRealm:
			inRealm = true
			continue
		case c == '/' && !inRealm:
			parts = append(parts, "")
			continue
		}
		if inRealm {
			realm += string(c)
		} else {
			parts[len(parts)-1] += string(c)
		}
	}
	kind := nametype.KRB_NT_PRINCIPAL
	if len(parts) > 1 {
		kind = nametype.KRB_NT_SRV_INST
	}
	return types.PrincipalName{NameType: kind, NameString: parts}, realm
}

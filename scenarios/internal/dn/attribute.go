package dn

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// Attribute is one part of a distinguished name.
type Attribute struct{ kind, value string } // kind in upper case: "O", or an OID

// String writes it as RFC 4514 does: "O=Amazon". What is no text, or would not be read
// again, is written as bytes: "\FF".
func (a Attribute) String() string {
	var b strings.Builder
	b.WriteString(a.kind + "=")
	for i := 0; i < len(a.value); {
		r, size := utf8.DecodeRuneInString(a.value[i:])
		first, last := i == 0, i+size == len(a.value)
		switch {
		case r < ' ', r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\%02X`, a.value[i])
		case strings.ContainsRune(`,+"\<>;`, r), r == '#' && first, r == ' ' && (first || last):
			b.WriteByte('\\')
			fallthrough
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// Organization is the first attribute O of a name; false where it has none, or cannot
// be read.
func Organization(name string) (Attribute, bool) {
	all, err := Parse(name)
	i := slices.IndexFunc(all, func(a Attribute) bool { return a.kind == "O" })
	if err != nil || i < 0 {
		return Attribute{}, false
	}
	return all[i], true
}

// kinds are the attributes that names have, by OID: with the names that RFC 4514,
// crypto/x509/pkix and openssl write.
var kinds = map[string]string{
	"C": "2.5.4.6", "O": "2.5.4.10", "OU": "2.5.4.11", "CN": "2.5.4.3", "L": "2.5.4.7", "ST": "2.5.4.8", "S": "2.5.4.8",
	"STREET": "2.5.4.9", "POSTALCODE": "2.5.4.17", "SERIALNUMBER": "2.5.4.5", "SN": "2.5.4.4", "GN": "2.5.4.42", "TITLE": "2.5.4.12",
	"BUSINESSCATEGORY": "2.5.4.15", "ORGANIZATIONIDENTIFIER": "2.5.4.97", "DNQUALIFIER": "2.5.4.46",
	"DC": "0.9.2342.19200300.100.1.25", "UID": "0.9.2342.19200300.100.1.1",
	"EMAILADDRESS": "1.2.840.113549.1.9.1", "E": "1.2.840.113549.1.9.1",
}

// alias are second names of an attribute.
var alias = map[string]string{"S": "ST", "E": "EMAILADDRESS"}

var dotted = regexp.MustCompile(`^[0-2](\.[0-9]+)+$`)

// kindOf is the one name that an attribute has here, however it is written: O for "o"
// and "2.5.4.10".
func kindOf(name string) (string, error) {
	upper := strings.TrimPrefix(strings.ToUpper(name), "OID.")
	if _, ok := kinds[upper]; ok {
		if short, ok := alias[upper]; ok {
			return short, nil
		}
		return upper, nil
	}
	if !dotted.MatchString(upper) {
		return "", fmt.Errorf("%s is no attribute of a name%s; those of certificates are C, O, OU, CN, L, ST, DC and a few more", usertext.Quote(name), nearest(upper))
	}
	for kind, oid := range kinds {
		if _, second := alias[kind]; oid == upper && !second {
			return kind, nil
		}
	}
	return upper, nil
}

// nearest suggests what was probably meant.
func nearest(upper string) string {
	if near, ok := usertext.Nearest(upper, slices.Sorted(maps.Keys(kinds))); ok {
		return "; did you mean " + near + "?"
	}
	return ""
}

package dn

import (
	"encoding/asn1"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// slashKind is where the next attribute begins in OpenSSL's one-line form
// "/C=US/O=Amazon": values may hold slashes too.
var slashKind = regexp.MustCompile(`/[A-Za-z][A-Za-z0-9.-]*\s*=`)

// label is what programs print before a name, and people copy with it: openssl x509's
// "issuer=" and "Issuer:", openssl s_client's "i:".
var label = regexp.MustCompile(`^(?i)\s*(?:(?:issuer|subject)\s*[=:]|[is]:)\s*`)

// Parse reads a distinguished name in RFC 4514's form ("CN=x,O=Amazon"), in
// openssl x509's of today ("C = US, O = \"Amazon, Inc.\"") or in its old one
// ("/C=US/O=Amazon"), also behind "issuer=" or "subject=". It fails on what has no
// "=" and on an attribute that no name has.
func Parse(s string) ([]Attribute, error) {
	// A space at the end may be escaped: unescape knows.
	s = strings.TrimRight(strings.TrimLeft(label.ReplaceAllString(s, ""), " \r\n\t"), "\r\n\t")
	parts := splitName(s)
	if strings.HasPrefix(s, "/") {
		parts = splitSlashes(s)
	}
	var out []Attribute
	for _, p := range parts {
		name, value, ok := strings.Cut(p, "=")
		name = strings.TrimSpace(name)
		if value = unescape(value); !ok || name == "" || value == "" {
			return nil, fmt.Errorf("%s is no attribute such as O=Amazon%s", usertext.Quote(strings.TrimSpace(p)), aboutCommas(len(parts)))
		}
		kind, err := kindOf(name)
		if err != nil {
			return nil, err
		}
		out = append(out, Attribute{kind, value})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s names no attribute such as O=Amazon", usertext.Quote(s))
	}
	return out, nil
}

// aboutCommas says how a comma is written, where there are several parts.
func aboutCommas(parts int) string {
	if parts < 2 {
		return ""
	}
	return `; a comma within a value is written \,`
}

// splitSlashes cuts OpenSSL's one-line form.
func splitSlashes(s string) []string {
	var parts []string
	at := slashKind.FindAllStringIndex(s, -1)
	for i, m := range at {
		end := len(s)
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		parts = append(parts, s[m[0]+1:end])
	}
	return parts
}

// splitName cuts at commas and pluses that are neither escaped nor quoted.
func splitName(s string) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case (c == ',' || c == '+') && !quoted:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}

// unescape undoes quotes and backslashes: "\," is a comma, "\C3\BC" two bytes.
// Spaces around the value go, unless they were escaped. "#13..." is DER.
func unescape(s string) string {
	s = strings.TrimLeft(s, " ")
	if text, ok := fromDER(s); ok {
		return text
	}
	var b strings.Builder
	keep := 0 // length that trailing spaces may not be cut below
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			keep = b.Len()
			continue
		case s[i] != '\\' || i+1 == len(s):
			b.WriteByte(s[i])
			continue
		}
		if i+2 < len(s) {
			if raw, err := hex.DecodeString(s[i+1 : i+3]); err == nil {
				b.Write(raw)
				i += 2
				keep = b.Len()
				continue
			}
		}
		i++
		b.WriteByte(s[i])
		keep = b.Len()
	}
	out := b.String()
	for len(out) > keep && out[len(out)-1] == ' ' {
		out = out[:len(out)-1]
	}
	return out
}

// fromDER reads a value in the form that RFC 4514 has for attributes without a short
// name; false where it is none, or no text.
func fromDER(s string) (string, bool) {
	digits, ok := strings.CutPrefix(strings.TrimSpace(s), "#")
	der, err := hex.DecodeString(digits)
	if !ok || err != nil {
		return "", false
	}
	var v asn1.RawValue
	if rest, err := asn1.Unmarshal(der, &v); err != nil || len(rest) > 0 {
		return "", false
	}
	switch v.Tag {
	case asn1.TagUTF8String, asn1.TagPrintableString, asn1.TagIA5String, asn1.TagT61String:
		return string(v.Bytes), len(v.Bytes) > 0
	}
	return "", false
}

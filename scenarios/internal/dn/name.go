package dn

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// Attribute is one part of a distinguished name.
type Attribute struct{ kind, value string } // kind in upper case

// String writes "O=Amazon".
func (a Attribute) String() string { return a.kind + "=" + a.value }

// slashKind is where the next attribute begins in OpenSSL's one-line form
// "/C=US/O=Amazon": values may hold slashes too.
var slashKind = regexp.MustCompile(`/[A-Za-z][A-Za-z0-9.-]*\s*=`)

// Parse reads a distinguished name in RFC 4514's form ("CN=x,O=Amazon"), in
// openssl x509's of today ("C = US, O = \"Amazon, Inc.\"") or in its old one
// ("/C=US/O=Amazon"). It fails on what has no "=".
func Parse(s string) ([]Attribute, error) {
	s = strings.TrimSpace(s)
	var parts []string
	if strings.HasPrefix(s, "/") {
		at := slashKind.FindAllStringIndex(s, -1)
		for i, m := range at {
			end := len(s)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			parts = append(parts, s[m[0]+1:end])
		}
	} else {
		parts = splitName(s)
	}
	var out []Attribute
	for _, p := range parts {
		kind, value, ok := strings.Cut(p, "=")
		kind = strings.ToUpper(strings.TrimSpace(kind))
		if !ok || kind == "" {
			return nil, fmt.Errorf("%q is no attribute such as O=Amazon", strings.TrimSpace(p))
		}
		out = append(out, Attribute{kind: kind, value: unescape(value)})
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%q names no attribute such as O=Amazon", s)
	}
	return out, nil
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
// Spaces around the value go, unless they were escaped.
func unescape(s string) string {
	s = strings.TrimLeft(s, " ")
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

package report

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// EscapeJSON makes JSON safe to show as text: in its strings, control and invisible
// characters and those that complete a command of a CI system become escapes such
// as \u202e. The values stay the same.
func EscapeJSON(doc []byte) []byte {
	var out bytes.Buffer
	var c ciCommand
	out.Grow(len(doc))
	for i := 0; i < len(doc); {
		r, size := utf8.DecodeRune(doc[i:])
		raw := doc[i : i+size]
		i += size
		command := c.completes(raw[0])
		switch {
		case command || r >= 0x7f && r != utf8.RuneError && visible(r, string(raw)) != string(raw) && visible(r, string(raw)) != " ":
			writeEscape(&out, r)
		default:
			out.Write(raw)
		}
	}
	return out.Bytes()
}

// writeEscape writes a character as JSON's strings may hold it.
func writeEscape(out *bytes.Buffer, r rune) {
	units := []uint16{uint16(r)}
	if r > 0xffff {
		units = utf16.Encode([]rune{r})
	}
	const digits = "0123456789abcdef"
	for _, u := range units {
		out.WriteString(`\u`)
		for shift := 12; shift >= 0; shift -= 4 {
			out.WriteByte(digits[u>>shift&0xf])
		}
	}
}

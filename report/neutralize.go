package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden are characters that Unicode calls printable and that are invisible, so
// that different names look the same: fillers and variation selectors.
var hidden = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034F, Hi: 0x034F, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115F, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180B, Hi: 0x180F, Stride: 1}, // Mongolian selectors
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // Braille blank
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xFE00, Hi: 0xFE0F, Stride: 1}, // variation selectors
		{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, // halfwidth Hangul filler
	},
	R32: []unicode.Range32{{Lo: 0xE0100, Hi: 0xE01EF, Stride: 1}}, // variation selectors
}

// Neutralize makes untrusted text safe to print. Control characters, ANSI escapes,
// marks of writing direction, characters without width and bytes that are not UTF-8
// become escapes such as \x1b or \u202e. Line breaks, tabs and other spaces become
// single spaces, so that one message stays one line. Commands of CI systems
// (::error:: at the start, ##[group] or ##vso[...] anywhere) are broken by a
// backslash. A text longer than limit characters ends in an ellipsis, which counts;
// limit <= 0 is no limit.
func Neutralize(s string, limit int) string {
	var b strings.Builder
	var guard ciCommand
	n, fits := 0, 0 // characters written; bytes of them that leave room for the ellipsis
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		shown := visible(r, s[i:i+size])
		i += size
		if shown == " " && (n == 0 || strings.HasSuffix(b.String(), " ")) {
			continue
		}
		shown = guard.escape(shown)
		n += utf8.RuneCountInString(shown)
		if limit > 0 && n > limit {
			return b.String()[:fits] + "…"
		}
		b.WriteString(shown)
		if n < limit {
			fits = b.Len()
		}
	}
	return strings.TrimRight(b.String(), " ")
}

// visible is how one character is printed; raw are its bytes.
func visible(r rune, raw string) string {
	switch {
	case r == utf8.RuneError && len(raw) == 1:
		return fmt.Sprintf(`\x%02x`, raw[0])
	case unicode.IsSpace(r) || unicode.Is(unicode.Z, r):
		return " "
	case unicode.IsPrint(r) && !unicode.Is(hidden, r):
		return raw
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	default:
		return fmt.Sprintf(`\U%08x`, r)
	}
}

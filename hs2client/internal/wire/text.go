package wire

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// MaxText bounds what is kept of a server's words, in bytes.
	MaxText = 2 << 10

	maxHead = 64 // bytes shown of an answer that was not understood
)

// mask replaces a secret that a server repeats.
const mask = "***"

// Mask is a text without the secret; "" is no secret.
func Mask(text, secret string) string {
	if secret == "" {
		return text
	}
	return strings.ReplaceAll(text, secret, mask)
}

// ServerText is what may be shown of the server's words: bounded, and without the
// secret, which is masked before anything is cut off or quoted.
func (e *Error) ServerText(secret string) string {
	text := Mask(e.Text, secret)
	if !e.Head {
		return Clip(strings.ToValidUTF8(text, "?"))
	}
	// The rest of the secret may not have arrived yet.
	for n := min(len(secret), len(text)); n > 0; n-- {
		if strings.HasSuffix(text, secret[:n]) {
			text = text[:len(text)-n] + mask
			break
		}
	}
	return strconv.Quote(text[:min(len(text), maxHead)])
}

// Clip bounds a server's words without cutting a character in two. What is cut
// off is not kept in memory either.
func Clip(s string) string {
	if len(s) > MaxText {
		s = strings.Clone(s[:MaxText+1])
	}
	s = strings.TrimRight(s, "\r\n")
	if len(s) <= MaxText {
		return s
	}
	end := MaxText
	for end > MaxText-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

package wire

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// MaxText bounds what is kept of a server's words, in bytes.
	MaxText = 2 << 10

	maxHead  = 64  // bytes shown of an answer that was not understood
	maxField = 512 // bytes shown of the value of a field of HTTP
)

// mask replaces a secret that a server repeats.
const mask = "***"

// Mask is a text without the secrets; "" is no secret.
func Mask(text string, secrets ...string) string {
	for _, secret := range longestFirst(secrets) {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, mask)
		}
	}
	return text
}

// longestFirst orders secrets so that one which is part of another does not leave the
// rest of that.
func longestFirst(secrets []string) []string {
	if len(secrets) < 2 {
		return secrets
	}
	return slices.SortedStableFunc(slices.Values(secrets), func(a, b string) int { return len(b) - len(a) })
}

// ServerText is what may be shown of the server's words: bounded, and without the
// secrets, which are masked before anything is cut off or quoted.
func (e *Error) ServerText(secrets ...string) string {
	text := Mask(e.Text, secrets...)
	if !e.Head {
		for _, f := range e.Fields {
			value := Mask(f.Value, secrets...)
			text += ", " + f.Name + ": " + value[:min(len(value), maxField)]
		}
		return Clip(strings.ToValidUTF8(text, "?"))
	}
	text = maskBegun(text, secrets)
	quoted := strconv.Quote(text[:min(len(text), maxHead)])
	if e.Label != "" {
		return Clip(Mask(e.Label, secrets...)) + ": " + quoted
	}
	return quoted
}

// maskBegun masks what of a secret is at the end of a text: the rest of it may not
// have arrived yet.
func maskBegun(text string, secrets []string) string {
	longest := 0
	for _, secret := range secrets {
		for n := min(len(secret), len(text)); n > longest; n-- {
			if strings.HasSuffix(text, secret[:n]) {
				longest = n
			}
		}
	}
	if longest == 0 {
		return text
	}
	return text[:len(text)-longest] + mask
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

package usertext

import (
	"strconv"
	"strings"
)

// maxQuote is how many letters of a text a message shows.
const maxQuote = 40

// Quote returns text in double quotes and on one line, cut after 40 letters. What
// may be a password is left out: all before the @ of user:password@host.
func Quote(text string) string {
	if i := strings.LastIndexByte(text, '@'); i >= 0 && strings.Contains(text[:i], ":") {
		text = "..." + text[i:]
	}
	if r := []rune(text); len(r) > maxQuote {
		text = string(r[:maxQuote]) + "..."
	}
	return strconv.Quote(text)
}

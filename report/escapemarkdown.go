package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// apart is a space without width, as an entity: a text that GitHub or GitLab would link
// reads the same with it, and is no link.
const apart = "&#8203;"

// markdownText is text as Markdown that shows just that text, in a sentence or in a cell
// of a table: no HTML, no emphasis, no code, no mathematics, no end of a cell. Mentions,
// numbers of issues and addresses are kept from being links, which GitHub and GitLab make
// of the text that is shown, so that a backslash does not help. Words that only a
// project's own settings link, such as the keys of another tracker, stay as they are.
//
// It does not take line breaks, which [Neutralize] removes, and must not begin a line.
func markdownText(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		before, rest := text[:i], text[i+size:]
		i += size
		switch {
		case entities[r] != "":
			b.WriteString(entities[r])
		case strings.ContainsRune("\\`*_[]~", r):
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '.' && hasSuffixFold(before, "www"):
			b.WriteString(apart + ".")
		default:
			b.WriteRune(r)
		}
		if r == ':' && strings.HasPrefix(rest, "//") || refersTo(r, rest) {
			b.WriteString(apart)
		}
	}
	return b.String()
}

// entities are characters for which a backslash is not enough: those that begin HTML, the
// border of a cell, and GitHub's sign of mathematics.
var entities = map[rune]string{'&': "&amp;", '<': "&lt;", '|': "&#124;", '$': "&#36;"}

// refersTo reports whether r and what follows it mean somebody or something: @user, #12,
// and GitLab's !12, $12, %12, ~label, &12 and ^12.
func refersTo(r rune, rest string) bool {
	if r == '@' {
		return true
	}
	next, _ := utf8.DecodeRuneInString(rest)
	return strings.ContainsRune("#!$%~&^", r) && (next == '"' || unicode.IsLetter(next) || unicode.IsDigit(next))
}

func hasSuffixFold(s, end string) bool {
	return len(s) >= len(end) && strings.EqualFold(s[len(s)-len(end):], end)
}

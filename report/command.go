package report

import "strings"

// A ciCommand finds, byte by byte, where a text becomes a command of the CI system
// that shows it: GitHub obeys a line that begins with "::" after blanks, and
// "##[" anywhere; Azure DevOps "##vso[" and TeamCity "##teamcity[" anywhere. The
// zero value is the start of a line.
type ciCommand struct {
	lead   lead
	hashes int  // in a row before this byte, 2 at most
	word   bool // letters follow the two
}

// lead is what a line has so far.
type lead int

const (
	blanks lead = iota
	colon       // the first character is one
	text
)

// completes reports whether c would complete a command. The caller then writes
// something before it.
func (g *ciCommand) completes(c byte) bool {
	command := c == ':' && g.lead == colon || c == '[' && g.hashes == 2
	switch {
	case c == '\n' || c == '\r' || c == '\v' || c == '\f':
		g.lead = blanks
	case g.lead == blanks && (c <= ' ' || c >= 0x7f): // spaces of Unicode, too, and more than those
	case g.lead == blanks && c == ':':
		g.lead = colon
	default:
		g.lead = text
	}
	switch letter := 'a' <= c|0x20 && c|0x20 <= 'z'; {
	case c == '#' && !g.word:
		g.hashes = min(2, g.hashes+1)
	case c == '#':
		g.hashes, g.word = 1, false
	case letter && g.hashes == 2:
		g.word = true
	default:
		g.hashes, g.word = 0, false
	}
	return command
}

// escape breaks the commands in s, which goes on a line where g left off, with a
// backslash before the last character: ":\:error::", "##\[group]".
func (g *ciCommand) escape(s string) string {
	var b strings.Builder
	from := 0
	for i := range len(s) {
		if g.completes(s[i]) {
			b.WriteString(s[from:i])
			b.WriteByte('\\')
			from = i
		}
	}
	if b.Len() == 0 {
		return s
	}
	b.WriteString(s[from:])
	return b.String()
}

// escapeCommands breaks the commands in a whole text.
func escapeCommands(text []byte) []byte {
	var g ciCommand
	return []byte(g.escape(string(text)))
}

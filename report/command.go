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
func (c *ciCommand) completes(b byte) bool {
	command := b == ':' && c.lead == colon || b == '[' && c.hashes == 2
	switch {
	case b == '\n' || b == '\r' || b == '\v' || b == '\f':
		c.lead = blanks
	case c.lead == blanks && (b <= ' ' || b >= 0x7f): // spaces of Unicode, too, and more than those
	case c.lead == blanks && b == ':':
		c.lead = colon
	default:
		c.lead = text
	}
	switch letter := 'a' <= b|0x20 && b|0x20 <= 'z'; {
	case b == '#' && !c.word:
		c.hashes = min(2, c.hashes+1)
	case b == '#':
		c.hashes, c.word = 1, false
	case letter && c.hashes == 2:
		c.word = true
	default:
		c.hashes, c.word = 0, false
	}
	return command
}

// escape breaks the commands in s, which goes on a line where g left off, with a
// backslash before the last character: ":\:error::", "##\[group]".
func (c *ciCommand) escape(s string) string {
	var b strings.Builder
	from := 0
	for i := range len(s) {
		if c.completes(s[i]) {
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
	var c ciCommand
	return []byte(c.escape(string(text)))
}

package hs2client

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Error places a failure: what was done, where, in which phase, and of what kind.
type Error struct {
	Op       string // "dial", "handshake", "login", or the RPC as the IDL spells it
	Addr     string // Config.Addr
	Phase    Phase
	Kind     Kind
	Text     string // the server's own words, at most 2 KiB, as they came: untrusted; "": it said nothing
	SQLState string // what the server states beside them; "": nothing
	Err      error  // what lies below; nil: the server's answer is all there is

	hint string
}

// Error is one line without control characters, fit for a terminal.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op + " " + printable(e.Addr) + ": " + e.Class().String())
	if e.Text != "" {
		b.WriteString(": " + printable(e.Text))
	} else if e.Err != nil {
		b.WriteString(": " + printable(e.Err.Error()))
	}
	return b.String()
}

// Unwrap returns what lies below; nil where there is nothing.
func (e *Error) Unwrap() error { return e.Err }

// Class is the phase and the kind: "open.timeout".
func (e *Error) Class() Class { return Class{Phase: e.Phase, Kind: e.Kind} }

// Hint says what may be wrong and which flag or setting to try; "" where there
// is nothing to suggest.
func (e *Error) Hint() string { return e.hint }

// cause is why something failed, before it is known in which phase.
type cause struct {
	kind  Kind
	text  string // the server's words, or ours where err is nil
	state string // SQLSTATE
	said  bool   // text is the server's
	raw   bool   // and the head of an answer that was not understood
	err   error
}

func (c *cause) Error() string {
	if c.err != nil {
		return c.err.Error()
	}
	return c.text
}

func (c *cause) Unwrap() error { return c.err }

// notUnderstood is the cause where an answer begins otherwise than it should.
func notUnderstood(kind Kind, head []byte) *cause {
	return &cause{kind: kind, text: string(head), said: true, raw: true}
}

// shown is what is told of the server's words: without the secret, which is looked
// for before anything is cut off or quoted, and bounded.
func (c *cause) shown(secret string) string {
	text := masked(c.text, secret)
	if !c.raw {
		return clip(strings.ToValidUTF8(text, "?"))
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

// mask stands where a server repeated the secret.
const mask = "***"

// masked is a text without the secret.
func masked(text, secret string) string {
	if secret == "" {
		return text
	}
	return strings.ReplaceAll(text, secret, mask)
}

// maxHead bounds what is shown of an answer that was not understood, in bytes.
const maxHead = 64

// maxText bounds what is kept of a server's words, in bytes.
const maxText = 2 << 10

// clip bounds a server's words without cutting a character in two. What is cut
// off is not kept in memory either.
func clip(s string) string {
	if len(s) > maxText {
		s = strings.Clone(s[:maxText+1])
	}
	s = strings.TrimRight(s, "\r\n")
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for end > maxText-utf8.UTFMax && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}

// printable puts a space for each line break or tab, and a question mark for
// every other character that a terminal or a log might obey.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			return ' '
		case !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, s)
}

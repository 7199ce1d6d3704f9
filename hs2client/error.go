package hs2client

import (
	"slices"
	"strings"
	"unicode"

	"github.com/impala-lbcheck/impala-lbcheck/hs2client/internal/wire"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Error says what failed, where, in which phase, and of what kind.
type Error struct {
	Op       string // "dial", "handshake", "login", or the RPC as the IDL spells it
	Addr     string // Config.Addr
	Phase    Phase
	Kind     Kind
	Text     string // the server's own words, at most 2 KiB, otherwise unchanged: untrusted; "": none
	SQLState string // what the server reports beside them; "": nothing
	Ticket   string // of a login by Kerberos that failed: the ticket, and the clocks; "": none
	Err      error  // the error below; nil: the server's answer is all there is

	hint  []Fix
	heard vocab.Heard // what an answer that was not understood shows of who gave it

	status int      // of HTTP; 0: none
	asked  []string // the schemes of a login that HTTP asks for
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
	if e.Ticket != "" {
		b.WriteString(" (" + printable(e.Ticket) + ")")
	}
	return b.String()
}

// Unwrap returns the error below; nil where there is none.
func (e *Error) Unwrap() error { return e.Err }

// Class is the phase and the kind: "open.timeout".
func (e *Error) Class() Class { return Class{Phase: e.Phase, Kind: e.Kind} }

// Fix is one thing to try: a setting by its key in a scenario, or something else.
type Fix = vocab.Fix

// Hint is what to try, the most likely first; nil where there is nothing to
// suggest. The fixes are alternatives.
func (e *Error) Hint() []Fix { return slices.Clone(e.hint) }

// invalid is the error of a configuration or a call that cannot be used.
func invalid(text string) error { return &wire.Error{Kind: KindInvalid, Text: text} }

// mismatch is the error of an answer that is well formed and not what was asked for.
func mismatch(text string) error { return &wire.Error{Kind: KindMismatch, Text: text} }

// printable replaces each line break or tab with a space, and every other
// character that a terminal or a log might interpret with a question mark.
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

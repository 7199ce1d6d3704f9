package report

import (
	"bytes"
	"fmt"
	"io"
	"sync"
	"unicode/utf8"
)

// SafeWriter is the last gate before a terminal or the log of a CI system: it
// shows control characters as [Neutralize] does and breaks CI commands, and lets
// line breaks, tabs and ANSI colours pass. JSON stays JSON, with the same values
// where [EscapeJSON] wrote it. It may be used by several goroutines.
type SafeWriter struct {
	mu    sync.Mutex
	w     io.Writer
	guard ciCommand
	rest  []byte // the beginning of a character
}

// NewSafeWriter returns a SafeWriter that writes to w.
func NewSafeWriter(w io.Writer) *SafeWriter { return &SafeWriter{w: w} }

// Unwrap returns where it writes to.
func (s *SafeWriter) Unwrap() io.Writer { return s.w }

// Write writes p, made safe, in one piece. The first bytes of a character wait
// for the rest of it.
func (s *SafeWriter) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := append(s.rest, p...)
	s.rest = nil
	var out bytes.Buffer
	out.Grow(len(in))
	for len(in) > 0 {
		if !utf8.FullRune(in) {
			s.rest = bytes.Clone(in)
			break
		}
		in = in[s.next(&out, in):]
	}
	if _, err := s.w.Write(out.Bytes()); err != nil {
		return 0, err
	}
	return len(p), nil
}

// next writes the first character of in, or the colour that begins there, and
// returns how long it was.
func (s *SafeWriter) next(out *bytes.Buffer, in []byte) int {
	if n := colourLength(in); n > 0 {
		out.Write(in[:n])
		return n
	}
	r, size := utf8.DecodeRune(in)
	raw := string(in[:size])
	switch shown := visible(r, raw); {
	case shown == raw || shown == " " && r >= 0xa0 || r == '\n' || r == '\t':
		out.WriteString(s.guard.escape(raw))
	case r < 0x7f || r == utf8.RuneError:
		s.guard.escape("x") // the line has begun
		fmt.Fprintf(out, `\x%02x`, in[0])
	default:
		s.guard.escape("x")
		writeEscape(out, r)
	}
	return size
}

// colourLength is the length of an ANSI colour (SGR) at the start of b; 0 where
// there is none.
func colourLength(b []byte) int {
	if !bytes.HasPrefix(b, []byte("\x1b[")) {
		return 0
	}
	n := 2
	for n < len(b) && (b[n] >= '0' && b[n] <= '9' || b[n] == ';') {
		n++
	}
	if n == len(b) || b[n] != 'm' {
		return 0
	}
	return n + 1
}

package jsonstream

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Limits bound a stream.
type Limits struct {
	Objects int   // at most so many
	Each    int64 // of so many bytes at most
	Total   int64 // together

	// Other is called with the beginning of every line between objects that begins with
	// anything but an object, as those of a log do; nil: they are refused.
	Other func(begins string)

	// Mine reports whether an object is one of those that are looked for; nil: all are. Of
	// the others Other gets the first line, and none counts towards Objects and Total.
	Mine func(object []byte) bool

	// Unfinished is called with the line on which an object begins that has no end: the
	// stream ends, or another object begins in the first column, as none does that is
	// within one that is printed indented; nil: where the stream ends it is refused, and
	// objects may be laid out in any way.
	Unfinished func(line int)
}

// Split returns the objects of a stream. It fails where anything stands between them but
// white space and the lines that l.Other takes, where one has no end that l.Unfinished does not take, and where
// a limit is exceeded.
func Split(r io.Reader, l Limits) ([][]byte, error) {
	s := splitter{in: bufio.NewReaderSize(r, 1<<16), line: 1, other: l.Other, unfinished: l.Unfinished, lineBegins: true}
	var out [][]byte
	var total int64
	for {
		object, err := s.next(l.Each)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("object %d: %w", len(out)+1, err)
		}
		if l.Mine != nil && !l.Mine(object) {
			l.leaveOut(object)
			s.lineBegins = true // what stands behind it is no more ours than it is
			continue
		}
		if total += int64(len(object)); total > l.Total {
			return nil, fmt.Errorf("more than %d bytes in all", l.Total)
		}
		if len(out) == l.Objects {
			return nil, fmt.Errorf("more than %d objects", l.Objects)
		}
		out = append(out, object)
	}
}

// leaveOut tells how an object begins that is not looked for.
func (l Limits) leaveOut(object []byte) {
	if l.Other == nil {
		return
	}
	first, _, _ := bytes.Cut(object, []byte("\n"))
	l.Other(string(first[:min(len(first), maxBegins)]))
}

// NoObjectError is about something that stands where an object begins, as the lines of a
// log do.
type NoObjectError struct {
	Line   int
	Begins rune
}

func (e *NoObjectError) Error() string {
	return fmt.Sprintf("line %d begins with %q where an object begins with {", e.Line, e.Begins)
}

type splitter struct {
	in         *bufio.Reader
	line       int
	other      func(string)
	unfinished func(int)
	lineBegins bool // nothing but white space was on the line so far
}

// next is the next object; io.EOF where there is none.
func (s *splitter) next(limit int64) ([]byte, error) {
	if err := s.begin(); err != nil {
		return nil, err
	}
	o := object{begun: s.line}
	for before := byte(0); ; {
		c, err := s.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && s.unfinished != nil:
			s.unfinished(o.begun)
			return nil, io.EOF
		case errors.Is(err, io.EOF):
			return nil, fmt.Errorf("it begins on line %d and has no end", o.begun)
		case err != nil:
			return nil, err
		case c == '\n':
			s.line++
		case c == '{' && before == '\n' && s.unfinished != nil:
			s.unfinished(o.begun)
			o = object{begun: s.line}
		}
		if o.add(c); int64(len(o.text)) > limit {
			return nil, fmt.Errorf("it begins on line %d and has more than %d bytes", o.begun, limit)
		}
		if o.depth == 0 {
			s.lineBegins = false
			return o.text, nil
		}
		before = c
	}
}

// object is an object as far as it was read.
type object struct {
	text              []byte
	begun             int // on which line
	depth             int // of braces that are open
	inString, escaped bool
}

func (o *object) add(c byte) {
	o.text = append(o.text, c)
	switch {
	case o.escaped:
		o.escaped = false
	case o.inString:
		o.escaped, o.inString = c == '\\', c != '"'
	case c == '"':
		o.inString = true
	case c == '{':
		o.depth++
	case c == '}':
		o.depth--
	}
}

// begin skips white space, up to the brace that begins an object.
func (s *splitter) begin() error {
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return err
		}
		switch c {
		case '\n':
			s.line++
			s.lineBegins = true
		case ' ', '\t', '\r':
		case '{':
			return s.in.UnreadByte()
		default:
			if s.other != nil && s.lineBegins {
				if err := s.leaveOut(c); err != nil {
					return err
				}
				continue
			}
			return &NoObjectError{Line: s.line, Begins: rune(c)}
		}
	}
}

// maxBegins is how much of a line that is left out is told.
const maxBegins = 80

// leaveOut reads the rest of a line that begins with c.
func (s *splitter) leaveOut(c byte) error {
	begins := []byte{c}
	for {
		c, err := s.in.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if c == '\n' {
			s.line++
			break
		}
		if len(begins) < maxBegins {
			begins = append(begins, c)
		}
	}
	s.other(string(begins))
	return nil
}

package balancerlog

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"time"
)

// The bounds of reading: of a line, of what is looked at to detect the format, and of the
// broken lines that are shown.
const (
	maxLine   = 64 << 10
	maxDetect = 64 << 10
	maxShown  = 5
)

// File is what was read of one log.
type File struct {
	Name    string    `json:"name"`
	Format  string    `json:"format"` // "": it is empty
	Lines   int       `json:"lines"`
	Records int       `json:"connections"`          // lines that tell of a connection
	Other   int       `json:"other"`                // lines that tell of something else
	Broken  int       `json:"broken"`               // lines that are not as the format has them
	Shown   []string  `json:"broken_lines"`         // where and why, of the first of them
	First   time.Time `json:"first,omitzero"`       // the earliest connection, by the log
	Last    time.Time `json:"last,omitzero"`        // the latest
	Node    string    `json:"node,omitempty"`       // the balancer's node that wrote it, by the file's name
	Cut     string    `json:"incomplete,omitempty"` // why it was not read to its end
}

// Sink takes what is read.
type Sink interface {
	UseFormat(f *Format) // before the first connection of a log
	Add(r *Record)       // what it is handed is used again
}

// Read reads a log, which may be gzip, in a format, or in the one that its lines have where
// f is nil. It fails where no line fits, with the place and what was expected there. A log
// that breaks off within gzip is read so far. It returns the format; nil: there is no line.
func Read(name string, in io.Reader, f *Format, to Sink) (File, *Format, error) {
	file := File{Name: name, Shown: []string{}}
	lines, err := newLineReader(in)
	if err != nil {
		return file, f, fmt.Errorf("%s: %w", name, err)
	}
	begin, err := lines.peek()
	if err != nil {
		return file, f, fmt.Errorf("%s: %w", name, err)
	}
	if f, err = detect(begin, f); err != nil {
		return file, f, fmt.Errorf("%s:%w", name, err)
	}
	if f == nil {
		return file, nil, nil
	}
	file.Format = f.Name
	to.UseFormat(f)
	node := NodeOf(name)
	if node.IsValid() && f.Name == classicName {
		file.Node = node.String()
	} else {
		node = netip.Addr{}
	}
	err = file.read(lines, f, node, to)
	return file, f, err
}

const classicName = "classic"

// read reads all lines.
func (file *File) read(lines *lineReader, f *Format, node netip.Addr, to Sink) error {
	d, r := newDecoder(), Record{}
	for {
		line, err := lines.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errLong):
			file.Lines++
			file.broken(&SyntaxError{Column: maxLine + 1, Want: fmt.Sprintf("the end of the line: it has more than %d bytes", maxLine)})
			continue
		case errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader):
			file.Cut = "the compressed file is broken off or damaged after line " + fmt.Sprint(file.Lines)
			return nil
		case err != nil:
			return fmt.Errorf("%s, after line %d: %w", file.Name, file.Lines, err)
		}
		file.Lines++
		if len(line) == 0 {
			file.Other++
			continue
		}
		r.reset()
		if err := f.decode(d, line, &r); err != nil {
			file.undecoded(d, f, line, err)
			continue
		}
		if node.IsValid() {
			r.Node = netip.AddrPortFrom(node, 0)
		}
		file.seen(r.Accepted)
		to.Add(&r)
	}
}

// undecoded counts a line that tells of no connection. One file of HAProxy may have lines of
// several of its formats, by frontend.
func (file *File) undecoded(d *decoder, f *Format, line []byte, err error) {
	wrong, isWrong := errors.AsType[*SyntaxError](err)
	if !isWrong || f.beside(d, line) {
		file.Other++
		return
	}
	file.broken(wrong)
}

func (file *File) broken(wrong *SyntaxError) {
	if file.Broken++; len(file.Shown) < maxShown {
		file.Shown = append(file.Shown, fmt.Sprintf("%s:%d:%d: expected %s", file.Name, file.Lines, wrong.Column, wrong.Want))
	}
}

func (file *File) seen(at time.Time) {
	file.Records++
	if file.First.IsZero() || at.Before(file.First) {
		file.First = at
	}
	if at.After(file.Last) {
		file.Last = at
	}
}

// lineReader reads lines, none of which is kept.
type lineReader struct{ in *bufio.Reader }

// newLineReader reads through gzip where the first two bytes are its mark.
func newLineReader(in io.Reader) (*lineReader, error) {
	b := bufio.NewReaderSize(in, 2*maxLine)
	if mark, _ := b.Peek(2); !bytes.Equal(mark, []byte{0x1f, 0x8b}) {
		return &lineReader{b}, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, err
	}
	return &lineReader{bufio.NewReaderSize(z, 2*maxLine)}, nil
}

// peek is the beginning, without reading it.
func (l *lineReader) peek() ([]byte, error) {
	b, err := l.in.Peek(maxDetect)
	if len(b) > 0 || errors.Is(err, io.EOF) || errors.Is(err, bufio.ErrBufferFull) {
		return b, nil
	}
	return nil, err
}

// errLong is of a line of more than maxLine bytes. All of it was read.
var errLong = errors.New("a line that is too long")

// next is the next line without its end. It is valid until the next call.
func (l *lineReader) next() ([]byte, error) {
	line, err := l.in.ReadSlice('\n')
	if err == nil && len(line) <= maxLine {
		return bytes.TrimRight(line, "\r\n"), nil
	}
	if errors.Is(err, io.EOF) && len(line) > 0 && len(line) <= maxLine {
		return line, nil // the last one, without its end
	}
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = l.in.ReadSlice('\n')
		if err == nil || errors.Is(err, io.EOF) {
			return nil, errLong
		}
	}
	if err == nil {
		return nil, errLong
	}
	return nil, err
}

package balancerlog

import (
	"bytes"
	"fmt"
)

// detect is the format of which the most lines are, or of those of f alone. It is nil where
// there is no line. It fails where no line fits: ":LINE:COLUMN: " and what was expected.
func detect(begin []byte, f *Format) (*Format, error) {
	lines := wholeLines(begin)
	if len(lines) == 0 {
		return f, nil
	}
	formats := Formats
	if f != nil {
		formats = []*Format{f}
	}
	var best *Format
	most := 0
	for _, candidate := range formats {
		if n := fitting(lines, candidate); n > most {
			best, most = candidate, n
		}
	}
	if best != nil {
		return best, nil
	}
	if f != nil {
		return f, misfit(lines, f)
	}
	return nil, fmt.Errorf("1:1: %s", unknown(firstLine(lines)))
}

// wholeLines are the lines of the beginning of a file, without the last where it may be cut off.
func wholeLines(begin []byte) [][]byte {
	if len(begin) == maxDetect {
		if i := bytes.LastIndexByte(begin, '\n'); i >= 0 {
			begin = begin[:i]
		}
	}
	begin = bytes.TrimRight(begin, "\r\n")
	if len(begin) == 0 {
		return nil
	}
	return bytes.Split(begin, []byte("\n"))
}

// fitting counts the lines that tell of a connection.
func fitting(lines [][]byte, f *Format) int {
	d, n := newDecoder(), 0
	for _, line := range lines {
		var r Record
		r.reset()
		if f.decode(d, bytes.TrimRight(line, "\r"), &r) == nil {
			n++
		}
	}
	return n
}

// misfit says where the first line that should be of a format is not. A log may tell of no
// connection, and be of its format.
func misfit(lines [][]byte, f *Format) error {
	d := newDecoder()
	for i, line := range lines {
		var r Record
		if wrong, ok := f.decode(d, bytes.TrimRight(line, "\r"), &r).(*SyntaxError); ok { //nolint:errorlint // decoders return it as it is
			return fmt.Errorf("%d:%d: no line of format %s: expected %s", i+1, wrong.Column, f.Name, wrong.Want)
		}
	}
	return nil
}

func firstLine(lines [][]byte) []byte {
	for _, line := range lines {
		if len(line) > 0 {
			return line
		}
	}
	return nil
}

// unknown says what a line of no known format is: some formats are known for what they
// lack.
func unknown(line []byte) string {
	const paste = "; docs/reconcile.md has a format to paste"
	first, rest, _ := bytes.Cut(line, []byte(" "))
	switch {
	case applications[string(first)]:
		return "an application balancer logs requests, not connections, and cannot stand before Impala's sessions"
	case bytes.HasPrefix(first, []byte("[2")) && bytes.HasPrefix(rest, []byte(`"`)):
		return "Envoy's own format has no address of the client" + paste
	case addressAlone(first) && bytes.HasPrefix(rest, []byte("[")):
		return "this format has no port of the client, as nginx's often copied one has none" + paste
	}
	return "no line here is of a format that is known: name it with --log-format, or see docs/reconcile.md for the formats"
}

// applications are the types that lines of an application balancer begin with.
var applications = map[string]bool{"http": true, "https": true, "h2": true, "grpcs": true, "ws": true, "wss": true}

func addressAlone(b []byte) bool {
	_, ok := parseAddress(b)
	return ok
}

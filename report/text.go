package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// page is a report that is being written, section by section: as lines of text, or as
// blocks for another medium.
type page struct {
	Style
	buf   bytes.Buffer
	width int
	names names // of coordinators, as the page prints them
	err   error // the first one; nothing is written once it is set

	collects bool // blocks, and not text
	blocks   []block
}

// sections are the parts of the text, in order. One without data writes nothing.
// The last line is the verdict, as CI shows the tail of a log.
var sections = []func(*page, scenarios.Result){
	writeHeader, writeScouts, writeCapacity, writeIdle, writeWatch, writeQuery, writeHandles, writeAudit, writeCoordinators, writeNodes, writePages,
	writeCertificates, writePhases, writeLogins, writeLoad, writeSeries, writeFindings, writeNotes, writeDetectable,
	writeErrors, writeFailures, writeNext, writeVerdict,
}

// The min width of a page, and the width where none is given.
const (
	minWidth     = 60
	defaultWidth = 100
)

// writeText writes the report for people.
func writeText(w io.Writer, r scenarios.Result, s Style) error {
	p := &page{Style: s, width: max(s.Width, minWidth)}
	if s.Width == 0 {
		p.width = defaultWidth
	}
	p.names = namesOf(reportedNames(r), p.width)
	for _, section := range sections {
		section(p, r)
	}
	if p.err != nil {
		return p.err
	}
	_, err := w.Write(p.buf.Bytes())
	return err
}

// fail keeps the first error.
func (p *page) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

// line writes one line, without the spaces at its end.
func (p *page) line(s string) {
	p.buf.WriteString(strings.TrimRight(s, " \n"))
	p.buf.WriteByte('\n')
}

// title begins a section.
func (p *page) title(s string) {
	if p.collects {
		p.blocks = append(p.blocks, block{title: s})
		return
	}
	p.line("")
	p.line(p.paint(bold, s))
}

// para writes text after head, wrapped, its further lines under the first.
// Head is taken as it stands: it may be painted, and takes headWidth columns.
func (p *page) para(head string, headWidth int, text string) {
	lines := wrap(text, max(p.width-headWidth, minWidth/3))
	for i, l := range lines {
		if i > 0 {
			head = strings.Repeat(" ", headWidth)
		}
		p.line(head + l)
	}
}

// say writes a paragraph of a section.
func (p *page) say(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	switch {
	case !p.collects:
		p.para(indent, len(indent), text)
	case text != "":
		p.blocks = append(p.blocks, block{say: text})
	}
}

// item writes one item of a list.
func (p *page) item(text string) {
	if p.collects {
		p.blocks = append(p.blocks, block{item: text})
		return
	}
	p.para(indent+"- ", len(indent)+2, text)
}

// paint is an ANSI colour, by its code.
type paint string

const (
	bold   paint = "1"
	red    paint = "31"
	green  paint = "32"
	yellow paint = "33"
	faint  paint = "2"
)

// paint colours s where the style wants it.
func (p *page) paint(c paint, s string) string {
	if !p.Color || s == "" {
		return s
	}
	return "\x1b[" + string(c) + "m" + s + "\x1b[0m"
}

// label is how a status is written: one that is not good stands out without colour.
func label(s scenarios.Status) (string, paint) {
	switch s {
	case scenarios.StatusPass:
		return "pass", green
	case scenarios.StatusFail:
		return "FAIL", red
	case scenarios.StatusSkipped:
		return "skipped", faint
	default:
		return "INCONCLUSIVE", yellow
	}
}

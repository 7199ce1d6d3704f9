package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// htmlPage is what the page shows.
type htmlPage struct {
	Status   string // class of the banner
	Word     string // of the verdict
	Sentence string
	Next     string
	Subject  string
	Facts    []fact
	Sections []htmlSection
	Every    int // seconds after which a browser asks again; 0: the run is over
	Still    bool
}

// writeHTML writes a page that needs no other file and no script.
func writeHTML(w io.Writer, r scenarios.Result, s Style) error {
	p := newBlocks(s)
	page := htmlPage{Status: statusClass(r.Verdict), Next: p.Fixes(next(r))}
	page.Word, page.Sentence = verdictOf(r)
	stored, err := storedResult(r)
	if err != nil {
		return err
	}
	page.fill(p, r, append(htmlSections(p, r), stored))
	_, err = w.Write(page.markup())
	return err
}

// WriteRunning writes the page of a run that still goes on, as r has it so far: without
// findings, as nothing is judged before the end. A browser asks for it again after some
// time; 0 is never.
func WriteRunning(w io.Writer, r scenarios.Result, s Style, again time.Duration) error {
	p := newBlocks(s)
	page := htmlPage{Status: "running", Word: "RUNNING", Sentence: soFar(r), Every: int(again.Seconds()), Still: again == 0}
	page.fill(p, r, htmlSections(p, r))
	_, err := w.Write(escapeCommands(page.markup()))
	return err
}

// fill adds what a page has whether its run is over or not.
func (h *htmlPage) fill(p *page, r scenarios.Result, sections []htmlSection) {
	h.Subject, h.Sections = subjectOf(r), sections
	for _, b := range p.collected(func() { writeFacts(p, r) }) {
		h.Facts = append(h.Facts, b.fact)
	}
}

// statusClass is the class of the style sheet for a status.
func statusClass(s scenarios.Status) string {
	switch s {
	case scenarios.StatusPass, scenarios.StatusFail, scenarios.StatusSkipped:
		return s.String()
	}
	return scenarios.StatusInconclusive.String()
}

// maxStored is the longest result that a page has in it, in bytes.
const maxStored = 1 << 20

// storedResult is the result itself, as a link that saves it: data that nothing runs.
func storedResult(r scenarios.Result) (htmlSection, error) {
	s := htmlSection{ID: "result", Title: "Result"}
	var b bytes.Buffer
	if err := writeJSON(&b, r, Style{}); err != nil {
		return s, err
	}
	stored := EscapeJSON(b.Bytes()) // as a report in JSON has it
	size := fmt.Sprintf("%.0f KB", float64(len(stored))/1000)
	if len(stored) > maxStored {
		s.Blocks = []htmlBlock{{Say: "The result is not in this page, as it has " + size + "; a report in JSON has it."}}
		return s, nil
	}
	s.Download = &download{
		Name: fileName(r.Run) + ".json", Size: size,
		URL: "data:application/json;base64," + base64.StdEncoding.EncodeToString(stored),
	}
	return s, nil
}

// download is a file in a page.
type download struct{ Name, Size, URL string }

// fileName makes a name of a file of a run's.
func fileName(run string) string {
	const most = 40
	safe := strings.Map(func(r rune) rune {
		if r == '-' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, run)
	if safe == "" {
		return "result"
	}
	return safe[:min(most, len(safe))]
}

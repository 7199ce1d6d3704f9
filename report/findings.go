package report

import (
	"reflect"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeFindings shows every finding in the judges' order. Those that were skipped
// for one reason share the line of the first of them.
func writeFindings(p *page, r scenarios.Result) {
	if len(r.Findings) == 0 {
		return
	}
	p.title("Findings")
	shape := layoutOf(r.Findings, p.width)
	sameReason := byReason(r.Findings)
	for _, f := range r.Findings {
		same, waiting := sameReason[f.Message]
		switch {
		case !bare(f) || len(same) == 1:
			p.finding(f, shape)
		case waiting:
			p.skipped(same, shape)
			delete(sameReason, f.Message)
		}
	}
}

// bare reports whether a finding was skipped and has only its reason.
func bare(f scenarios.Finding) bool {
	return reflect.DeepEqual(f, scenarios.Finding{ID: f.ID, Status: scenarios.StatusSkipped, Message: f.Message})
}

// byReason groups the bare findings by the reason.
func byReason(fs []scenarios.Finding) map[string][]scenarios.Finding {
	out := map[string][]scenarios.Finding{}
	for _, f := range fs {
		if bare(f) {
			out[f.Message] = append(out[f.Message], f)
		}
	}
	return out
}

// skipped writes the ids of findings that share one reason.
func (p *page) skipped(fs []scenarios.Finding, l layout) {
	p.para(p.status(scenarios.StatusSkipped, l), l.under(), message(fs[0].Message)+": "+joined(idsOf(fs), 20))
}

func idsOf(fs []scenarios.Finding) []string {
	ids := make([]string, len(fs))
	for i, f := range fs {
		ids[i] = name(f.ID)
	}
	return ids
}

// status is the painted start of a finding's line, l.under() columns wide.
func (p *page) status(s scenarios.Status, l layout) string {
	word, colour := label(s)
	return indent + p.paint(colour, pad(word, l.status)) + gap
}

// layout is where the columns of the findings stand.
type layout struct {
	status int // columns of the status
	id     int // columns of the id; 0: the message stands under it
	text   int // where the message begins
}

// The widest id that still shares a line with the message, and the min room that a
// message needs beside it.
const (
	maxID   = 22
	minText = 40
)

// layoutOf puts the message beside the id, or under it where the page is narrow.
func layoutOf(fs []scenarios.Finding, width int) layout {
	var l layout
	for _, f := range fs {
		status, _ := label(f.Status)
		l.status = max(l.status, len(status))
		if w := columns(name(f.ID)); w <= maxID {
			l.id = max(l.id, w)
		}
	}
	l.text = l.under() + l.id + len(gap)
	if width-l.text < minText {
		l.id, l.text = 0, l.under()
	}
	return l
}

// under is where the ids begin, and what stands under a finding.
func (l layout) under() int { return len(indent) + l.status + len(gap) }

func (p *page) finding(f scenarios.Finding, l layout) {
	id := name(f.ID)
	text := fullClaim(f)
	head := p.status(f.Status, l)
	if columns(id) <= l.id {
		p.para(head+pad(id, l.id)+gap, l.text, text)
	} else {
		p.para(head, l.under(), id)
		p.aside(l.under(), "", text)
	}
	p.aside(l.under(), "note: ", message(f.Note))
	if showsFix(f) {
		p.aside(l.under(), "fix: ", p.Fixes(f.Fix))
		p.see(l.under(), message(f.See))
	}
	if p.Explain {
		p.explain(l.under(), f.Explain)
	}
}

// aside writes a paragraph at column at; an empty text is left out.
func (p *page) aside(at int, term, text string) {
	p.para(strings.Repeat(" ", at)+term, at+len(term), text)
}

// see writes a URL at column at, or further left where it would break there.
func (p *page) see(at int, url string) {
	const term = "see: "
	if at+len(term)+columns(url) > p.width {
		at = len(indent)
	}
	p.aside(at, term, url)
}

// explain writes the arithmetic.
func (p *page) explain(at int, text string) {
	for _, line := range arithmetic(text) {
		p.aside(at, "| ", line)
	}
}

// arithmetic is the lines of an explanation.
func arithmetic(text string) []string {
	const maxLines = 40
	var lines []string
	for line := range strings.Lines(text) {
		if line = message(line); line != "" && len(lines) < maxLines {
			lines = append(lines, line)
		}
	}
	return lines
}

// claim is the subject and the message, the subject only once.
func claim(f scenarios.Finding) string {
	text, subject := message(f.Message), name(f.Subject)
	if subject == "" || strings.Contains(text, subject) {
		return text
	}
	return subject + ": " + text
}

// fullClaim is the claim, and whether a second look said the same.
func fullClaim(f scenarios.Finding) string {
	if f.Confirmed {
		return claim(f) + "; confirmed by a fresh look"
	}
	return claim(f)
}

// showsFix reports whether there is something to mend.
func showsFix(f scenarios.Finding) bool { return f.Status != scenarios.StatusPass || f.Note != "" }

// writeNotes shows the notes on the run.
func writeNotes(p *page, r scenarios.Result) {
	if len(r.Notes) == 0 {
		return
	}
	p.title("Notes")
	for _, n := range r.Notes {
		p.item(message(n))
	}
}

// writeDetectable shows which faults a run of this size would catch, so that a pass
// is not read as more than it is.
func writeDetectable(p *page, r scenarios.Result) {
	d := r.Detect
	if d == nil || d.Sessions == 0 {
		return
	}
	p.title("What such a run catches")
	p.say("A run whose first look has %s catches a dead coordinator in %s of cases, one with 3x its share in %s, with 2x in %s, with half in %s.",
		count(d.Sessions, "session"), chance(d.Dead), chance(d.Hot3x), chance(d.Hot2x), chance(d.Half))
	if d.Dead == 0 && r.Scenario.Expect.Coordinators.K() == 0 {
		p.say("No coordinators are declared, so one that never answers is not known to be missing.")
	}
}

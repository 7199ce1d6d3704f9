package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The rows that each table of the Markdown report has at most, so that no run has
// maxMarkdownLines lines: a pull request shows it whole.
const (
	maxMarkdownLines    = 60
	maxMarkdownFindings = 10
	maxMarkdownCoords   = 10
	maxMarkdownErrors   = 4
)

// A markdownPage is a report as Markdown. What it is given may come from a server.
type markdownPage struct{ strings.Builder }

// writeMarkdown writes the verdict, what is wrong and what to try, for a pull request
// or the summary of a job. The coordinators are folded.
func writeMarkdown(w io.Writer, r scenarios.Result, s Style) error {
	p := &markdownPage{}
	p.line("## " + verdictWord(r) + ": impala-lbcheck " + markdownText(name(r.Scenario.Name)))
	p.para("Verdict", strings.TrimPrefix(Sentence(r), verdictWord(r)+": "))
	p.facts(r)
	p.findings(r)
	p.para("Next", s.Fixes(next(r)))
	p.errors(r)
	p.coordinators(r)
	p.para("Passed", ids(r, scenarios.StatusPass))
	p.para("Skipped", ids(r, scenarios.StatusSkipped))
	_, err := io.WriteString(w, p.String())
	return err
}

func (p *markdownPage) line(text string) { p.WriteString(strings.TrimRight(text, " ") + "\n") }

// para writes a paragraph that begins with a term of ours, so that no text from outside
// begins a line. An empty text is left out.
func (p *markdownPage) para(term, text string) {
	if text != "" {
		p.line("")
		p.line("**" + term + ":** " + markdownText(text))
	}
}

// table writes a heading and the first limit rows, then how many more there are.
func (p *markdownPage) table(limit int, titles []string, rows [][]string) {
	p.line("")
	p.line("| " + strings.Join(titles, " | ") + " |")
	p.line(strings.Repeat("|---", len(titles)) + "|")
	for _, row := range rows[:min(limit, len(rows))] {
		for i := range row {
			row[i] = markdownText(row[i])
		}
		p.line("| " + strings.Join(row, " | ") + " |")
	}
	if beyond := len(rows) - limit; beyond > 0 {
		p.line(fmt.Sprintf("| ... and %d more", beyond) + strings.Repeat(" |", len(titles)))
	}
}

// facts says what was run, against what and when.
func (p *markdownPage) facts(r scenarios.Result) {
	rows := [][]string{
		{"endpoints", endpoints(r.Scenario.Target)},
		{"connection", connection(r.Scenario)},
		{"sessions", sessions(r)},
	}
	if !r.Started.IsZero() {
		rows = append(rows, []string{"started", clock(r.Started, layoutSecond) + ", took " + rounded(r.Seconds)})
	}
	rows = append(rows, []string{"run", runText(r)})
	p.table(len(rows), []string{"", ""}, rows)
}

// findings shows those that did not pass, then those that have a note.
func (p *markdownPage) findings(r scenarios.Result) {
	var rows [][]string
	for _, s := range []scenarios.Status{scenarios.StatusFail, scenarios.StatusInconclusive, scenarios.StatusPass} {
		word, _ := label(s)
		for _, f := range withStatus(r, s) {
			text := Neutralize(claim(f), maxLine)
			switch {
			case s == scenarios.StatusPass && f.Note == "":
				continue
			case s == scenarios.StatusPass:
				text = "note: " + Neutralize(f.Note, maxLine)
			}
			rows = append(rows, []string{word, name(f.ID), text})
		}
	}
	if len(rows) > 0 {
		p.table(maxMarkdownFindings, []string{"status", "finding", "what was measured"}, rows)
	}
}

// errors counts the failed sessions by class.
func (p *markdownPage) errors(r scenarios.Result) {
	var rows [][]string
	for _, e := range r.Errors {
		rows = append(rows, []string{strconv.Itoa(e.Count), name(e.Class.String()), orDash(name(e.Coordinator)), Neutralize(e.Example, maxLine)})
	}
	if len(rows) > 0 {
		p.table(maxMarkdownErrors, []string{"failed", "class", "coordinator", "first text"}, rows)
	}
}

// coordinators shows the sessions of each of them, folded.
func (p *markdownPage) coordinators(r scenarios.Result) {
	titles := []string{"coordinator", "sessions", "failed", "share", "expected"}
	if !kindOf(r).balance {
		titles = titles[:3]
	}
	var rows [][]string
	for _, c := range r.Coords {
		expected := "-"
		if c.Expected != nil {
			expected = percent(*c.Expected)
		}
		row := []string{name(c.Name), strconv.Itoa(c.Sessions), strconv.Itoa(c.Failed), percent(c.Share), expected}
		rows = append(rows, row[:len(titles)])
	}
	if without := unidentifiedSessions(r); without > 0 {
		row := []string{unidentified, strconv.Itoa(without), strconv.Itoa(failedUnidentified(r)), "-", "-"}
		rows = append(rows, row[:len(titles)])
	}
	if len(rows) == 0 {
		return
	}
	p.line("")
	p.line("<details><summary>" + count(len(r.Coords), "coordinator") + " over " + count(len(r.Nodes), "node") + "</summary>")
	p.table(maxMarkdownCoords, titles, rows)
	p.line("")
	p.line("</details>")
}

// ids lists the findings of one status.
func ids(r scenarios.Result, s scenarios.Status) string {
	var names []string
	for _, fs := range byName(withStatus(r, s)) {
		names = append(names, name(fs[0].ID))
	}
	return joined(names, 30)
}

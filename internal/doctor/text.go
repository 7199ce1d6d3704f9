package doctor

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/report"
)

// maxShown bounds what is shown of a text that a server gave, in characters.
const maxShown = 200

// Write writes the report for people. Fixes have settings as style writes them.
func (r Report) Write(w io.Writer, style report.Style) error {
	t := &textWriter{style: style}
	t.line("%s", "impala-lbcheck doctor "+safe(r.Host))
	t.answers(r)
	t.listeners(r)
	t.ways(r)
	t.problems(r)
	t.list("Notes", r.Notes)
	if r.As != nil {
		t.list(fmt.Sprintf("Will %s work here? %s", r.As.Client, yesNo(r.As.Works)), r.As.Reasons)
	}
	t.clients(r)
	t.line("\n%s: %s.", map[bool]string{true: "OK", false: "PROBLEM"}[r.Exit == 0], r.Verdict)
	_, err := io.WriteString(w, t.b.String())
	return err
}

// textWriter is a text while it is made.
type textWriter struct {
	style report.Style
	b     strings.Builder
}

func (t *textWriter) line(format string, args ...any) { fmt.Fprintf(&t.b, format+"\n", args...) }

// table writes rows with aligned columns, indented, below a title; nothing without rows.
func (t *textWriter) table(title string, rows [][]string) {
	if len(rows) < 2 {
		return
	}
	t.line("\n%s", title)
	tw := tabwriter.NewWriter(&t.b, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(tw, "  %s\n", strings.Join(row, "\t"))
	}
	tw.Flush() // a strings.Builder takes everything
}

// safe makes what a server said fit for a terminal.
func safe(text string) string { return report.Neutralize(text, maxShown) }

func (t *textWriter) answers(r Report) {
	rows := [][]string{{"port", "node", "answer"}}
	for _, a := range r.Answers {
		says := a.Says
		if a.Text != "" {
			says += ": " + safe(a.Text)
		}
		rows = append(rows, []string{fmt.Sprint(a.Port), a.Node.String(), says})
	}
	t.table("What answers", rows)
}

func (t *textWriter) listeners(r Report) {
	rows := [][]string{{"node", "version", "certificate", "issuer", "until", "chain", "name", ""}}
	for _, l := range r.Listener {
		until := ""
		if !l.NotAfter.IsZero() {
			until = l.NotAfter.Format(time.DateOnly)
		}
		name := "other"
		if l.NameOK {
			name = "ok"
		}
		rows = append(rows, []string{l.Node.String(), l.Version, safe(l.Subject), safe(l.Issuer), until, l.Chain, name, l.Refused})
	}
	t.table("TLS", rows)
}

func (t *textWriter) ways(r Report) {
	rows := [][]string{{"port", "protocol", "login", "TLS", "state", ""}}
	for _, w := range r.Ways {
		secured := "no"
		if w.TLS {
			secured = "yes"
		}
		more := safe(w.Why)
		switch w.State {
		case StateWorks:
			more = strings.TrimPrefix(safe(w.Version)+", "+safe(w.Coordinator), ", ")
			more = strings.TrimSuffix(more, ", ")
		case StateFails:
			more = w.Class
		}
		rows = append(rows, []string{fmt.Sprint(w.Port), string(w.Protocol), string(w.Login), secured, string(w.State), more})
	}
	t.table("Ways in", rows)
}

func (t *textWriter) problems(r Report) {
	if len(r.Problems) > 0 {
		t.line("\nProblems")
	}
	for _, p := range r.Problems {
		t.line("  %s: %s", p.Cause, p.Title)
		t.line("    where: %s", safe(strings.Join(p.Where, ", ")))
		if p.Detail != "" {
			t.line("    %s", safe(p.Detail))
		}
		if fix := t.style.Fixes(p.Fix); fix != "" {
			t.line("    fix: %s", fix)
		}
		t.line("    see: %s", p.Link)
	}
}

func (t *textWriter) list(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	t.line("\n%s", title)
	for _, l := range lines {
		t.line("  %s", report.Neutralize(l, 0))
	}
}

// clients writes how clients connect, those of one name together.
func (t *textWriter) clients(r Report) {
	if len(r.Lines) == 0 {
		return
	}
	t.line("\nHow to connect")
	for _, l := range r.Lines {
		t.line("  %-13s %s", l.Client, strings.Join(strings.Split(l.Text, "\n"), "\n"+strings.Repeat(" ", 16)))
	}
}

func yesNo(b *bool) string {
	switch {
	case b == nil:
		return "not known"
	case *b:
		return "yes"
	}
	return "no"
}

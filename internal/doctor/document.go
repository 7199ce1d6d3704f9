package doctor

import (
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Document is docs/troubleshooting.md: every cause with what clients print, the command
// that shows it and what to do. flag writes a setting as a command's flag.
func Document(flag func(vocab.Fix) string) string {
	b := &strings.Builder{}
	b.WriteString(head)
	writeIndex(b)
	b.WriteString("\nAll of them:\n\n| clients print, or do | command | cause |\n|---|---|---|\n")
	for _, c := range Causes() {
		fmt.Fprintf(b, "| %s | `%s` | [%s](#%s) |\n", symptoms(c), c.Command, c.Title, c.ID)
	}
	for _, c := range Causes() {
		fmt.Fprintf(b, "\n## %s\n\n%s.\n", c.ID, c.Title)
		if len(c.Users) > 0 {
			fmt.Fprintf(b, "Clients: %s.\n", strings.Join(c.Users, "; "))
		}
		if class := c.sample.class.String(); class != "" {
			fmt.Fprintf(b, "Class: `%s`.\n", class)
		}
		fmt.Fprintf(b, "\nSee it: `%s`\n", "impala-lbcheck "+c.Command)
		writeRemedy(b, c, flag)
	}
	return b.String()
}

// head says how to use the page.
const head = `# Troubleshooting

` + "`impala-lbcheck doctor HOST`" + ` tells these causes apart, names the one that it met and
what to do about it; give it the login that your clients use. This page is made of its
table, in its order: what clients print, the command that shows the cause, the cause. The
symptoms that are met most:

`

// writeIndex writes the symptoms that are met most: what shows each, and where its cause is.
func writeIndex(b *strings.Builder) {
	b.WriteString("| symptom | command | cause |\n|---|---|---|\n")
	for _, c := range Causes() {
		if c.Index != "" {
			fmt.Fprintf(b, "| %s | `%s` | [%s](#%s) |\n", c.Index, c.Command, c.ID, c.ID)
		}
	}
}

func symptoms(c Cause) string {
	if len(c.Users) == 0 {
		return "-"
	}
	return strings.Join(c.Users, "; ")
}

// writeRemedy lists what to do.
func writeRemedy(b *strings.Builder, c Cause, flag func(vocab.Fix) string) {
	fixes := c.sample.remedy()
	if len(fixes) == 0 {
		b.WriteString("\nWhat to do depends on the text of the failure, which is shown beside it.\n")
		return
	}
	b.WriteString("\nWhat to do:\n\n")
	for _, f := range fixes {
		text := report.Style{}.Fixes([]vocab.Fix{{Why: f.Why}})
		if how := flag(f); how != "" {
			text += " (`" + how + "`)"
		}
		fmt.Fprintf(b, "- %s\n", text)
	}
}

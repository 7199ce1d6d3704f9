// Package comparetext formats how a run differs from an earlier one, for people. It
// decides nothing: a comparison holds all of it.
package comparetext

import (
	"fmt"
	"math"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/compare"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// The longest name and sentence that are printed, in characters: what a server called
// itself may be of any length.
const (
	maxName     = 60
	maxSentence = 500
)

// Comparison formats a comparison. Setting writes the setting and the value of a fix.
// The last line is the summary.
func Comparison(c compare.Comparison, setting func(vocab.Fix) string) string {
	b := &strings.Builder{}
	writeSide(b, "old", c.Old)
	writeSide(b, "new", c.New)
	if len(c.Differs) > 0 {
		b.WriteString("\nDiffers besides the figures: old and new\n")
		for _, d := range c.Differs {
			fmt.Fprintf(b, "  %s\n", report.Neutralize(d, maxSentence))
		}
	}
	writeRows(b, c)
	writeFindings(b, c.Findings, setting)
	fmt.Fprintf(b, "\n%s\n", report.Neutralize(c.Summary, maxSentence))
	return b.String()
}

func writeSide(b *strings.Builder, which string, s compare.Side) {
	fmt.Fprintf(b, "%s  %s, run %s of %s: %d sessions, %d coordinators, %s\n", which,
		report.Neutralize(s.Scenario, maxName), report.Neutralize(s.Run, maxName), s.Started.UTC().Format(time.RFC3339), s.Sessions, s.Coordinators, s.Verdict)
}

// writeRows writes the figures, and marks those that differ.
func writeRows(b *strings.Builder, c compare.Comparison) {
	if len(c.Rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\nFigures, with intervals of %g %% confidence; * differs by more than chance\n", c.Level*100)
	table := &strings.Builder{}
	w := tabwriter.NewWriter(table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  \told\tnew\tchange")
	for _, r := range c.Rows {
		mark := " "
		if r.Differs {
			mark = "*"
		}
		fmt.Fprintf(w, "%s %s\t%s\t%s\t%s\n", mark, report.Neutralize(r.Name, maxName), r.Old.String(r.Unit), r.New.String(r.Unit), changeOf(r))
	}
	w.Flush()
	for line := range strings.Lines(table.String()) {
		b.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// changeOf is "+27 %"; "" where it cannot be told.
func changeOf(r compare.Row) string {
	if r.Old.Value != nil && *r.Old.Value == 0 && r.New.Value != nil && *r.New.Value != 0 {
		return "from 0"
	}
	v := r.Change()
	if math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf("%+.0f %%", v*100)
}

func writeFindings(b *strings.Builder, findings []scenarios.Finding, setting func(vocab.Fix) string) {
	if len(findings) == 0 {
		return
	}
	b.WriteString("\nFindings\n")
	for _, f := range findings {
		fmt.Fprintf(b, "  %s  %s\n", statusOf(f.Status), report.Neutralize(f.ID, maxSentence))
		for _, text := range []string{f.Message, f.Note, f.Explain} {
			if text != "" {
				fmt.Fprintf(b, "      %s\n", report.Neutralize(text, maxSentence))
			}
		}
		for _, fix := range f.Fix {
			fmt.Fprintf(b, "      try: %s\n", report.Neutralize(fixText(fix, setting), maxSentence))
		}
	}
}

func fixText(f vocab.Fix, setting func(vocab.Fix) string) string {
	if f.Setting == "" {
		return f.Why
	}
	return strings.TrimSuffix(setting(f)+": "+f.Why, ": ")
}

func statusOf(s scenarios.Status) string {
	if s == scenarios.StatusPass || s == scenarios.StatusSkipped {
		return s.String()
	}
	return strings.ToUpper(s.String())
}

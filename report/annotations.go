package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxAnnotations is how many of one level GitHub shows for a step.
const maxAnnotations = 10

// WriteAnnotations writes what did not pass as commands that GitHub Actions shows beside a
// job, one a line: an error for each finding that failed, or that was inconclusive where
// that fails the run, otherwise a warning, and a notice for each note on a pass. They must
// not pass through a [SafeWriter], which breaks commands.
func WriteAnnotations(w io.Writer, r scenarios.Result) error {
	var b strings.Builder
	written := map[string]int{}
	annotate := func(level, title, text string) {
		if written[level]++; written[level] > maxAnnotations {
			return
		}
		fmt.Fprintf(&b, "::%s title=%s::%s\n", level, escapeProperty("impala-lbcheck "+title), escapeData(text))
	}
	for _, f := range r.Findings {
		if level, text := annotation(r, f); level != "" {
			annotate(level, name(r.Scenario.Name)+": "+name(f.ID), text)
		}
	}
	if written["error"] == 0 && r.ExitCode() != scenarios.ExitPass {
		annotate("error", name(r.Scenario.Name), message(Sentence(r)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// annotation is the level and the text of a finding's; "": it has none.
func annotation(r scenarios.Result, f scenarios.Finding) (level, text string) {
	switch f.Status {
	case scenarios.StatusFail:
		return "error", claim(f)
	case scenarios.StatusInconclusive:
		return either(r.ExitCode() == scenarios.ExitPass, "warning", "error"), claim(f)
	case scenarios.StatusPass:
		if f.Note != "" {
			return "notice", message(f.Note)
		}
	}
	return "", ""
}

// escapeData is text as the data of a command.
func escapeData(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// escapeProperty is text as a property of a command.
func escapeProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}

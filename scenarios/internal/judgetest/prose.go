package judgetest

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Prose compares all that findings say with the golden file of the test, one
// section a case: tests hold data, and goldens the words.
func Prose(t *testing.T, fs ...scenarios.Finding) {
	t.Helper()
	var b strings.Builder
	for _, f := range fs {
		fmt.Fprintf(&b, "%s %s", f.Status, f.ID)
		if f.Subject != "" {
			fmt.Fprintf(&b, " [%s]", f.Subject)
		}
		b.WriteString("\n")
		line := func(term, text string) {
			if text != "" {
				fmt.Fprintf(&b, "    %s%s\n", term, text)
			}
		}
		line("", f.Message)
		line("note: ", f.Note)
		line("explain: ", f.Explain)
		for _, fix := range f.Fix {
			line("fix: ", Describe(fix))
		}
	}
	CheckCounts(t, b.String())
	name, _, _ := strings.Cut(t.Name(), "/")
	golden.Section(t, filepath.Join("testdata", "golden", name+".txt"), b.String())
}

// wrongCounts are counts of one with a noun or a verb of several: "1 sessions", "1 of 8
// sessions were".
var wrongCounts = regexp.MustCompile(`(?:^|[^.,:/\d-])1 (?:(?:of [^ ]+ )?(?:[a-z]+ )?(?:session|coordinator|node|step|look|connection|certificate|thread|sample|call|day|close|pair)s?\b (?:were|are|have|do|stay|count)\b|(?:[a-z]+ )?(?:session|coordinator|node|step|look|connection|certificate|thread|sample|call|day|close|pair)s\b)`)

// CheckCounts fails t where a text has a count that does not agree with its noun or verb.
func CheckCounts(t *testing.T, text string) {
	t.Helper()
	if wrong := wrongCounts.FindString(text); wrong != "" {
		t.Errorf("%q does not agree, in\n%s", wrong, text)
	}
}

// Describe writes a fix: "expect.nodes: 2", "tls.ca_cert (trust the authority)".
func Describe(f vocab.Fix) string {
	text := f.Setting
	if f.Value != "" {
		text += ": " + f.Value
	}
	if f.Setting == "" || f.Why == "" {
		return text + f.Why
	}
	return text + " (" + f.Why + ")"
}

// ProseOf compares what the findings of these ids say.
func ProseOf(t *testing.T, fs []scenarios.Finding, ids ...string) {
	t.Helper()
	var out []scenarios.Finding
	for _, id := range ids {
		out = append(out, Find(t, fs, id)...)
	}
	Prose(t, out...)
}

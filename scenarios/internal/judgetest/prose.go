package judgetest

import (
	"fmt"
	"path/filepath"
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
	name, _, _ := strings.Cut(t.Name(), "/")
	golden.Section(t, filepath.Join("testdata", "golden", name+".txt"), b.String())
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

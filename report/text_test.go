package report_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/olekukonko/tablewriter/pkg/twwidth"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// grepLine is a failed session, the one kind of line beside the last that may be
// wider than the page.
var grepLine = regexp.MustCompile(`^  \d{4}-\d\d-\d\dT\S+Z \S+ -> \S+ `)

func TestWrite_NoLineIsWiderThanThePage(t *testing.T) {
	eachRun(t, func(t *testing.T, _ string, r scenarios.Result) {
		for _, width := range []int{60, 80, 100, 140} {
			lines := textLines(t, r, report.Style{Width: width, Explain: true})
			for _, line := range lines[:len(lines)-1] {
				title := strings.HasPrefix(line, "Failed sessions: ")
				if w := twwidth.WidthWithOptions(line, twwidth.Options{}); w > width && !title && !grepLine.MatchString(line) {
					t.Errorf("width %d: a line of %d columns: %q", width, w, line)
				}
			}
		}
	})
}

func TestWrite_LastLineIsTheVerdict(t *testing.T) {
	eachRun(t, func(t *testing.T, _ string, r scenarios.Result) {
		lines := textLines(t, r, report.Style{Width: 60})
		if got := lines[len(lines)-1]; got != r.Summary {
			t.Errorf("last line = %q, want %q", got, r.Summary)
		}
	})
}

// isControl reports whether a terminal might do anything but show c.
func isControl(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }

func TestWrite_NoControlCharacters(t *testing.T) {
	eachRun(t, func(t *testing.T, _ string, r scenarios.Result) {
		for _, f := range []report.Format{report.FormatText, report.FormatJUnit} {
			got := render(t, f, r, report.Style{Explain: true})
			if i := bytes.IndexFunc(got, isControl); i >= 0 {
				t.Errorf("%s holds %q", f, got[i:min(i+8, len(got))])
			}
		}
	})
}

func TestWrite_ColourOnlyAdds(t *testing.T) {
	eachRun(t, func(t *testing.T, _ string, r scenarios.Result) {
		plain := render(t, report.FormatText, r, report.Style{})
		coloured := render(t, report.FormatText, r, report.Style{Color: true})
		if !bytes.Contains(coloured, []byte("\x1b[1m")) {
			t.Error("nothing is coloured")
		}
		if got := regexp.MustCompile(`\x1b\[\d*m`).ReplaceAll(coloured, nil); !bytes.Equal(got, plain) {
			t.Errorf("without its colours the text is another:\n%s", got)
		}
	})
}

func TestWrite_NoTrailingSpaces(t *testing.T) {
	eachRun(t, func(t *testing.T, _ string, r scenarios.Result) {
		for _, line := range textLines(t, r, report.Style{}) {
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%q", line)
			}
		}
	})
}

func TestWrite_EmptyResultIsInconclusive(t *testing.T) {
	t.Parallel()
	lines := textLines(t, scenarios.Result{}, report.Style{})
	if got, want := lines[len(lines)-1], "INCONCLUSIVE: nothing was measured; the run did not complete."; got != want {
		t.Errorf("last line = %q, want %q", got, want)
	}
}

func TestWrite_BoundsFailures(t *testing.T) {
	t.Parallel()
	var r scenarios.Result
	r.Failures = make([]scenarios.Failure, 33)
	lines := textLines(t, r, report.Style{})
	n := 0
	for _, line := range lines {
		if grepLine.MatchString(line) {
			n++
		}
	}
	if n != 20 || !strings.Contains(strings.Join(lines, "\n"), "... and 13 more sessions in the JSON") {
		t.Errorf("%d failed sessions are listed:\n%s", n, strings.Join(lines, "\n"))
	}
}

func textLines(t testing.TB, r scenarios.Result, s report.Style) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(string(render(t, report.FormatText, r, s)), "\n"), "\n")
}

func TestWrite_SkippedForOneReasonShareALine(t *testing.T) {
	t.Parallel()
	skipped := func(id, why, setting string) scenarios.Finding {
		f := scenarios.Finding{ID: id, Status: scenarios.StatusSkipped, Message: why}
		if setting != "" {
			f.Fix = scenarios.Fixes{{Setting: setting, Value: "true"}}
		}
		return f
	}
	r := scenarios.Result{Findings: []scenarios.Finding{
		skipped("a", "no TLS", ""), skipped("b", "no TLS", ""), skipped("c", "no TLS", "tls.enabled"), skipped("d", "alone", ""), {ID: "e", Status: scenarios.StatusPass, Message: "alone"},
		skipped("f", "no TLS", ""), {ID: "g", Status: scenarios.StatusSkipped, Subject: "a node", Message: "no TLS"},
	}}
	text := strings.Join(textLines(t, r, report.Style{}), "\n")
	for _, want := range []string{
		"  skipped  no TLS: a, b, f\n", "  skipped  c  no TLS\n           fix: tls.enabled: true\n", "  skipped  d  alone\n", "  pass     e  alone\n  skipped  g  a node: no TLS\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestWrite_SharesOnlyWhereBalanceIsTested(t *testing.T) {
	t.Parallel()
	for _, k := range append(scenarios.Kinds(), "") {
		r := aRun()
		r.Scenario.Kind, r.Policy.Declared = k, scenarios.PolicyRandom
		r.Looks = []scenarios.Look{{Kind: scenarios.LookWhole, Planned: 10}}
		text := strings.Join(textLines(t, r, report.Style{}), "\n")
		balanced := k == "" || k == scenarios.KindLooks || k == scenarios.KindStages
		for _, of := range []string{"expected", "60.0 %", "policy      random"} {
			if strings.Contains(text, of) != balanced {
				t.Errorf("%q: %q is there: %v, in\n%s", k, of, !balanced, text)
			}
		}
		if strings.Contains(text, "look of") {
			t.Errorf("%q: one look that is all there is:\n%s", k, text)
		}
	}
}

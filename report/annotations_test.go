package report_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// annotation is what GitHub reads of a line of ours: no property but the title.
var annotation = regexp.MustCompile(`^::(error|warning|notice) title=([^:,\r\n]*)::([^\r\n]*)$`)

// annotations reads what GitHub would show, a level, a title and a text each.
func annotations(t *testing.T, r scenarios.Result) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := report.WriteAnnotations(&b, r); err != nil {
		t.Fatal(err)
	}
	var all [][]string
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	for line := range strings.Lines(b.String()) {
		m := annotation.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			t.Fatalf("%q is no annotation", line)
		}
		all = append(all, []string{m[1], unescape.Replace(m[2]), unescape.Replace(m[3])})
	}
	return all
}

func TestWriteAnnotations_ErrorUnlessTheRunPassed(t *testing.T) {
	each(t, func(t *testing.T, _ string, r scenarios.Result) {
		errs := 0
		for _, a := range annotations(t, r) {
			if a[0] == "error" {
				errs++
			}
		}
		if (errs > 0) != (r.ExitCode() != scenarios.ExitPass) {
			t.Errorf("%d errors, exit %d", errs, r.ExitCode())
		}
	}, runs, forged)
}

func TestWriteAnnotations_Levels(t *testing.T) {
	t.Parallel()
	r := scenarios.Result{Verdict: scenarios.StatusInconclusive, Findings: []scenarios.Finding{
		{ID: "a.a", Status: scenarios.StatusPass}, {ID: "b.b", Message: "50 % of a, b"}, {ID: "c.c", Status: scenarios.StatusPass, Note: "slow"}, {ID: "d.d", Status: scenarios.StatusSkipped},
	}}
	r.Scenario.Name = "smoke"
	want := [][]string{{"error", "impala-lbcheck smoke: b.b", "50 % of a, b"}, {"notice", "impala-lbcheck smoke: c.c", "slow"}}
	check := func(want [][]string) {
		t.Helper()
		got := annotations(t, r)
		if len(got) != len(want) {
			t.Fatalf("%q", got)
		}
		for i := range want {
			if strings.Join(got[i], "|") != strings.Join(want[i], "|") {
				t.Errorf("%q, want %q", got[i], want[i])
			}
		}
	}
	check(want)
	r.Scenario.Inconclusive = scenarios.OnInconclusivePass
	want[0][0] = "warning"
	check(want)
}

func TestWriteAnnotations_AreAsManyAsGitHubShows(t *testing.T) {
	t.Parallel()
	r := scenarios.Result{Verdict: scenarios.StatusFail}
	for range 1000 {
		r.Findings = append(r.Findings, scenarios.Finding{ID: scenarios.BalanceUnexpected, Status: scenarios.StatusFail, Message: "m"})
	}
	if n := len(annotations(t, r)); n != 10 {
		t.Errorf("%d annotations", n)
	}
}

func TestWriteAnnotations_HoldNoOtherCommand(t *testing.T) {
	t.Parallel()
	for _, s := range append([]string{
		"a\n::error::b", "a\r::error::b", "a%0A::error::b", "x::add-mask::y", "a,file=b.go,line=1", "a:b", "%", "a%3Ab", "]]", "##[error]x",
	}, commandsOfCI...) {
		r := hostileResult(s)
		for i := range r.Findings {
			r.Findings[i].ID, r.Findings[i].Message, r.Findings[i].Note, r.Findings[i].Subject = s, s, s, s
		}
		for _, a := range annotations(t, r) {
			// What GitHub shows is what Neutralize makes of it: nothing was lost or added.
			if want := report.Neutralize(s, 120); want != "" && !strings.Contains(a[1], want) && !strings.Contains(a[2], want) {
				t.Errorf("%q of %q", a, s)
			}
		}
	}
}

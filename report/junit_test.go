package report_test

import (
	"encoding/xml"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// outcome is what a red test says.
type outcome struct {
	Message string `xml:"message,attr"`
	Body    string `xml:",chardata"`
}

// suites is JUnit as a reader of it sees it.
type suites struct {
	Tests    int  `xml:"tests,attr"`
	Failures int  `xml:"failures,attr"`
	Errors   int  `xml:"errors,attr"`
	Skipped  *int `xml:"skipped,attr"`
	Suite    struct {
		Skipped int    `xml:"skipped,attr"`
		Name    string `xml:"name,attr"`
		Cases   []struct {
			Class   string    `xml:"classname,attr"`
			Name    string    `xml:"name,attr"`
			Time    string    `xml:"time,attr"`
			Failure *outcome  `xml:"failure"`
			Error   *outcome  `xml:"error"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

func parse(t *testing.T, r scenarios.Result) suites {
	t.Helper()
	var s suites
	if err := xml.Unmarshal(render(t, report.FormatJUnit, r, report.Style{}), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWrite_JUnitIsRedUnlessTheRunPassed(t *testing.T) {
	eachRun(t, func(t *testing.T, _ string, r scenarios.Result) {
		s := parse(t, r)
		if red := s.Failures+s.Errors > 0; red != (r.Verdict != scenarios.StatusPass) {
			t.Errorf("verdict %s with %d failures and %d errors", r.Verdict, s.Failures, s.Errors)
		}
		if s.Tests != len(s.Suite.Cases) || s.Suite.Name != "impala-lbcheck."+r.Scenario.Name {
			t.Errorf("%d tests in %d cases of %s", s.Tests, len(s.Suite.Cases), s.Suite.Name)
		}
	})
}

// CI systems follow a test by its names, so these hold neither numbers nor what a
// server says of itself.
func TestWrite_JUnitNamesAreIDs(t *testing.T) {
	each(t, func(t *testing.T, _ string, r scenarios.Result) {
		ids := map[string]bool{"verdict": true}
		for _, f := range r.Findings {
			ids[report.Neutralize(f.ID, 120)] = true
		}
		seen := map[string]bool{}
		for _, c := range parse(t, r).Suite.Cases {
			if !ids[c.Name] || seen[c.Name] || c.Class != "impala-lbcheck."+report.Neutralize(r.Scenario.Name, 120) {
				t.Errorf("test %q of %q is no id of a finding, or there twice", c.Name, c.Class)
			}
			seen[c.Name] = true
		}
	}, runs, forged)
}

func TestWrite_JUnitHasOneTestForFindingsOfOneID(t *testing.T) {
	t.Parallel()
	unexpected := func(s scenarios.Status, who string) scenarios.Finding {
		return scenarios.Finding{ID: scenarios.BalanceUnexpected, Status: s, Subject: who, Message: who + " answered"}
	}
	s := parse(t, scenarios.Result{Verdict: scenarios.StatusFail, Findings: []scenarios.Finding{
		unexpected(scenarios.StatusPass, "a"), unexpected(scenarios.StatusFail, "b"), {ID: scenarios.ErrorsRate, Status: scenarios.StatusPass}, unexpected(scenarios.StatusFail, "c"),
	}})
	c := s.Suite.Cases
	if len(c) != 2 || s.Failures != 1 || c[0].Name != scenarios.BalanceUnexpected || c[1].Name != scenarios.ErrorsRate {
		t.Fatalf("%+v", c)
	}
	if c[0].Failure.Message != "b answered (and 1 more)" || !strings.Contains(c[0].Failure.Body, "subject: b") || !strings.Contains(c[0].Failure.Body, "c answered\nsubject: c") {
		t.Errorf("%+v", c[0].Failure)
	}
}

// The page promises the name of every test.
func TestWrite_JUnitNamesArePromised(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(page), "\n## JUnit\n")
	section, _, _ = strings.Cut(section, "\n## ")
	ids := findingIDs(t)
	if !found || len(ids) < 20 {
		t.Fatalf("section JUnit found: %t; %d ids", found, len(ids))
	}
	for _, id := range ids {
		if !strings.Contains(section, "`"+id) {
			t.Errorf("docs/results.md, JUnit, does not have %s", id)
		}
	}
}

// findingIDs are the ids that the source declares.
func findingIDs(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../scenarios/finding.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			if text, ok := v.Values[0].(*ast.BasicLit); ok && text.Kind == token.STRING {
				id, err := strconv.Unquote(text.Value)
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, id)
			}
		}
		return true
	})
	return ids
}

func TestWrite_JUnitErrorWithoutFindings(t *testing.T) {
	t.Parallel()
	s := parse(t, scenarios.Result{})
	if s.Errors != 1 || s.Suite.Cases[0].Error == nil {
		t.Errorf("%+v", s)
	}
}

func TestWrite_JUnitFailureWithoutFailedFinding(t *testing.T) {
	t.Parallel()
	s := parse(t, scenarios.Result{Verdict: scenarios.StatusFail, Findings: []scenarios.Finding{{ID: scenarios.ErrorsRate, Status: scenarios.StatusPass}}})
	if s.Failures != 1 || s.Suite.Cases[1].Name != "verdict" {
		t.Errorf("%+v", s)
	}
}

func TestWrite_JUnitStatuses(t *testing.T) {
	t.Parallel()
	s := parse(t, scenarios.Result{Verdict: scenarios.StatusFail, Findings: []scenarios.Finding{
		{ID: "a", Status: scenarios.StatusPass}, {ID: "b", Status: scenarios.StatusFail}, {ID: "c", Status: scenarios.StatusSkipped}, {ID: "d", Subject: "node"},
	}})
	c := s.Suite.Cases
	if c[0].Failure != nil || c[0].Error != nil || c[0].Skipped != nil {
		t.Error("a pass is not plain")
	}
	if c[1].Failure == nil || c[2].Skipped == nil || c[3].Error == nil || c[3].Name != "d" {
		t.Errorf("%+v", c)
	}
}

func TestWrite_JUnitEscapesXML(t *testing.T) {
	t.Parallel()
	bad := "]]> <b> & \x00 \ufffe \xff \ud7ff"
	parse(t, scenarios.Result{Findings: []scenarios.Finding{{ID: bad, Message: bad, Note: bad, Explain: bad, Subject: bad}}, Notes: []string{bad}})
}

// Jenkins's schema has skipped on a suite and not on the suites, and a time on each.
func TestWrite_JUnitFitsJenkinsSchema(t *testing.T) {
	t.Parallel()
	r := scenarios.Result{Measured: scenarios.Measured{Scenario: scenarios.Scenario{Kind: scenarios.KindCapacity}}, Seconds: 61.5,
		Findings: []scenarios.Finding{{ID: scenarios.CapacityHeld, Status: scenarios.StatusFail}, {ID: scenarios.TLSChain, Status: scenarios.StatusSkipped}}}
	s := parse(t, r)
	if s.Skipped != nil || s.Suite.Skipped != 1 {
		t.Errorf("skipped of the suites %v, of the suite %d", s.Skipped, s.Suite.Skipped)
	}
	if held, chain := s.Suite.Cases[0].Time, s.Suite.Cases[1].Time; held != "61.500" || chain != "0.000" {
		t.Errorf("times %q and %q", held, chain)
	}
}

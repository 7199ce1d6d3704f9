package report_test

import (
	"encoding/xml"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

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
			Name    string    `xml:"name,attr"`
			Time    string    `xml:"time,attr"`
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
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
	if c[1].Failure == nil || c[2].Skipped == nil || c[3].Error == nil || c[3].Name != "d node" {
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

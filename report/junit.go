package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The JUnit format as Jenkins, GitHub's reporters and GitLab read it: suites,
// one suite, its properties, cases and output, in this order.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitCounts
		Suite junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string `xml:"name,attr"`
		Timestamp string `xml:"timestamp,attr"`
		junitCounts
		Skipped    int             `xml:"skipped,attr"` // Jenkins's schema has it here alone
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		SystemOut  junitText       `xml:"system-out"`
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Time     string `xml:"time,attr"` // seconds
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class     string        `xml:"classname,attr"`
		Name      string        `xml:"name,attr"`
		Time      string        `xml:"time,attr"` // seconds
		Failure   *junitOutcome `xml:"failure"`
		Error     *junitOutcome `xml:"error"`
		Skipped   *junitSkipped `xml:"skipped"`
		SystemOut *junitText    `xml:"system-out"`
	}
	junitOutcome struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Body    string `xml:",cdata"`
	}
	junitText struct {
		Text string `xml:",cdata"` // its lines stay lines
	}
	junitSkipped struct {
		Message string `xml:"message,attr"`
	}
)

// writeJUnit writes one test case per finding. A claim that could not be judged
// is an error, since a skipped case shows green.
func writeJUnit(w io.Writer, r scenarios.Result, s Style) error {
	var text strings.Builder
	if err := writeText(&text, r, Style{Explain: true, Setting: s.Setting}); err != nil {
		return err
	}
	suite := junitSuite{
		Name:       "impala-lbcheck." + name(r.Scenario.Name),
		Timestamp:  clock(r.Started, layoutJUnit),
		Properties: properties(r),
		SystemOut:  junitText{"\n" + text.String()},
	}
	for _, f := range r.Findings {
		c := caseOf(suite.Name, f, s)
		if f.ID == kindOf(r).question {
			c.Time = thousandths(r.Seconds) // the whole run was made for it
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.count()
	if verdict, ok := verdictCase(suite, r, s); ok {
		suite.Cases = append(suite.Cases, verdict)
		suite.count()
	}
	suite.Time = thousandths(r.Seconds)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(junitSuites{Name: "impala-lbcheck", junitCounts: suite.junitCounts, Suite: suite}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func properties(r scenarios.Result) []junitProperty {
	return []junitProperty{
		{"run", name(r.Run)},
		{"seed", strconv.FormatUint(r.Seed, 10)},
		{"tool", name(r.Tool)},
		{"verdict", r.Verdict.String()},
		{"exit", strconv.Itoa(r.Exit)},
	}
}

func caseOf(class string, f scenarios.Finding, s Style) junitCase {
	c := junitCase{Class: class, Name: strings.TrimSpace(name(f.ID) + " " + name(f.Subject)), Time: thousandths(0)}
	if f.Note != "" {
		c.SystemOut = &junitText{"note: " + message(f.Note)}
	}
	outcome := &junitOutcome{Message: claim(f), Type: name(f.ID), Body: details(f, s)}
	switch f.Status {
	case scenarios.StatusPass:
	case scenarios.StatusFail:
		c.Failure = outcome
	case scenarios.StatusSkipped:
		c.Skipped = &junitSkipped{Message: claim(f)}
	default:
		c.Error = outcome
	}
	return c
}

// verdictCase is the case for a verdict that follows from no finding: a run that
// measured nothing, or was cut short, is an error even where nothing was judged.
func verdictCase(suite junitSuite, r scenarios.Result, s Style) (junitCase, bool) {
	c := junitCase{Class: suite.Name, Name: "verdict", Time: thousandths(0)}
	outcome := &junitOutcome{Message: message(Sentence(r)), Type: "verdict", Body: s.Fixes(next(r))}
	switch {
	case r.Verdict == scenarios.StatusFail && suite.Failures == 0:
		c.Failure = outcome
	case r.Verdict == scenarios.StatusInconclusive && suite.Failures+suite.Errors == 0:
		c.Error = outcome
	default:
		return c, false
	}
	return c, true
}

// details are a finding's numbers, fixes and arithmetic, line by line.
func details(f scenarios.Finding, s Style) string {
	var lines []string
	for _, n := range []struct {
		term  string
		value *float64
	}{{"observed", f.Observed}, {"expected", f.Expected}, {"p", f.P}, {"limit", f.Limit}} {
		if n.value != nil {
			lines = append(lines, fmt.Sprintf("%s: %.6g", n.term, *n.value))
		}
	}
	if f.Confirmed {
		lines = append(lines, "confirmed by a fresh look")
	}
	for _, t := range []struct{ term, text string }{{"fix", s.Fixes(f.Fix)}, {"see", message(f.See)}} {
		if t.text != "" {
			lines = append(lines, t.term+": "+t.text)
		}
	}
	return strings.Join(append(lines, arithmetic(f.Explain)...), "\n")
}

// count counts the cases.
func (s *junitSuite) count() {
	s.junitCounts, s.Skipped = junitCounts{Tests: len(s.Cases)}, 0
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

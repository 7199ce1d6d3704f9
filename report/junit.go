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

// writeJUnit writes one test case for each id of a finding, so that CI systems can
// follow a test from run to run: its name is the id alone. A claim that could not be
// judged is an error, since a skipped case shows green.
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
	for _, fs := range byName(r.Findings) {
		c := caseOf(suite.Name, fs, s)
		if fs[0].ID == kindOf(r).question {
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

// byName groups findings by the name of their test, in the order of the first of each:
// an id may have several, such as one for each undeclared coordinator.
func byName(fs []scenarios.Finding) [][]scenarios.Finding {
	var groups [][]scenarios.Finding
	at := map[string]int{}
	for _, f := range fs {
		i, known := at[name(f.ID)]
		if !known {
			i = len(groups)
			at[name(f.ID)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], f)
	}
	return groups
}

// caseOf is the test of the findings of one id. The worst of them decide; what they are
// about, and what they counted, is in its message and its text.
func caseOf(class string, fs []scenarios.Finding, s Style) junitCase {
	c := junitCase{Class: class, Name: name(fs[0].ID), Time: thousandths(0)}
	if text := notesOf(fs); text != "" {
		c.SystemOut = &junitText{text}
	}
	status, decisive := worst(fs)
	outcome := outcomeOf(decisive, s)
	switch status {
	case scenarios.StatusPass:
	case scenarios.StatusFail:
		c.Failure = outcome
	case scenarios.StatusSkipped:
		c.Skipped = &junitSkipped{Message: outcome.Message}
	default:
		c.Error = outcome
	}
	return c
}

// worst is the status of several findings together, and those that have it.
func worst(fs []scenarios.Finding) (scenarios.Status, []scenarios.Finding) {
	for _, s := range []scenarios.Status{scenarios.StatusFail, scenarios.StatusInconclusive, scenarios.StatusPass} {
		if decisive := having(fs, s); len(decisive) > 0 {
			return s, decisive
		}
	}
	return scenarios.StatusSkipped, fs
}

func notesOf(fs []scenarios.Finding) string {
	var lines []string
	for _, f := range fs {
		if f.Note != "" && len(lines) < maxOfOneID {
			lines = append(lines, "note: "+message(f.Note))
		}
	}
	return strings.Join(lines, "\n")
}

// maxOfOneID bounds how many findings of one id are written in full.
const maxOfOneID = 20

// outcomeOf is what the findings of one id say.
func outcomeOf(fs []scenarios.Finding, s Style) *junitOutcome {
	shown := fs[:min(maxOfOneID, len(fs))]
	var bodies []string
	for _, f := range shown {
		body := details(f, s)
		if len(fs) > 1 {
			body = claim(f) + "\n" + body
		}
		bodies = append(bodies, strings.TrimSuffix(body, "\n"))
	}
	text := claim(fs[0])
	if others := len(fs) - 1; others > 0 {
		text += fmt.Sprintf(" (and %d more)", others)
	}
	return &junitOutcome{Message: text, Type: name(fs[0].ID), Body: strings.Join(bodies, "\n\n")}
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

// details are a finding's subject, numbers, fixes and arithmetic, line by line.
func details(f scenarios.Finding, s Style) string {
	var lines []string
	if f.Subject != "" {
		lines = append(lines, "subject: "+name(f.Subject))
	}
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

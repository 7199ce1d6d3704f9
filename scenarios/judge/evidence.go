package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// Evidence is everything that a verdict rests on: what a run measured, and why
// it ended.
type Evidence = scenarios.Measured

// FromResult is the evidence that a stored result holds.
func FromResult(r scenarios.Result) Evidence { return r.Measured }

// NextLook is a further look that a judge asks for.
type NextLook = scenarios.NextLook

// judgeFunc turns evidence into findings.
type judgeFunc func(Evidence) ([]scenarios.Finding, NextLook)

// Report is what all judges together say.
type Report struct {
	Findings []scenarios.Finding
	Verdict  scenarios.Status
	Next     NextLook
	Inferred scenarios.Policy // as the order of sessions tells it; "": it does not
	Detect   *scenarios.Detectable
	Notes    []string
	Capacity *scenarios.Capacity // the evidence's, completed; nil where it has none
}

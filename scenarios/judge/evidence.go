package judge

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// Evidence is everything that a verdict rests on: what a run measured, and why
// it ended.
type Evidence struct{ scenarios.Measured }

// Of is the evidence that a stored result holds.
func Of(r scenarios.Result) Evidence { return Evidence{r.Measured} }

// Ask is a judge's wish for a further look; the zero Ask wishes for none. A
// finding that waits for a look is inconclusive, and stays so where the look
// cannot be had.
type Ask struct {
	Kind     scenarios.LookKind
	Sessions int
	Why      string // one clause for the progress line: "balance.coverage alarmed"
}

// Judge turns evidence into findings.
type Judge func(Evidence) ([]scenarios.Finding, Ask)

// Judgement is what all judges together say.
type Judgement struct {
	Findings []scenarios.Finding
	Verdict  scenarios.Status
	Ask      Ask
	Inferred scenarios.Policy // as the order of sessions tells it; "": it does not
	Detect   *scenarios.Detectable
	Notes    []string
	Capacity *scenarios.Capacity // the evidence's, completed; nil where it has none
}

package merge

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// BaselineError is about two results that were not held against the same earlier run, by
// the same limits: held against either, or against none, the sum would be judged by less
// than one of them was. DropBaselines leaves them out.
type BaselineError struct {
	First, Other string // names of the documents

	first, other *scenarios.Baseline
}

func (e *BaselineError) Error() string {
	if e.first != nil && e.other != nil && e.first.Run == e.other.Run {
		return fmt.Sprintf("%s: it and %s are held against the run %.100q by different limits", e.Other, e.First, e.first.Run)
	}
	return fmt.Sprintf("%s: it is held against %s, and %s against %s", e.Other, baselineName(e.other), e.First, baselineName(e.first))
}

func baselineName(b *scenarios.Baseline) string {
	if b == nil {
		return "no earlier run"
	}
	return fmt.Sprintf("the run %.100q", b.Run)
}

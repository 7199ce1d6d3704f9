package judge

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
)

// Conclude fills in all of a result that follows from what was measured, and
// from what the judges say of it; Summary alone is not theirs to write.
func Conclude(r *scenarios.Result, j Judgement) {
	e, _ := byAccount(r.Measured)
	r.Complete = r.Stopped == nil
	r.Findings, r.Verdict, r.Detect = j.Findings, j.Verdict, j.Detect
	r.Policy = scenarios.PolicySeen{Declared: cmp.Or(r.Scenario.Expect.Balance.Policy, scenarios.PolicyAuto), Inferred: j.Inferred}
	r.Notes = slices.Concat(r.Remarks, j.Notes)
	if j.Capacity != nil {
		r.Capacity = j.Capacity
	}
	r.Coords = coordinators(e, ExpectedShares(e))
	r.Errors = []scenarios.ErrorGroup{}
	for _, l := range r.Looks {
		r.Errors = scenarios.MergeErrors(r.Errors, l.Errors...)
	}
	r.Errors = cause.ForErrors(causes(e), r.Errors)
	if !r.Signalled() {
		r.Exit = r.ExitCode()
	}
}

// causes are those of the sessions that should not have failed.
func causes(e scenarios.Measured) []cause.Cause {
	if e.Capacity != nil {
		return heldOf(e).causes
	}
	return cause.Of(e)
}

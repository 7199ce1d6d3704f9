package judge

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
)

// Conclude fills in all of a result that follows from what was measured, and
// from what the judges say of it; Summary alone is not theirs to write.
func Conclude(r *scenarios.Result, j Judgement) {
	conclude(r, j)
	if err := r.CheckCounts(); err != nil {
		r.Findings = append(slices.Clone(r.Findings), contradiction(err))
		r.Verdict = scenarios.VerdictOf(r.Findings)
	}
	if !r.Signalled() {
		r.Exit = r.ExitCode()
	}
}

// ConcludeSoFar is Conclude of a run that goes on: nothing is found yet, nor that counts
// disagree, since sessions end while they are read.
func ConcludeSoFar(r *scenarios.Result) {
	conclude(r, Judgement{})
	r.Complete = false
	r.Exit = r.ExitCode()
}

// conclude fills in what follows, but for what counts say of each other and the exit code.
func conclude(r *scenarios.Result, j Judgement) {
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
}

// contradiction is the finding that counts do not add up. No run has it, unless this program
// is at fault; but where it is, what the other findings say of numbers is not proven, and a
// reader would refuse the result.
func contradiction(err error) scenarios.Finding {
	return scenarios.Finding{
		ID: scenarios.CountsAgree, Status: scenarios.StatusInconclusive,
		Message: fmt.Sprintf("the counts of this result contradict each other (%s): this is a fault of impala-lbcheck, and nothing here is proven", err),
		Fix:     scenarios.Fixes{{Why: "report it with the result file"}},
	}
}

// causes are those of the sessions that should not have failed.
func causes(e scenarios.Measured) []cause.Cause {
	if e.Capacity != nil {
		return heldOf(e).causes
	}
	return cause.Of(e)
}

package cause

import (
	"fmt"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// Statement is what the coordinators on which a statement ran have in common.
type Statement struct {
	Pattern string
	Before  string // a clause to begin with
	Says    string // a clause on why; "": there is nothing to say
	Fix     scenarios.Fixes
}

// runs are the coordinators that a statement was sent to, and of them those where it
// failed.
type runs struct {
	e           scenarios.Measured
	failed, ran []scenarios.QueryTally
}

// statement is a pattern of why statements fail.
type statement struct {
	fits func(runs) bool
	what func(runs) Statement
}

// statements is the table of them, the surest first; the last fits always.
var statements = []statement{
	{runs.withoutExecutors, func(runs) Statement {
		return Statement{Pattern: "no executors", Before: "no executors", Says: "no coordinator has executors, which is not the balancer's fault",
			Fix: phrase.Try("start executors", "find out why the coordinators do not know them (port 25000, /backends)")}
	}},
	{runs.byAdmission, func(runs) Statement {
		return Statement{Pattern: "admission", Says: "admission control rejected it or queued it too long (no executors, or the pool is full), which is not the balancer's fault",
			Fix: phrase.Try("look at the pool's queue and at the executors (port 25000, /admission and /backends)", "choose another pool (query option REQUEST_POOL)")}
	}},
	{runs.elsewhere, func(r runs) Statement {
		return Statement{Pattern: "other coordinators", Says: "calls of one session reached other coordinators than the one that opened it, which is no coordinator's fault",
			Fix: Persistence(r.e.Scenario)}
	}},
	{runs.slow, func(r runs) Statement {
		return Statement{Pattern: ReasonOwnLimit, Says: fmt.Sprintf("it takes longer than load.timeout, %s, everywhere, which is no coordinator's fault", r.e.Scenario.Load.Timeout), Fix: slowStatementFix()}
	}},
	{runs.alike, func(runs) Statement {
		return Statement{Pattern: "alike everywhere", Says: "it fails alike everywhere, so it is the statement or what it reads, and no single coordinator",
			Fix: phrase.Try("run the statement with impala-shell on any coordinator; its error text is in the explanation")}
	}},
	{func(runs) bool { return true }, func(runs) Statement {
		return Statement{Pattern: "some", Fix: phrase.Try("run the statement on that coordinator with impala-shell; its error text is in the explanation")}
	}},
}

// OfStatement says why a statement failed.
func OfStatement(e scenarios.Measured, failed, ran []scenarios.QueryTally) Statement {
	r := runs{e, failed, ran}
	i := slices.IndexFunc(statements, func(s statement) bool { return s.fits(r) })
	return statements[i].what(r)
}

// withoutExecutors: admission control says so on every coordinator, as in "Queued
// reason: Waiting for executors to start", or "No healthy executor groups" (Impala's
// be/src/scheduling/admission-controller.cc).
func (r runs) withoutExecutors() bool {
	return r.everywhere(func(q scenarios.QueryTally) bool {
		return q.Class.IsAdmission() && strings.Contains(strings.ToLower(q.Example), "executor")
	})
}

func (r runs) byAdmission() bool {
	return slices.ContainsFunc(r.failed, func(q scenarios.QueryTally) bool { return q.Class.IsAdmission() })
}

// elsewhere: each failure is of a call that reached another coordinator than its session.
func (r runs) elsewhere() bool {
	return !slices.ContainsFunc(r.failed, func(q scenarios.QueryTally) bool { return q.Class.Kind != vocab.KindForeignHandle })
}

// slow: no coordinator ever finished within our time.
func (r runs) slow() bool {
	return r.everywhere(func(q scenarios.QueryTally) bool {
		return q.Class.IsTimeout() && !q.Class.Phase.UntilOpen() && q.Failed == q.Runs
	})
}

// alike: several coordinators, and each gave the same class of error each time.
func (r runs) alike() bool {
	return len(r.ran) > 1 && r.everywhere(func(q scenarios.QueryTally) bool { return q.Class == r.failed[0].Class && q.Failed == q.Runs }) &&
		!r.failed[0].Class.IsTimeout() && !r.failed[0].Class.IsClosed()
}

// everywhere reports whether it failed on every coordinator, and a condition holds
// for each.
func (r runs) everywhere(holds func(scenarios.QueryTally) bool) bool {
	return len(r.failed) == len(r.ran) && !slices.ContainsFunc(r.failed, func(q scenarios.QueryTally) bool { return !holds(q) })
}

package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/cause"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/generator"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// queryJudge asks whether the statement runs on every coordinator, and about as
// fast. Which coordinator gets it is the balancer's doing, whether it runs is not.
func queryJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	return []scenarios.Finding{succeeds(e), slowest(e)}, scenarios.NextLook{}
}

// succeeds asks whether every coordinator ran the statement as often as it should.
func succeeds(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.QuerySucceeds}
	looks := batch.Pool(e.Looks)
	cs := batch.MatchExpected(e.Scenario, looks)
	ran, failed := ranAndFailed(e.Queries)
	before := failedEarly(looks)
	switch {
	case len(failed) > 0:
		f.Status = scenarios.StatusFail
		f.Message, f.Fix = describeFailedRuns(e, failed, ran)
		f.Explain = examples(failed)
		if len(failed) == 1 && failed[0].Class.Kind != vocab.KindForeignHandle {
			f.Subject = failed[0].Coordinator
		}
	case before.n > 1:
		f.Status, f.Message, f.Fix = scenarios.StatusFail, before.sentence(e), cause.Fixes(cause.Of(e))
	case len(ran) == 0:
		_, f.Message = batch.NoSession(0)
	default:
		f = ranEverywhere(f, e, cs)
	}
	if before.n == 1 || before.n > 1 && len(failed) > 0 {
		f.Note = phrase.Join(f.Note, before.sentence(e))
	}
	if own := batch.LocalFailures(looks); own > 0 {
		f.Note = phrase.Join(f.Note, generator.FailedHere(own)+", not counted")
	}
	if len(cs.Undeclared) > 0 {
		f.Note = phrase.Join(f.Note, "Undeclared: "+phrase.List(cs.Undeclared))
	}
	return f
}

// ranAndFailed are the coordinators that the statement was sent to, and of them those
// where it failed; failures of this machine are neither.
func ranAndFailed(all []scenarios.QueryTally) (ran, failed []scenarios.QueryTally) {
	for _, q := range all {
		switch {
		case q.Runs == 0 || q.Class.IsLocal():
		case q.Failed > 0:
			ran, failed = append(ran, q), append(failed, q)
		default:
			ran = append(ran, q)
		}
	}
	return ran, failed
}

// ranEverywhere judges a statement that failed nowhere: was it asked everywhere?
func ranEverywhere(f scenarios.Finding, e scenarios.Measured, cs batch.CoordinatorSet) scenarios.Finding {
	var few []string
	runs := map[int]int{} // by slot
	for _, q := range e.Queries {
		if i, ok := cs.SlotOf[q.Coordinator]; ok {
			runs[i] += len(q.Times)
		}
	}
	unnamed := 0
	for i, s := range cs.Slots {
		switch {
		case runs[i] >= scenarios.RunsPerCoordinator:
		case s.Name == "":
			unnamed++
		case runs[i] == 0:
			few = append(few, s.Name+" never")
		default:
			few = append(few, fmt.Sprintf("%s %s", s.Name, often(runs[i])))
		}
	}
	if unnamed > 0 {
		few = append(few, fmt.Sprintf("%d of %d never", unnamed, len(cs.Slots)))
	}
	f.Observed, f.Expected = phrase.Num(len(cs.Slots)-len(few)), phrase.Num(len(cs.Slots))
	switch {
	case len(few) > 0:
		f.Message = fmt.Sprintf("it failed nowhere, but should run %s on each of %s; it ran on %s", often(scenarios.RunsPerCoordinator), phrase.Count(len(cs.Slots), "coordinator"), phrase.List(few))
		f.Fix = slices.Concat(phrase.Try("check that they are registered at the balancer and healthy (scenario smoke)"), phrase.Set("load.sessions", "", "open more sessions"))
	case cs.Declared == 0:
		f.Status, f.Message = scenarios.StatusPass, fmt.Sprintf("it ran %s on each of the %s that answered; none was declared: the set is unverified", often(scenarios.RunsPerCoordinator), phrase.Count(len(cs.Slots), "coordinator"))
		f.Fix = phrase.Set("expect.coordinators", strconv.Itoa(len(cs.Slots)), "")
	default:
		f.Status, f.Message = scenarios.StatusPass, fmt.Sprintf("it ran %s on each of %s", often(scenarios.RunsPerCoordinator), phrase.Count(len(cs.Slots), "coordinator"))
	}
	return f
}

// often writes "once", "twice", "3 times".
func often(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// earlyFailures are the sessions that failed before the statement was sent.
type earlyFailures struct {
	n      int
	groups []scenarios.ErrorGroup
}

func failedEarly(looks []batch.Look) earlyFailures {
	var out earlyFailures
	for _, g := range batch.ServiceErrors(looks) {
		if g.Class.Phase.UntilOpen() {
			out.n += g.Count
			out.groups = append(out.groups, g)
		}
	}
	return out
}

func (b earlyFailures) sentence(e scenarios.Measured) string {
	out := fmt.Sprintf("%s failed before the statement was sent: %s", phrase.Count(b.n, "session"), phrase.List(classNames(b.groups)))
	if says := cause.Sentence(cause.Of(e)); says != "" {
		out += "; " + says
	}
	return out
}

// describeFailedRuns says where the statement failed and why.
func describeFailedRuns(e scenarios.Measured, failed, ran []scenarios.QueryTally) (message string, fixes scenarios.Fixes) {
	by := map[scenarios.Class][]string{}
	var order []scenarios.Class
	for _, q := range failed {
		if by[q.Class] == nil {
			order = append(order, q.Class)
		}
		by[q.Class] = append(by[q.Class], q.Coordinator)
	}
	var parts []string
	for _, class := range order {
		parts = append(parts, fmt.Sprintf("%s on %s", class, phrase.List(by[class])))
	}
	message = fmt.Sprintf("it failed on %d of %s: %s", len(failed), phrase.Count(len(ran), "coordinator"), strings.Join(parts, "; "))
	why := cause.OfStatement(e, failed, ran)
	if why.Before != "" {
		message = why.Before + ": " + message
	}
	if why.Says != "" {
		message += "; " + why.Says
	}
	return message, why.Fix
}

// examples are the words of each failure.
func examples(failed []scenarios.QueryTally) string {
	var out []string
	for _, q := range failed {
		out = append(out, fmt.Sprintf("%s, %d of %d: %s", q.Coordinator, q.Failed, q.Runs, q.Example))
	}
	return strings.Join(out, "; ")
}

// minSlower is the smallest difference between medians that matters to a user, and
// more than a busy machine adds to both runs of a statement on one coordinator.
const minSlower = 150 * time.Millisecond

// slowest asks whether one coordinator takes much longer than the others.
func slowest(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.QuerySlowest}
	limit := e.Scenario.Expect.Slowest
	if limit == 0 {
		limit = scenarios.DefaultSlowest
	}
	at, most := -1, time.Duration(0)
	var medians []time.Duration
	var names []string
	for _, q := range e.Queries {
		if len(q.Times) == 0 {
			continue
		}
		m := scenarios.Median(q.Times).Duration()
		if at < 0 || m > most {
			at, most = len(medians), m
		}
		medians, names = append(medians, m), append(names, q.Coordinator)
	}
	if len(medians) < 2 {
		f.Status, f.Message = scenarios.StatusSkipped, fmt.Sprintf("%s ran it: there is no other to compare with", phrase.Count(len(medians), "coordinator"))
		return f
	}
	var others []scenarios.Seconds
	for i, m := range medians {
		if i != at {
			others = append(others, scenarios.SecondsOf(m))
		}
	}
	rest := max(scenarios.Median(others).Duration(), time.Microsecond)
	ratio := float64(most) / float64(rest)
	f.Subject, f.Observed, f.Limit, f.Status = names[at], phrase.Num(ratio), phrase.Num(limit), scenarios.StatusPass
	f.Message = fmt.Sprintf("%s takes %s, %s the median of the others, %s", names[at], phrase.Precise(most), phrase.Times(ratio), phrase.Precise(rest))
	f.Explain = fmt.Sprintf("The median of the slowest over the median of the others' medians; it fails at %g times and %s", limit, minSlower)
	switch {
	case ratio >= limit && most-rest >= minSlower:
		f.Status, f.Fix = scenarios.StatusFail, slices.Concat(phrase.Try("compare its load and its catalog with the others' (port 25000, /metrics and /queries)"), phrase.Set("expect.slowest", "", "raise the limit"))
	case ratio >= limit:
		f.Note = fmt.Sprintf("The difference is below %s, which is negligible", minSlower)
	}
	return f
}

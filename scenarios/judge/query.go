package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// queryJudge asks whether the statement runs on every coordinator, and about as
// fast. Which coordinator gets it is the balancer's doing, whether it runs is not.
func queryJudge(e scenarios.Measured) ([]scenarios.Finding, scenarios.NextLook) {
	return []scenarios.Finding{succeeds(e), slowest(e)}, scenarios.NextLook{}
}

// succeeds asks whether every coordinator ran the statement as often as it should.
func succeeds(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.QuerySucceeds}
	looks := pool(e.Looks)
	r := matchExpected(e.Scenario, looks)
	ran, failed := ranAndFailed(e.Queries)
	before := failedEarly(looks)
	switch {
	case len(failed) > 0:
		f.Status = scenarios.Fail
		f.Message, f.Fix = describeFailedRuns(failed, ran)
		f.Explain = examples(failed)
		if len(failed) == 1 {
			f.Subject = failed[0].Coordinator
		}
	case before.n > 1:
		f.Status, f.Message, f.Fix = scenarios.Fail, before.sentence(), fixesFor(before.groups, len(ran) > 0)
	case len(ran) == 0:
		_, f.Message = noSession(0)
	default:
		f = ranEverywhere(f, e, r)
	}
	if before.n == 1 || before.n > 1 && len(failed) > 0 {
		f.Note = join(f.Note, before.sentence())
	}
	if own := localFailures(looks); own > 0 {
		f.Note = join(f.Note, failedHere(own)+", which counts for nothing")
	}
	if len(r.undeclared) > 0 {
		f.Note = join(f.Note, "Declared by nobody: "+list(r.undeclared))
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
func ranEverywhere(f scenarios.Finding, e scenarios.Measured, r coordinatorSet) scenarios.Finding {
	var few []string
	runs := map[int]int{} // by seat
	for _, q := range e.Queries {
		if i, ok := r.slotOf[q.Coordinator]; ok {
			runs[i] += len(q.Times)
		}
	}
	unnamed := 0
	for i, s := range r.slots {
		switch {
		case runs[i] >= scenarios.RunsPerCoordinator:
		case s.name == "":
			unnamed++
		case runs[i] == 0:
			few = append(few, s.name+" never")
		default:
			few = append(few, fmt.Sprintf("%s %s", s.name, often(runs[i])))
		}
	}
	if unnamed > 0 {
		few = append(few, fmt.Sprintf("%d of %d never", unnamed, len(r.slots)))
	}
	f.Observed, f.Expected = num(len(r.slots)-len(few)), num(len(r.slots))
	switch {
	case len(few) > 0:
		f.Message = fmt.Sprintf("it failed nowhere, but it was to run %s on each of %s and ran on %s", often(scenarios.RunsPerCoordinator), count(len(r.slots), "coordinator"), list(few))
		f.Fix = slices.Concat(try("check that they are registered at the balancer and healthy (scenario smoke)"), set("load.sessions", "", "open more sessions"))
	case r.declared == 0:
		f.Status, f.Message = scenarios.Pass, fmt.Sprintf("it ran %s on each of the %s that answered; nobody said how many there are: set unverified", often(scenarios.RunsPerCoordinator), count(len(r.slots), "coordinator"))
		f.Fix = set("expect.coordinators", strconv.Itoa(len(r.slots)), "")
	default:
		f.Status, f.Message = scenarios.Pass, fmt.Sprintf("it ran %s on each of %s", often(scenarios.RunsPerCoordinator), count(len(r.slots), "coordinator"))
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

func failedEarly(looks []look) earlyFailures {
	var out earlyFailures
	for _, g := range serviceErrors(looks) {
		if g.Class.Phase.UntilOpen() {
			out.n += g.Count
			out.groups = append(out.groups, g)
		}
	}
	return out
}

func (b earlyFailures) sentence() string {
	return fmt.Sprintf("%s failed before the statement was sent: %s", count(b.n, "session"), list(classNames(b.groups)))
}

// describeFailedRuns says where the statement failed and why. What admission control
// does is never the balancer's doing.
func describeFailedRuns(failed, ran []scenarios.QueryTally) (message string, fixes scenarios.Fixes) {
	admission, empty := 0, 0
	by := map[scenarios.Class][]string{}
	var order []scenarios.Class
	for _, q := range failed {
		if by[q.Class] == nil {
			order = append(order, q.Class)
		}
		by[q.Class] = append(by[q.Class], q.Coordinator)
		if !q.Class.IsAdmission() {
			continue
		}
		admission++
		if namesExecutors(q.Example) {
			empty++
		}
	}
	var parts []string
	for _, class := range order {
		parts = append(parts, fmt.Sprintf("%s on %s", class, list(by[class])))
	}
	message = fmt.Sprintf("it failed on %d of %s: %s", len(failed), count(len(ran), "coordinator"), strings.Join(parts, "; "))
	switch {
	case empty == len(ran):
		return "no executors: " + message + "; no coordinator has anybody to run it on, which is not the balancer's doing", try("start executors", "find out why the coordinators do not know them (port 25000, /backends)")
	case admission > 0:
		return message + "; admission control refused it or let it wait too long (no executors, or the pool is full), which is not the balancer's doing", try("look at the pool's queue and at the executors (port 25000, /admission and /backends)", "choose another pool (query option REQUEST_POOL)")
	}
	return message, try("run the statement on that coordinator with impala-shell; its error text is in the explanation")
}

// namesExecutors reports whether a text of admission control is about executors:
// "Queued reason: Waiting for executors to start", or "No healthy executor
// groups" (Impala's be/src/scheduling/admission-controller.cc).
func namesExecutors(text string) bool { return strings.Contains(strings.ToLower(text), "executor") }

// examples are the words of each failure.
func examples(failed []scenarios.QueryTally) string {
	var out []string
	for _, q := range failed {
		out = append(out, fmt.Sprintf("%s, %d of %d: %s", q.Coordinator, q.Failed, q.Runs, q.Example))
	}
	return strings.Join(out, "; ")
}

// minSlower is a difference between medians that no user feels.
const minSlower = 50 * time.Millisecond

// defaultSlowest is the limit where the scenario has none.
const defaultSlowest = 3

// slowest asks whether one coordinator takes much longer than the others.
func slowest(e scenarios.Measured) scenarios.Finding {
	f := scenarios.Finding{ID: scenarios.QuerySlowest}
	limit := e.Scenario.Expect.Slowest
	if limit == 0 {
		limit = defaultSlowest
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
		f.Status, f.Message = scenarios.Skipped, fmt.Sprintf("%s ran it: there is no other to compare with", count(len(medians), "coordinator"))
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
	f.Subject, f.Observed, f.Limit, f.Status = names[at], num(ratio), num(limit), scenarios.Pass
	f.Message = fmt.Sprintf("%s takes %s, %s the %s of the others", names[at], short(most), times(ratio), short(rest))
	f.Explain = fmt.Sprintf("The median of the slowest over the median of the others' medians; it fails at %g times and %s", limit, minSlower)
	switch {
	case ratio >= limit && most-rest >= minSlower:
		f.Status, f.Fix = scenarios.Fail, slices.Concat(try("compare its load and its catalog with the others' (port 25000, /metrics and /queries)"), set("expect.slowest", "", "raise the limit"))
	case ratio >= limit:
		f.Note = fmt.Sprintf("That is less than %s more, which no user feels", minSlower)
	}
	return f
}

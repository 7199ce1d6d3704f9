package threshold

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// kindRules is what data runs of one kind have for thresholds.
type kindRules struct {
	refused     string                                               // why they have none; "": they have some
	fix         scenarios.Fixes                                      // with refused
	noStatement bool                                                 // their sessions run none
	ownRuns     bool                                                 // statements are tallied one by one, in Measured.Queries
	samples     func(Metric, scenarios.Scenario) (n int, known bool) // at most, of a metric
	more        func(sessions int) scenarios.Fixes                   // how to get that number
}

// kinds has every kind.
var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindLooks:        {samples: samplesOfLooks, more: moreSessions},
	scenarios.KindCertificates: {refused: "a scenario of kind certificates has no session"},
	scenarios.KindStages:       {samples: samplesOfStages, more: moreStages},
	scenarios.KindCapacity:     {noStatement: true, samples: samplesOfCapacity, more: moreHeld},
	scenarios.KindQuery:        {ownRuns: true, samples: samplesOfQuery, more: moreRuns},
	scenarios.KindIdle: {refused: "a scenario of kind idle has a few sessions that do nothing, and no thresholds",
		fix: phrase.Set("expect.min_idle", "", "")},
	scenarios.KindHandleReuse: {noStatement: true, samples: samplesOfReuse, more: moreHandles},
	scenarios.KindAudit:       {refused: "an audit has no session"},
	scenarios.KindWatch:       {samples: samplesOfWatch, more: longerWatch},
}

func kindOf(s scenarios.Scenario) kindRules { return kinds[s.Kind.OrLooks()] }

func samplesOfLooks(_ Metric, s scenarios.Scenario) (int, bool) {
	return budget.Plan(s, 1).Ceiling - warmUp(s), true
}

func samplesOfStages(_ Metric, s scenarios.Scenario) (int, bool) {
	closed := slices.ContainsFunc(s.Load.Stages, func(st scenarios.Stage) bool { return st.Closed > 0 })
	return budget.ArrivalsBetween(s.Load, s.Load.WarmUp, budget.Forever), !closed
}

func samplesOfCapacity(_ Metric, s scenarios.Scenario) (int, bool) {
	return s.Capacity.Hold - warmUp(s), s.Capacity.Hold > 0
}

func samplesOfWatch(_ Metric, s scenarios.Scenario) (int, bool) {
	return budget.Plan(s, 1).Look - s.Watch.Long - warmUp(s), true
}

func samplesOfReuse(_ Metric, s scenarios.Scenario) (int, bool) {
	return budget.Plan(s, 1).Look - warmUp(s), true
}

func samplesOfQuery(m Metric, s scenarios.Scenario) (int, bool) {
	b := budget.Plan(s, 1)
	if steps := m.phases(); len(steps) > 0 && steps[0] >= scenarios.PhaseExecute {
		return b.Look, s.Expect.Coordinators.K() > 0
	}
	return b.Ceiling, s.Expect.Coordinators.K() > 0
}

// warmUp is how many sessions are due before times count, where all are due at
// one pace.
func warmUp(s scenarios.Scenario) int {
	return int(float64(s.Load.Rate) * time.Duration(s.Load.WarmUp).Seconds())
}

func moreSessions(n int) scenarios.Fixes { return phrase.Set("load.sessions", strconv.Itoa(n), "") }

func moreStages(n int) scenarios.Fixes {
	return phrase.Set("load.stages", "", fmt.Sprintf("make the stages longer, or their rates higher, for %d sessions", n))
}

func moreHeld(n int) scenarios.Fixes { return phrase.Set("capacity.hold", strconv.Itoa(n), "") }

func moreHandles(n int) scenarios.Fixes {
	return phrase.Set("reuse.handles", strconv.Itoa((n+1)/2), "")
}

func moreRuns(int) scenarios.Fixes {
	return phrase.Try(fmt.Sprintf("the statement runs %d times on each coordinator; use max or med", scenarios.RunsPerCoordinator))
}

func longerWatch(n int) scenarios.Fixes {
	return append(phrase.Set("watch.for", "", fmt.Sprintf("watch for longer, for %d sessions", n)), phrase.Set("load.rate", "", "raise the rate")...)
}

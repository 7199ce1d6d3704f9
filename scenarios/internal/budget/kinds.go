package budget

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// kindRules is what a run of one kind plans.
type kindRules struct {
	// size is how many sessions a run takes that is not made of looks, and the most
	// that it can cost with the scout; 0 where that is unknown. nil: it is made of looks.
	size  func(scenarios.Scenario) (n, ceiling int)
	paced func(scenarios.Scenario) bool // sessions have a time to start at
}

// kinds has every kind.
var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindLooks:        {paced: atRate},
	scenarios.KindCertificates: {paced: func(scenarios.Scenario) bool { return false }},
	scenarios.KindAudit:        {paced: func(scenarios.Scenario) bool { return false }},
	scenarios.KindStages:       {sizeOfStages, stagesPaced},
	scenarios.KindCapacity:     {sizeOfCapacity, atRate},
	scenarios.KindQuery:        {sizeOfQuery, atRate},
	scenarios.KindIdle:         {sizeOfIdle, atRate},
	scenarios.KindWatch:        {sizeOfWatch, atRate},
	scenarios.KindHandleReuse:  {sizeOfReuse, atRate},
}

func kindOf(s scenarios.Scenario) kindRules { return kinds[s.Kind.OrLooks()] }

// Paced reports whether a scenario promises sessions a time to start at.
func Paced(s scenarios.Scenario) bool { return kindOf(s).paced(s) }

func atRate(s scenarios.Scenario) bool { return s.Load.Rate > 0 }

func stagesPaced(s scenarios.Scenario) bool {
	return slices.ContainsFunc(s.Load.Stages, func(st scenarios.Stage) bool {
		return st.Rate > 0 || st.Hold > 0 && s.Load.Rate > 0
	})
}

// sizeOfStages is the arrivals of every rate and hold; of a closed stage, at the
// least, its sessions at once.
func sizeOfStages(s scenarios.Scenario) (n, ceiling int) {
	n = ArrivalsBetween(s.Load, 0, Forever)
	closed := 0
	for _, st := range s.Load.Stages {
		closed += st.Closed
	}
	if closed > 0 {
		return n + closed, 0
	}
	return n, 1 + n
}

// sizeOfCapacity is the sessions to hold; without a number, as many as all
// threads take.
func sizeOfCapacity(s scenarios.Scenario) (n, ceiling int) {
	if s.Capacity.Hold > 0 {
		return s.Capacity.Hold, 1 + s.Capacity.Hold
	}
	return Threads(s) * Coordinators(s), 0
}

// sizeOfQuery is two sessions on every coordinator; at most as many as chance
// needs to meet each twice, as other sessions have to be let go.
func sizeOfQuery(s scenarios.Scenario) (n, ceiling int) {
	k := Coordinators(s)
	n = scenarios.RunsPerCoordinator * k
	alpha, _ := Limits(s)
	return n, 1 + max(scenarios.QueryLooks*n, drawsForTwo(k, alpha))
}

// sizeOfIdle is one session a step.
func sizeOfIdle(s scenarios.Scenario) (n, ceiling int) {
	n = len(s.Idle.Steps)
	return n, 1 + n
}

// sizeOfWatch is the new sessions of its time, and the long ones.
func sizeOfWatch(s scenarios.Scenario) (n, ceiling int) {
	n = s.WatchArrivals() + s.Watch.Long
	return n, 1 + n
}

// sizeOfReuse is a session for each handle, and one over whose connection it is used.
func sizeOfReuse(s scenarios.Scenario) (n, ceiling int) {
	n = 2 * s.Reuse.Handles
	return n, 1 + n
}

package limits

import (
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/budget"
)

// kindRules is what the scenarios of one kind take.
type kindRules struct {
	demand func(scenarios.Scenario, Demand) Demand     // from what load says; nil: look after look
	atOnce func(scenarios.Scenario) int                // sessions open at once, at most; 0: as many as get in
	keeps  func(scenarios.Scenario) []string           // why it keeps too many open beside load.concurrency; nil: it keeps none
	once   bool                                        // a handful of sessions, once: neither their rate nor their time matters
	parted func(scenarios.Scenario, budget.Budget) int // what shards have parts of; nil: the sessions of the budget
	of     string                                      // what that is called; "": session
	key    string                                      // the setting that says how many; "": more than one does
	exempt bool                                        // one handshake a node: nothing to confirm
}

// kinds has every kind of scenario.
var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindLooks:        {atOnce: concurrency},
	scenarios.KindCertificates: {atOnce: concurrency, exempt: true},
	scenarios.KindAudit:        {atOnce: concurrency, exempt: true},
	scenarios.KindStages:       {demand: stagesDemand, atOnce: stagesAtOnce, keeps: stagesKeep},
	scenarios.KindCapacity:     {demand: capacityDemand, atOnce: func(s scenarios.Scenario) int { return s.Capacity.Hold }, keeps: capacityKeeps, key: "capacity.hold"},
	scenarios.KindQuery:        {atOnce: concurrency, parted: func(_ scenarios.Scenario, all budget.Budget) int { return all.Ceiling - 1 }},
	scenarios.KindIdle:         {demand: idleDemand, atOnce: func(s scenarios.Scenario) int { return len(s.Idle.Steps) }, once: true},
	scenarios.KindWatch:        {demand: watchDemand, atOnce: func(s scenarios.Scenario) int { return s.Watch.Long + s.Load.Concurrency }, keeps: watchKeeps},
	scenarios.KindHandleReuse: {
		demand: reuseDemand, atOnce: func(scenarios.Scenario) int { return reuseOpen },
		parted: func(s scenarios.Scenario, _ budget.Budget) int { return s.Reuse.Handles }, of: "handle", key: "reuse.handles",
	},
}

// kindOf is the scenario's; one without a kind is of looks.
func kindOf(s scenarios.Scenario) kindRules { return kinds[s.Kind.OrLooks()] }

func concurrency(s scenarios.Scenario) int { return s.Load.Concurrency }

func stagesAtOnce(s scenarios.Scenario) int {
	n := s.Load.Concurrency
	for _, stage := range s.Load.Stages {
		n = max(n, stage.Hold, stage.Closed)
	}
	return n
}

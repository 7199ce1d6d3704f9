package report

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// kindWords are what the sentence of a run of one kind speaks of.
type kindWords struct {
	question string // the finding that the run is made for; "": the balance, or certificates
	balance  bool   // sessions are spread in a way that says how the balancer does
	login    bool   // how long logins took
}

// kinds has every kind.
var kinds = map[scenarios.Kind]kindWords{
	scenarios.KindLooks:        {balance: true},
	scenarios.KindCertificates: {},
	scenarios.KindStages:       {balance: true, login: true},
	scenarios.KindCapacity:     {question: scenarios.CapacityHeld},
	scenarios.KindQuery:        {question: scenarios.QuerySucceeds},
	scenarios.KindIdle:         {question: scenarios.IdleCut},
	scenarios.KindWatch:        {question: scenarios.WatchOutage},
}

func kindOf(r scenarios.Result) kindWords { return kinds[r.Scenario.Kind.OrLooks()] }

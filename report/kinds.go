package report

import "github.com/impala-lbcheck/impala-lbcheck/scenarios"

// kindRules says what the report of a run of one kind shows.
type kindRules struct {
	question string // the finding that answers the question of the run; "": there is more than one
	balance  bool   // the run tests how the balancer spreads sessions
	login    bool   // the sentence has the times of logins
	aws      bool   // the settings of a load balancer are all that is read: there is no session
	tls      bool   // certificates are all that the run measures
}

// kinds has every kind.
var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindLooks:        {balance: true},
	scenarios.KindCertificates: {tls: true},
	scenarios.KindStages:       {balance: true, login: true},
	scenarios.KindCapacity:     {question: scenarios.CapacityHeld},
	scenarios.KindQuery:        {question: scenarios.QuerySucceeds},
	scenarios.KindIdle:         {question: scenarios.IdleCut},
	scenarios.KindWatch:        {question: scenarios.WatchOutage},
	scenarios.KindAudit:        {aws: true},
	scenarios.KindHandleReuse:  {question: scenarios.AffinityHandles},
}

func kindOf(r scenarios.Result) kindRules { return kinds[r.Scenario.Kind.OrLooks()] }

package main

import (
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// kindRules are what the commands do differently for a kind of scenario.
type kindRules struct {
	login      bool                      // its sessions log in
	ratePolite bool                      // its rate is only politeness, which loopback does not need
	demo       func(*scenarios.Scenario) // makes a demo of it take seconds
}

// kinds has every kind.
var kinds = map[scenarios.Kind]kindRules{
	scenarios.KindLooks:        {login: true, ratePolite: true, demo: asItIs},
	scenarios.KindCertificates: {ratePolite: true, demo: func(s *scenarios.Scenario) { s.TLS.Enabled = true }},
	scenarios.KindStages:       {login: true, demo: asItIs},
	scenarios.KindCapacity:     {login: true, ratePolite: true, demo: func(s *scenarios.Scenario) { s.Capacity.For = scenarios.Duration(2 * time.Second) }},
	scenarios.KindQuery:        {login: true, ratePolite: true, demo: func(s *scenarios.Scenario) { s.Query = "SELECT count(*) FROM functional.alltypestiny" }},
	scenarios.KindIdle:         {login: true, ratePolite: true, demo: func(s *scenarios.Scenario) { s.Idle.Scale = 0.01 }},
	scenarios.KindWatch:        {login: true, demo: demoWatch},
	scenarios.KindAudit:        {demo: asItIs},
	scenarios.KindHandleReuse:  {login: true, ratePolite: true, demo: asItIs},
}

func kindOf(s scenarios.Scenario) kindRules { return kinds[s.Kind.OrLooks()] }

func asItIs(*scenarios.Scenario) {}

func demoWatch(s *scenarios.Scenario) {
	s.Load.Rate = 20
	s.Watch.For = scenarios.Duration(12 * time.Second)
}

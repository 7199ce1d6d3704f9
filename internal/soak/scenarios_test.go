package soak

import (
	"slices"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/lbcheck"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

const ms = scenarios.Duration(time.Millisecond)

// short makes scenarios of a kind last a second or two. A kind that package lbcheck runs
// and that is not here fails the test.
var short = map[scenarios.Kind]func(*scenarios.Scenario){
	scenarios.KindLooks: func(s *scenarios.Scenario) {
		s.Load.Rate, s.Load.Burst, s.Load.BurstHold = 40, 8, 100*ms
		if s.Load.PerCoordinator > 0 {
			s.Load.PerCoordinator = 30
		}
	},
	scenarios.KindCertificates: func(s *scenarios.Scenario) { s.TLS.Enabled = true },
	scenarios.KindStages: func(s *scenarios.Scenario) {
		s.Load.Rate = 20
		s.Load.Stages = []scenarios.Stage{{Rate: 30, For: 1000 * ms}, {Closed: 2, For: 300 * ms}, {Hold: 6, For: 600 * ms}}
	},
	scenarios.KindCapacity: func(s *scenarios.Scenario) {
		s.Load.Rate = 20
		s.Capacity.Hold, s.Capacity.For = 12, 300*ms
	},
	scenarios.KindQuery: func(s *scenarios.Scenario) {
		s.Load.Rate = 20
		s.Query = "SELECT count(*) FROM functional.alltypestiny"
	},
	scenarios.KindIdle: func(s *scenarios.Scenario) {
		s.Load.Rate = 20
		s.Idle.Steps, s.Expect.MinIdle = []scenarios.Duration{100 * ms, 400 * ms, 800 * ms, 1200 * ms}, 1000*ms
	},
	scenarios.KindWatch: func(s *scenarios.Scenario) {
		s.Load.Rate = 20
		s.Watch.For, s.Watch.EventAfter, s.Watch.Long = 2500*ms, 500*ms, 3
	},
	scenarios.KindHandleReuse: func(s *scenarios.Scenario) { s.Load.Rate, s.Reuse.Handles = 20, 10 },
}

// allScenarios are the built-in ones, and one of each kind that none of them is of.
func allScenarios(t *testing.T) []scenarios.Scenario {
	t.Helper()
	var all []scenarios.Scenario
	for _, name := range scenarios.BuiltinNames() {
		s, err := scenarios.Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	for _, kind := range scenarios.Kinds() {
		if !slices.ContainsFunc(all, func(s scenarios.Scenario) bool { return s.Kind.OrLooks() == kind }) && runs(kind) {
			s := scenarios.Default()
			s.Name, s.Kind = string(kind), kind
			all = append(all, s)
		}
	}
	for i := range all {
		shorten := short[all[i].Kind.OrLooks()]
		if shorten == nil {
			t.Fatalf("a scenario of kind %s is not known to be short", all[i].Kind)
		}
		shorten(&all[i])
		all[i].Load.Timeout = scenarios.Duration(20 * time.Second) // a busy machine is no slow coordinator
	}
	return all
}

// runs reports whether package lbcheck carries scenarios of the kind out.
func runs(kind scenarios.Kind) bool { return kind != scenarios.KindAudit }

// takes reports whether a scenario can go that way in.
func takes(s scenarios.Scenario, w way) bool {
	switch s.Kind.OrLooks() {
	case scenarios.KindCertificates:
		return w.tls
	case scenarios.KindHandleReuse:
		return w.protocol != scenarios.ProtocolBeeswax
	}
	return true
}

// balance is that of a cluster that a scenario passes on.
func balance(s scenarios.Scenario) simcluster.Balance {
	if s.Kind == scenarios.KindHandleReuse {
		return simcluster.BalanceSource
	}
	return simcluster.BalanceRandom
}

// The kinds that package lbcheck refuses are those that have no rounds here.
func TestRuns_AllButWhatIsRefused(t *testing.T) {
	t.Parallel()
	for _, kind := range scenarios.Kinds() {
		s := scenarios.Default()
		s.Kind = kind
		s.Target.Endpoints = []string{"127.0.0.1:1"}
		if runs(kind) {
			short[kind](&s)
			if err := lbcheck.Check(s); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		} else if err := lbcheck.Check(s); err == nil {
			t.Errorf("%s has no rounds, and is not refused", kind)
		}
	}
}

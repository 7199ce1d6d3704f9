package lbcheck

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run"
)

// held are the kinds whose sessions stay open, each with a run of some of them.
func held() map[scenarios.Kind]func(*scenarios.Scenario) {
	second := scenarios.Duration(time.Second)
	return map[scenarios.Kind]func(*scenarios.Scenario){
		scenarios.KindCapacity: func(s *scenarios.Scenario) { s.Capacity.Hold = 4 },
		scenarios.KindStages: func(s *scenarios.Scenario) {
			s.Load.Rate, s.Load.Stages = 100, []scenarios.Stage{{Hold: 4, For: second / 4}}
		},
		scenarios.KindIdle:  func(s *scenarios.Scenario) { s.Idle.Steps = []scenarios.Duration{second / 8, second / 4} },
		scenarios.KindWatch: func(s *scenarios.Scenario) { s.Load.Rate, s.Watch.For, s.Watch.Long = 10, second/2, 2 },
	}
}

// nameless are servers that say nothing of themselves at login.
var nameless = []simcluster.Fault{{Name: "no-ping"}, {Name: "no-http-addr"}}

// against is a scenario for a new cluster.
func against(t *testing.T, config simcluster.Config) scenarios.Scenario {
	t.Helper()
	cluster := start(t, config)
	s := scenarios.Default()
	s.Name, s.Target.Endpoints = "test", []string{cluster.Nodes()[0].String()}
	s.Load.Rate, s.Load.Burst = 0, 0
	return s
}

// A server whose login says nothing of itself, as Hive's or Spark's, is asked once in
// every session that stays open.
func TestRun_HeldSessionsAreIdentified(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		faults []simcluster.Fault
		query  string
		want   scenarios.Source
	}{
		"by a weak name":      {faults: nameless, want: scenarios.SourceCoordinator},
		"by the user's query": {faults: nameless, query: "SELECT coordinator(), pid()", want: scenarios.SourceIdentityQuery},
		"by the user's query, whatever the login says": {query: "SELECT coordinator()", want: scenarios.SourceIdentityQuery},
		"by the login": {want: scenarios.SourcePing},
	} {
		for kind, edit := range held() {
			t.Run(name+"/"+string(kind), func(t *testing.T) {
				t.Parallel()
				s := against(t, simcluster.Config{Coordinators: 2, Nodes: 1, Balance: simcluster.BalanceRoundRobin, Seed: 1, Faults: tc.faults})
				s.Kind, s.IdentityWith = kind, tc.query
				edit(&s)
				var seen []scenarios.Observation
				r, err := Run(t.Context(), s, Options{Run: run.Options{Observe: func(o scenarios.Observation) { seen = append(seen, o) }}})
				if err != nil {
					t.Fatal(err)
				}
				if r.Sessions.Failed > 0 || r.Stopped != nil {
					t.Fatalf("sessions = %+v, stopped = %+v", r.Sessions, r.Stopped)
				}
				n := 0
				for _, o := range seen {
					if o.Part != scenarios.PartHeld {
						continue
					}
					if n++; o.Who.Coordinator == "" || o.Who.Source != tc.want || o.Phases[scenarios.PhaseExecute] > 0 {
						t.Errorf("%+v, %s in execute", o.Who, o.Phases[scenarios.PhaseExecute])
					}
				}
				if n == 0 || len(r.Pooled().Coordinators()) != 2 {
					t.Errorf("%d held sessions, coordinators %v", n, r.Pooled().Coordinators())
				}
			})
		}
	}
}

// One query that a server refuses is the user's; a name that it does not have is nobody's.
func TestIdentify_Failures(t *testing.T) {
	t.Parallel()
	s := against(t, simcluster.Config{Coordinators: 1, Nodes: 1, Seed: 1, Faults: nameless})
	s.Kind, s.Capacity.Hold, s.IdentityWith = scenarios.KindCapacity, 2, "SELECT no_such()"
	open := Options{}.Open(t.Context(), s)
	o := scenarios.Observation{Node: netip.MustParseAddrPort(s.Target.Endpoints[0])}
	session, err := open(t.Context(), scenarios.Node{Host: o.Node.Addr().String(), Addr: o.Node}, &o)
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close(context.WithoutCancel(t.Context()))
	if err := session.Identify(t.Context()); err == nil || o.Who.Coordinator != "" {
		t.Errorf("%v, %+v", err, o.Who)
	}
}

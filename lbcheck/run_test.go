package lbcheck

import (
	"crypto/x509"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/schema/schematest"
	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// start starts a cluster for one test.
func start(t *testing.T, config simcluster.Config) *simcluster.Cluster {
	t.Helper()
	cluster, err := simcluster.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	return cluster
}

// secured is a cluster with TLS and a login, and a scenario of the kind against it.
func secured(t *testing.T, kind scenarios.Kind) (scenarios.Scenario, Options) {
	t.Helper()
	config := simcluster.Config{
		Coordinators: 2, Nodes: 1, Seed: 1, TLS: true, Host: "lb.example.com", Auth: simcluster.AuthLDAP, Users: map[string]string{"u": "hunter2"},
	}
	if kind == scenarios.KindHandleReuse {
		config.Balance = simcluster.BalanceSource
	}
	cluster := start(t, config)
	s := scenarios.Default()
	s.Name, s.Kind = "test", kind
	s.Target.Endpoints = []string{cluster.Nodes()[0].String()}
	if kind.Has("expect.coordinators") {
		s.Expect.Coordinators.Names = cluster.Names()
	}
	s.TLS.Enabled, s.TLS.ServerName, s.TLS.CACert = true, "lb.example.com", "ca.pem"
	s.Auth.Mechanism, s.Auth.User = scenarios.MechanismLDAP, "u"
	s.Load.Rate, s.Load.Burst = 0, 0
	switch second := scenarios.Duration(time.Second); kind {
	case scenarios.KindStages:
		s.Load.Stages = []scenarios.Stage{{Closed: 2, For: second / 4}}
	case scenarios.KindCapacity:
		s.Capacity.Hold = 4
	case scenarios.KindQuery:
		s.Query = "SELECT 1"
	case scenarios.KindIdle:
		s.Idle.Steps, s.Expect.MinIdle = []scenarios.Duration{second / 4}, second/4
	case scenarios.KindHandleReuse:
		s.Reuse.Handles = 10
	case scenarios.KindWatch:
		s.Load.Rate, s.Watch.For, s.Watch.Long = 20, second, 1
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(cluster.CA())
	return s, Options{Password: "hunter2", Roots: roots}
}

func TestRun_EveryKind(t *testing.T) {
	t.Parallel()
	for _, kind := range scenarios.Kinds() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			s, opt := secured(t, kind)
			r, err := Run(t.Context(), s, opt)
			if why := kinds[kind].refused; why != "" {
				if err == nil || !strings.Contains(err.Error(), why) {
					t.Errorf("%v, want %q", err, why)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			storable(t, r)
			heldTogether(t, r)
			if r.Stopped != nil || r.Verdict == scenarios.StatusFail || r.Sessions.Failed > 0 || len(r.TLS) == 0 {
				t.Errorf("%s, stopped = %+v, sessions = %+v, findings = %+v", r.Verdict, r.Stopped, r.Sessions, r.Findings)
			}
		})
	}
}

// storable holds a result against the schema of those that are stored.
func storable(t *testing.T, r scenarios.Result) {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	schematest.Result(t, b)
}

func TestRun_RefusesBeforeAnythingIsSent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*scenarios.Scenario, *Options)
		want   string
	}{
		"no password":    {change: func(_ *scenarios.Scenario, o *Options) { o.Password = "" }, want: "Options.Password"},
		"no authorities": {change: func(_ *scenarios.Scenario, o *Options) { o.Roots = nil }, want: "Options.Roots"},
		"not valid":      {change: func(s *scenarios.Scenario, _ *Options) { s.Target.Endpoints = nil }, want: "endpoints"},
		"too much": {change: func(s *scenarios.Scenario, _ *Options) {
			s.Target.Endpoints, s.Load.Concurrency = []string{"192.0.2.1"}, 500
		}, want: "set target.confirm to 192.0.2.1"},
		"a shard that there is not": {change: func(s *scenarios.Scenario, o *Options) {
			s.Seed, o.Run.Shard = 1, scenarios.Shard{Index: 0, Count: 2}
		}, want: "there is no shard 0/2"},
		"too many shards": {change: func(s *scenarios.Scenario, o *Options) {
			s.Seed, o.Run.Shard = 1, scenarios.Shard{Index: 1, Count: scenarios.MaxShards + 1}
		}, want: "there is no shard 1/10001"},
		"a shard without a seed": {change: func(_ *scenarios.Scenario, o *Options) {
			o.Run.Shard = scenarios.Shard{Index: 1, Count: 2}
		}, want: "seed: a shard needs one"},
		"an unknown metric": {change: func(s *scenarios.Scenario, _ *Options) {
			s.Thresholds = map[string][]string{"nonsense": {"p(50) < 1s"}}
		}, want: "nonsense"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, opt := secured(t, scenarios.KindLooks)
			c.change(&s, &opt)
			r, err := Run(t.Context(), s, opt)
			if err == nil || !strings.Contains(err.Error(), c.want) || r.Schema != "" {
				t.Errorf("error %v, want one with %s; schema %q", err, c.want, r.Schema)
			}
		})
	}
}

package account_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/account"
)

// smoke dials a host on the usual port, and asks for the account.
func smoke() scenarios.Scenario {
	s := scenarios.Default()
	s.Target.Endpoints = []string{"impala.example.com"}
	s.Audit.Balancer = scenarios.AuditByHost
	return s
}

// network has three coordinators behind two zones, and a balancer that crosses them.
func network() scenarios.Audited {
	return scenarios.Audited{
		Type: scenarios.BalancerNetwork, Name: "impala-prod", Zones: []string{"1a", "1b"}, Addresses: "ipv4",
		Attributes: map[string]string{"load_balancing.cross_zone.enabled": "true", "dns_record.client_routing_policy": "any_availability_zone"},
		Listeners:  []scenarios.AuditListener{{Port: 21050, Protocol: "TCP", Groups: []string{"hs2"}}},
		Groups: []scenarios.AuditTargets{{
			Name: "hs2", Attributes: map[string]string{"stickiness.enabled": "false"},
			Targets: []scenarios.AuditTarget{
				{ID: "i-1", Address: "10.0.0.1", DNS: "ip-10-0-0-1.internal", Zone: "1a", State: "healthy"},
				{ID: "i-2", Address: "10.0.0.2", DNS: "ip-10-0-0-2.internal", Zone: "1a", State: "healthy"},
				{ID: "i-3", Address: "10.0.0.3", DNS: "ip-10-0-0-3.internal", Zone: "1b", State: "healthy"},
			},
		}},
	}
}

func classic() scenarios.Audited {
	a := network()
	a.Type, a.Addresses, a.Attributes = scenarios.BalancerClassic, "", map[string]string{"CrossZoneLoadBalancing.Enabled": "true"}
	for i := range a.Groups[0].Targets {
		a.Groups[0].Targets[i].State = "inservice"
	}
	return a
}

func TestExpect_TakesWhatIsNotDeclared(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		audited func() scenarios.Audited
		change  func(*scenarios.Scenario, *scenarios.Audited)
		policy  scenarios.Policy
		k, n    int
		says    string
	}{
		"a network load balancer": {network, nil, scenarios.PolicyFlowHash, 3, 2, "Expected by the account of impala-prod: the policy flow-hash, 3 coordinators, 2 nodes"},
		"a Classic one":           {classic, nil, scenarios.PolicyRoundRobin, 3, 0, "the policy round-robin, 3 coordinators"},
		"a listener of HTTP":      {classic, func(_ *scenarios.Scenario, a *scenarios.Audited) { a.Listeners[0].Protocol = "HTTP" }, scenarios.PolicyAuto, 3, 0, "3 coordinators"},
		"sticky": {network, func(_ *scenarios.Scenario, a *scenarios.Audited) {
			a.Groups[0].Attributes["stickiness.enabled"] = "true"
		}, scenarios.PolicySource, 3, 2, "source"},
		"attributes that may not be read": {network, func(_ *scenarios.Scenario, a *scenarios.Audited) { a.Groups[0].Attributes, a.Attributes = nil, nil }, scenarios.PolicyAuto, 3, 0, "3 coordinators"},
		"one target out of service": {network, func(_ *scenarios.Scenario, a *scenarios.Audited) { a.Groups[0].Targets[0].State = "unhealthy" },
			scenarios.PolicyFlowHash, 2, 2, "2 coordinators, 2 nodes; 1 target was not in service"},
		"all of them: a network load balancer sends to all": {network, func(_ *scenarios.Scenario, a *scenarios.Audited) {
			for i := range a.Groups[0].Targets {
				a.Groups[0].Targets[i].State = "unhealthy"
			}
		}, scenarios.PolicyFlowHash, 3, 2, "3 coordinators"},
		"health that may not be read": {classic, func(_ *scenarios.Scenario, a *scenarios.Audited) {
			for i := range a.Groups[0].Targets {
				a.Groups[0].Targets[i].State = ""
			}
		}, scenarios.PolicyRoundRobin, 3, 0, "3 coordinators"},
		"an executor": {network, func(_ *scenarios.Scenario, a *scenarios.Audited) {
			a.Groups[0].Targets[0].Impala = &scenarios.AuditImpala{Coordinator: new(false)}
		}, scenarios.PolicyFlowHash, 2, 2, "1 target was no coordinator"},
		"one machine twice": {network, func(_ *scenarios.Scenario, a *scenarios.Audited) {
			a.Groups[0].Targets = append(a.Groups[0].Targets, scenarios.AuditTarget{ID: "10.0.0.3", Address: "10.0.0.3", Zone: "1b", State: "healthy"})
		}, scenarios.PolicyFlowHash, 3, 2, "3 coordinators"},
		"another port": {network, func(s *scenarios.Scenario, _ *scenarios.Audited) { s.Target.Endpoints[0] += ":443" },
			scenarios.PolicyAuto, 0, 0, "no listener of impala-prod that was read has the port 443"},
		"an address of the balancer": {network, func(s *scenarios.Scenario, _ *scenarios.Audited) { s.Target.Endpoints[0] = "10.0.0.9" }, scenarios.PolicyFlowHash, 3, 0, "3 coordinators"},
		"one address of the name":    {network, func(s *scenarios.Scenario, _ *scenarios.Audited) { s.Target.DNS = scenarios.DNSOS }, scenarios.PolicyFlowHash, 3, 0, "3 coordinators"},
		"addresses of both families": {network, func(_ *scenarios.Scenario, a *scenarios.Audited) { a.Addresses = "dualstack" }, scenarios.PolicyFlowHash, 3, 0, "3 coordinators"},
		"a zone that is shifted": {network, func(_ *scenarios.Scenario, a *scenarios.Audited) {
			a.Groups[0].Targets[2].Override = "zonal_shift_active"
		}, scenarios.PolicyFlowHash, 3, 0, "3 coordinators"},
		"a zone that leaves DNS": {network, func(_ *scenarios.Scenario, a *scenarios.Audited) {
			a.Attributes["load_balancing.cross_zone.enabled"] = "false"
			a.Groups[0].Targets[2].State = "unhealthy"
		}, scenarios.PolicyFlowHash, 2, 0, "2 coordinators"},
		"nothing that was read": {func() scenarios.Audited { return scenarios.Audited{} }, nil, scenarios.PolicyAuto, 0, 0, "was not read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, a := smoke(), c.audited()
			if c.change != nil {
				c.change(&s, &a)
			}
			got, remarks := account.Expect(s, a)
			if e := got.Expect; e.Balance.Policy != c.policy || e.Coordinators.Count != c.k || e.Nodes != c.n || !strings.Contains(strings.Join(remarks, "\n"), c.says) {
				t.Errorf("policy %s, %d coordinators, %d nodes, %q", e.Balance.Policy, e.Coordinators.Count, e.Nodes, remarks)
			}
			if err := got.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestExpect_WhatIsDeclaredGoesBefore(t *testing.T) {
	t.Parallel()
	s := smoke()
	s.Expect.Balance.Policy, s.Expect.Nodes = scenarios.PolicyLeastConn, 4
	s.Expect.Coordinators.Names = []string{"a", "b"}
	got, remarks := account.Expect(s, network())
	text := strings.Join(remarks, "\n")
	if got.Expect.Balance.Policy != scenarios.PolicyLeastConn || got.Expect.Nodes != 4 || got.Expect.Coordinators.Count != 0 ||
		!strings.Contains(text, "policy is leastconn, and by the account it is flow-hash") || !strings.Contains(text, "coordinators is 2, and by the account it is 3") || !strings.Contains(text, "nodes is 4, and by the account it is 2") {
		t.Errorf("expected %+v\n%s", got.Expect, text)
	}
	s = smoke()
	s.Expect.Balance.Policy = scenarios.PolicyRandom // which is judged as a flow hash is
	if _, remarks := account.Expect(s, network()); strings.Contains(strings.Join(remarks, ""), "declared") {
		t.Errorf("random contradicts: %q", remarks)
	}
}

// measured is a run that met some coordinators.
func measured(a scenarios.Audited, seen ...string) scenarios.Measured {
	s, _ := account.Expect(smoke(), a)
	look := scenarios.Look{}
	for _, name := range seen {
		look.Add(scenarios.Observation{
			Part: scenarios.PartOrdered, Node: netip.MustParseAddrPort("10.0.1.1:21050"), Outcome: scenarios.OutcomeOK, Who: scenarios.Identity{Coordinator: name},
		})
	}
	return scenarios.Measured{Scenario: s, Audit: &a, Looks: []scenarios.Look{look}}
}

// withExecutor makes the second target, in the first one's zone, no coordinator.
func withExecutor(a scenarios.Audited) scenarios.Audited {
	a.Groups[0].Targets[1].Impala = &scenarios.AuditImpala{Coordinator: new(false)}
	return a
}

// withoutZone forgets the second target's zone.
func withoutZone(a scenarios.Audited) scenarios.Audited {
	a.Groups[0].Targets[1].Zone = ""
	return a
}

func TestNamed(t *testing.T) {
	t.Parallel()
	zonesApart := func() scenarios.Audited {
		a := network()
		a.Attributes["load_balancing.cross_zone.enabled"] = "false"
		return a
	}
	for name, c := range map[string]struct {
		m       scenarios.Measured
		names   []string
		weights []float64
		says    string
	}{
		"by DNS name, one not seen": {measured(network(), "ip-10-0-0-1.internal:25000", "ip-10-0-0-3.internal:25000"),
			[]string{"ip-10-0-0-1.internal", "ip-10-0-0-2.internal", "ip-10-0-0-3.internal"}, nil, "by the names"},
		"by address":      {measured(network(), "10.0.0.1:25000", "10.0.0.2:25000", "10.0.0.3:25000"), []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, nil, "by the names"},
		"by other names":  {measured(network(), "coord-a:25000", "ip-10-0-0-2.internal:25000"), nil, nil, "their number alone is expected"},
		"nobody was seen": {measured(network()), nil, nil, ""},
		"zones of their own": {measured(zonesApart(), "10.0.0.1:25000", "10.0.0.3:25000"),
			[]string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}, []float64{.5, .5, 1}, "with the weights 0.5:0.5:1"},
		"zones of their own, an executor in one": {measured(withExecutor(zonesApart()), "10.0.0.1:25000", "10.0.0.3:25000"),
			[]string{"10.0.0.1", "10.0.0.3"}, []float64{.5, 1}, "with the weights 0.5:1"},
		"an executor in one of all zones": {measured(withExecutor(network()), "10.0.0.1:25000", "10.0.0.3:25000"),
			[]string{"10.0.0.1", "10.0.0.3"}, nil, "by the names"},
		"zones of their own, an executor in one that is not known": {measured(withoutZone(withExecutor(zonesApart())), "10.0.0.1:25000", "10.0.0.3:25000"),
			[]string{"10.0.0.1", "10.0.0.3"}, nil, "by the names"},
		"zones of their own, by other names": {measured(zonesApart(), "coord-a:25000"), nil, nil, "their shares ought to differ"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, note := account.Named(c.m)
			if !slices.Equal(s.Expect.Coordinators.Names, c.names) || !slices.Equal(s.Expect.Balance.Weights, c.weights) || !strings.Contains(note, c.says) || c.says == "" && note != "" {
				t.Errorf("names %q, weights %v, %q", s.Expect.Coordinators.Names, s.Expect.Balance.Weights, note)
			}
			if err := s.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
	m := measured(network(), "10.0.0.1:25000")
	m.Scenario.Expect.Coordinators = scenarios.ExpectCoordinators{Count: 4}
	if s, note := account.Named(m); len(s.Expect.Coordinators.Names) > 0 || note != "" {
		t.Errorf("four are declared, and three are named: %+v %q", s.Expect.Coordinators, note)
	}
}

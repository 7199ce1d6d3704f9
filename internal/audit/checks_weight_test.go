package audit_test

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// green adds a second target group to the network load balancer's listener.
func green(a *account, weight int32, g awssim.TargetGroup) {
	g.Name, g.VPC = "green", a.vpc
	a.group(func(of *awssim.TargetGroup) {
		g.Protocol, g.Check, g.Attributes = of.Protocol, of.Check, of.Attributes
	})
	a.AddTargetGroup(g)
	a.network(func(b *awssim.NetworkBalancer) {
		b.Listeners[0].Groups = []string{groupName, "green"}
		b.Listeners[0].Weights = map[string]int32{groupName: 100, "green": weight}
	})
}

// What is wrong with a target group counts as far as it gets connections.
func TestChecks_WeightsOfTargetGroups(t *testing.T) {
	for name, c := range map[string]struct {
		weight int32
		group  func(*account) awssim.TargetGroup
		id     string
		status scenarios.Status
		says   string // of a note or of what fails
	}{
		"a machine in both": {1, func(a *account) awssim.TargetGroup {
			return awssim.TargetGroup{Port: 21050, Targets: []awssim.Target{{ID: a.instances[0]}}}
		}, "targets.double", scenarios.StatusPass, "of impala-hs2 and "},
		"a machine in both, and one has no weight": {0, func(a *account) awssim.TargetGroup {
			return awssim.TargetGroup{Port: 21050, Targets: []awssim.Target{{ID: a.instances[0]}}}
		}, "targets.double", scenarios.StatusPass, ""},
		"another protocol": {1, func(a *account) awssim.TargetGroup {
			return awssim.TargetGroup{Port: 22, Targets: []awssim.Target{{ID: a.machine(a.subnets[0])}}}
		}, "targets.port", scenarios.StatusFail, "leads to ports of different protocols: 21050 and 22"},
		"another protocol, without weight": {0, func(a *account) awssim.TargetGroup {
			return awssim.TargetGroup{Port: 22, Targets: []awssim.Target{{ID: a.machine(a.subnets[0])}}}
		}, "targets.port", scenarios.StatusPass, ""},
		"a port that Impala may have": {1, func(a *account) awssim.TargetGroup {
			return awssim.TargetGroup{Port: 21051, Targets: []awssim.Target{{ID: a.machine(a.subnets[0])}}}
		}, "targets.port", scenarios.StatusPass, "leads to port 21051"},
		"a dead target": {1, func(a *account) awssim.TargetGroup {
			return awssim.TargetGroup{Port: 21050, Targets: []awssim.Target{{ID: a.machine(a.subnets[0]), State: "unhealthy"}}}
		}, "health.any", scenarios.StatusFail, "no target of a group is in service"},
		"a dead target, without weight": {0, func(a *account) awssim.TargetGroup {
			return awssim.TargetGroup{Port: 21050, Targets: []awssim.Target{{ID: a.machine(a.subnets[0]), State: "unhealthy"}}}
		}, "health.any", scenarios.StatusPass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			green(a, c.weight, c.group(a))
			f := a.judged(t, networkName)["audit."+c.id]
			if f.Status != c.status || !strings.Contains(f.Message, c.says) || (c.status == scenarios.StatusPass) && (f.Note != "") != (c.says != "") {
				t.Errorf("%s %q, note %q", f.Status, f.Message, f.Note)
			}
		})
	}
}

// Machines are counted once, however many listeners they serve.
func TestChecks_CountMachines(t *testing.T) {
	a := newAccount(t)
	green(a, 1, awssim.TargetGroup{Port: 28000, Targets: []awssim.Target{{ID: a.instances[0]}, {ID: a.instances[1]}}})
	a.network(func(b *awssim.NetworkBalancer) {
		b.Listeners[0].Groups = b.Listeners[0].Groups[:1]
		b.Listeners = append(b.Listeners, awssim.NetworkListener{Port: 28000, Groups: []string{"green"}})
	})
	found := a.judged(t, networkName)
	for id, want := range map[string]string{"audit.health.any": "2 machines are in service", "audit.targets.role": "every target is a coordinator: 2 machines", "audit.targets.double": "no machine is registered twice"} {
		if f := found[id]; f.Status != scenarios.StatusPass || f.Message != want {
			t.Errorf("%s: %s %q", id, f.Status, f.Message)
		}
	}
	sick := func(g *awssim.TargetGroup) { g.Targets[0].State, g.Targets[0].Reason = "unhealthy", "Target.Timeout" }
	a.group(sick)
	a.SetTargetGroup("green", sick)
	if f := a.judged(t, networkName)["audit.health.any"]; !strings.HasPrefix(f.Message, "1 of 2 machines not in service: ") || strings.Count(f.Message, a.instances[0]) > 2 {
		t.Errorf("one is sick: %q", f.Message)
	}
}

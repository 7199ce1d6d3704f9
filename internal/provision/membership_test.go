package provision

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// TestApply_OneBlockedCoordinatorDoesNotBlockTheOthers: they serve, and the result
// says which one does not, and why.
func TestApply_OneBlockedCoordinatorDoesNotBlockTheOthers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hand func(*cluster, *lbfile.Spec)
		why  string
	}{
		"its interface has as many groups as it may": {
			func(c *cluster, _ *lbfile.Spec) {
				c.SetInterfaceGroups(c.ENIs()[0].ID, "sg-1", "sg-2", "sg-3", "sg-4", "sg-5")
			},
			"has 5 security groups, and the account's quota is 5",
		},
		"its interface lacks the coordinators' own group": {
			func(c *cluster, s *lbfile.Spec) {
				s.Coordinators.SecurityGroup = c.shareGroup("workers")
				c.SetInterfaceGroups(c.ENIs()[0].ID, c.ENIs()[0].Groups[0])
			},
			"does not have sg-",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), plainFile(t)
			tc.hand(c, &spec)
			report := mustApply(t, c, spec)
			if b := c.LoadBalancers()[0]; !slices.Equal(b.Instances, c.instances[1:]) || b.Attributes.IdleTimeout != 3600 {
				t.Errorf("balancer %+v", b)
			}
			if !slices.Equal(actions(report.Drift), []string{"blocked coordinator's group " + c.instances[0]}) || !strings.Contains(report.Drift[0].Why, tc.why) {
				t.Errorf("drift %+v", report.Drift)
			}
			before := len(c.Calls())
			mustApply(t, c, spec)
			if again := c.writesSince(before); len(again) > 0 {
				t.Errorf("the second apply wrote %q", again)
			}
		})
	}
}

// TestApply_StoppedCoordinatorStaysRegistered: it is mentioned, and neither
// deregistered nor waited for.
func TestApply_StoppedCoordinatorStaysRegistered(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]func(*cluster, *lbfile.Spec){
		"by tags": func(*cluster, *lbfile.Spec) {},
		"by ids":  func(c *cluster, s *lbfile.Spec) { s.Coordinators = lbfile.Coordinators{IDs: c.instances} },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), plainFile(t)
			file(c, &spec)
			mustApply(t, c, spec)
			c.SetInstanceState(c.instances[1], "stopped")
			before := len(c.Calls())
			report := mustApply(t, c, spec)
			if wrote := c.writesSince(before); len(wrote) > 0 || len(report.Drift) > 0 {
				t.Errorf("it wrote %q, drift %q", wrote, actions(report.Drift))
			}
			said := c.instances[1] + " is stopped"
			if !slices.ContainsFunc(report.Notes, func(n string) bool { return strings.Contains(n, said) }) || len(report.Outputs.Coordinators) != 2 {
				t.Errorf("notes %q, outputs %+v", report.Notes, report.Outputs)
			}
			if failed := report.Judge(monitor); failed[0].OK || !strings.Contains(failed[0].Found, c.instances[1]) {
				t.Errorf("verdict %+v", failed[0])
			}
			c.SetInstanceState(c.instances[1], "running")
			mustApply(t, c, spec)
			mustDestroy(t, c, spec)
		})
	}
}

// TestApply_ReadsInterfacesInBatches: not one call for each of many coordinators.
func TestApply_ReadsInterfacesInBatches(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	for i := range 57 {
		c.AddInstance(awssim.Instance{Subnet: c.subnets[i%2], Tags: map[string]string{"env": "blue", "type": "worker"}})
	}
	mustApply(t, c, spec)
	n := map[string]int{}
	for _, call := range c.Calls() {
		if !call.DryRun {
			n[call.Name]++
		}
	}
	if n["ModifyNetworkInterfaceAttribute"] != 60 || n["DescribeNetworkInterfaces"] > 20 {
		t.Errorf("%s", fmt.Sprint(n))
	}
	before := len(c.Calls())
	mustDestroy(t, c, spec)
	n = map[string]int{}
	for _, call := range c.Calls()[before:] {
		n[call.Name]++
	}
	if n["ModifyNetworkInterfaceAttribute"] != 60 || n["DescribeNetworkInterfaces"] > 20 {
		t.Errorf("destroy: %s", fmt.Sprint(n))
	}
}

package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// handChange changes AWS, or lb.yaml, after an apply.
type handChange func(*cluster, *lbfile.Spec)

func handOnNetwork(change func(*awssim.NetworkBalancer)) handChange {
	return func(c *cluster, s *lbfile.Spec) { c.SetNetworkBalancer(s.Balancer(), change) }
}

// handOnTargets changes the target group of 21050.
func handOnTargets(change func(*awssim.TargetGroup)) handChange {
	return func(c *cluster, _ *lbfile.Spec) {
		for _, g := range c.TargetGroups() {
			if strings.HasPrefix(g.Name, lbfile.TargetGroupPrefix+"21050-") {
				c.SetTargetGroup(g.Name, change)
			}
		}
	}
}

func handOnAttribute(key, value string) handChange {
	return handOnTargets(func(g *awssim.TargetGroup) {
		if g.Attributes == nil {
			g.Attributes = map[string]string{}
		}
		g.Attributes[key] = value
	})
}

// addStrangers adds what is not ours and looks like it. The function that it returns
// says what has changed there.
func (c *cluster) addStrangers() func() string {
	group := c.AddGroup(awssim.Group{Name: "blue Impala", VPC: c.vpc, Tags: otherOwner})
	c.AddTargetGroup(awssim.TargetGroup{Name: lbfile.TargetGroupPrefix + "28000-0123456789ab", Port: 21050, VPC: c.vpc, Tags: otherOwner, Targets: []awssim.Target{{ID: c.instances[0]}}})
	c.AddTargetGroup(awssim.TargetGroup{Name: lbfile.TargetGroupPrefix + "untagged", Port: 21050, VPC: c.vpc, Targets: []awssim.Target{{ID: c.instances[1]}}})
	c.AddNetworkBalancer(awssim.NetworkBalancer{
		Name: "elb-impala-blue2", Subnets: c.subnets, Groups: []string{group}, Tags: otherOwner,
		Listeners: []awssim.NetworkListener{{Port: 21050, Groups: []string{lbfile.TargetGroupPrefix + "28000-0123456789ab"}}},
	})
	c.AddBalancer(awssim.Balancer{Name: "theirs", Subnets: c.subnets[:1], Groups: []string{group}})
	look := func() string {
		theirs := func(name string) bool {
			return name == "blue Impala" || name == "elb-impala-blue2" || name == "theirs" || strings.HasSuffix(name, "-0123456789ab") || strings.HasSuffix(name, "untagged")
		}
		var all []any
		for _, g := range c.Groups() {
			all = append(all, ifAny(theirs(g.Name), g))
		}
		for _, g := range c.TargetGroups() {
			all = append(all, ifAny(theirs(g.Name), g))
		}
		for _, b := range c.NetworkBalancers() {
			all = append(all, ifAny(theirs(b.Name), b))
		}
		for _, b := range c.LoadBalancers() {
			all = append(all, ifAny(theirs(b.Name), b))
		}
		raw, _ := json.Marshal(slices.DeleteFunc(all, func(v any) bool { return v == nil })) // exported fields alone: no counters
		return string(raw)
	}
	before := look()
	return func() string {
		if after := look(); after != before {
			return fmt.Sprintf("%.2000s to %.2000s", before, after)
		}
		return ""
	}
}

func ifAny(is bool, v any) any {
	if is {
		return v
	}
	return nil
}

// networkDrifts are over TLS, unless a name begins with "TCP".
var networkDrifts = map[string]struct {
	hand handChange
	want []string // drift, by what it begins with
}{
	"no change": {func(*cluster, *lbfile.Spec) {}, nil},
	"cross-zone is off": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Attributes[crossZone] = "false" }),
		[]string{"update attributes elb-impala-blue"},
	},
	"clients are sent to their zone": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Attributes[clientRouting] = "availability_zone_affinity" }),
		[]string{"update attributes elb-impala-blue"},
	},
	"the access log is off": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Attributes[logsEnabled] = "false" }),
		[]string{"update access log elb-impala-blue"},
	},
	"the access log has another prefix": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Attributes[logsPrefix] = "other" }),
		[]string{"update access log elb-impala-blue"},
	},
	"the balancer lost a subnet": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Subnets = b.Subnets[:1] }),
		[]string{"update load balancer's subnets elb-impala-blue"},
	},
	"the balancer has another group": {
		func(c *cluster, s *lbfile.Spec) {
			other := c.anyGroup()
			c.SetNetworkBalancer(s.Balancer(), func(b *awssim.NetworkBalancer) { b.Groups = other })
		},
		[]string{"update load balancer's groups elb-impala-blue"},
	},
	"TCP, the idle timeout": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Listeners[0].Attributes[idleAttribute] = "350" }),
		[]string{"update listener's idle timeout 21000"},
	},
	"a listener is missing": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Listeners = b.Listeners[:1] }),
		[]string{"create listener 21050"},
	},
	"TCP, a listener is missing": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Listeners = b.Listeners[1:] }),
		[]string{"create listener 21000", "update listener's idle timeout 21000"},
	},
	"a listener forwards to the other port's group": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Listeners[0].Groups = b.Listeners[1].Groups }),
		[]string{"update listener 21000"},
	},
	"a listener has another policy": {
		handOnNetwork(func(b *awssim.NetworkBalancer) { b.Listeners[1].Policy = "ELBSecurityPolicy-2016-08" }),
		[]string{"update listener 21050"},
	},
	"a listener in plain text": {
		handOnNetwork(func(b *awssim.NetworkBalancer) {
			l := &b.Listeners[1]
			l.Protocol, l.Policy, l.Certificates = "TCP", "", nil
		}),
		[]string{"update listener 21050"},
	},
	"another certificate": {
		func(c *cluster, s *lbfile.Spec) {
			s.TLS.Domain, s.TLS.Certificate = "", c.AddCertificate(awssim.Certificate{Domain: "other.example.com"})
		},
		[]string{"update listener 21000", "update listener 21050"},
	},
	"a listener that is not wanted": {
		func(_ *cluster, s *lbfile.Spec) { s.Listeners = []uint16{21050} },
		[]string{"delete rule blue Impala FE: tcp 21000", "delete rule blue Impala BE: tcp 21000", "delete listener 21000", "delete target group impala-lb-21000-"},
	},
	"the health check's port": {
		handOnTargets(func(g *awssim.TargetGroup) { g.Check.Port = "22" }),
		[]string{"update health check impala-lb-21050-"},
	},
	"the health check's interval": {
		handOnTargets(func(g *awssim.TargetGroup) { g.Check.Interval = 300 }),
		[]string{"update health check impala-lb-21050-"},
	},
	"a health check by HTTP": {
		func(_ *cluster, s *lbfile.Spec) { s.HealthCheck.Target = "HTTP:25000/healthz" },
		[]string{"create rule blue Impala BE: tcp 25000", "update health check impala-lb-21000-", "update health check impala-lb-21050-"},
	},
	"a coordinator is not registered": {
		handOnTargets(func(g *awssim.TargetGroup) { g.Targets = g.Targets[1:] }),
		[]string{"create targets 21050: i-"},
	},
	"a coordinator is registered on another port": {
		handOnTargets(func(g *awssim.TargetGroup) { g.Targets[0].Port = 28000 }),
		[]string{"create targets 21050: i-", "delete targets 21050: i-"},
	},
	"a coordinator is registered twice": {
		handOnTargets(func(g *awssim.TargetGroup) {
			twice := g.Targets[0]
			twice.Port = 21000
			g.Targets = append(g.Targets, twice)
		}),
		[]string{"delete targets 21050: i-"},
	},
	"an executor is registered": {
		func(c *cluster, s *lbfile.Spec) {
			executor := c.AddInstance(awssim.Instance{Subnet: c.subnets[0]})
			handOnTargets(func(g *awssim.TargetGroup) { g.Targets = append(g.Targets, awssim.Target{ID: executor}) })(c, s)
		},
		[]string{"delete targets 21050: i-"},
	},
	"the deregistration delay": {handOnAttribute(drainSeconds, "0"), []string{"update target group's attributes impala-lb-21050-"}},
	"connections are ended after it": {
		handOnAttribute(endAfterDrain, "true"), []string{"update target group's attributes impala-lb-21050-"},
	},
	"client addresses are hidden":     {handOnAttribute(preserveClient, "false"), []string{"update target group's attributes impala-lb-21050-"}},
	"the proxy protocol is on":        {handOnAttribute(proxyProtocolV2, "true"), []string{"update target group's attributes impala-lb-21050-"}},
	"the group's own cross-zone wins": {handOnAttribute(crossZone, "false"), []string{"update target group's attributes impala-lb-21050-"}},
	"sessions stick":                  {handOnAttribute(stickyEnabled, "true"), []string{"update target group's attributes impala-lb-21050-"}},
	"unhealthy ones are not drained":  {handOnAttribute(drainUnhealthy, "0"), []string{"update target group's attributes impala-lb-21050-"}},
	"unhealthy ones are cut, as usual": {
		handOnTargets(func(g *awssim.TargetGroup) { delete(g.Attributes, endUnhealthy); delete(g.Attributes, drainUnhealthy) }),
		[]string{"update target group's attributes impala-lb-21050-"},
	},
	"stickiness is wanted": {
		func(_ *cluster, s *lbfile.Spec) { s.Stickiness = lbfile.BySource },
		[]string{"update target group's attributes impala-lb-21000-", "update target group's attributes impala-lb-21050-"},
	},
	"tags were cleaned, but for the owner's": {
		func(c *cluster, s *lbfile.Spec) {
			keep := map[string]string{ownerTag: "123456789012/us-east-1/blue"}
			c.SetNetworkBalancer(s.Balancer(), func(b *awssim.NetworkBalancer) { b.Tags = keep })
			handOnTargets(func(g *awssim.TargetGroup) { g.Tags = keep })(c, s)
		},
		[]string{"update target group's tags impala-lb-21050-", "update load balancer's tags elb-impala-blue"},
	},
	"a target group was deleted": {
		func(c *cluster, s *lbfile.Spec) {
			handOnNetwork(func(b *awssim.NetworkBalancer) { b.Listeners = b.Listeners[:1] })(c, s)
			for _, g := range c.TargetGroups() {
				if strings.HasPrefix(g.Name, lbfile.TargetGroupPrefix+"21050-") {
					_, _ = c.hand.ELBv2.DeleteTargetGroup(context.Background(), &elbv2.DeleteTargetGroupInput{TargetGroupArn: &g.ARN}) // refused: then there is no drift
				}
			}
		},
		[]string{"create target group impala-lb-21050-", "update target group's attributes impala-lb-21050-", "create targets 21050: ", "create listener 21050"},
	},
	"targets by address": {
		func(_ *cluster, s *lbfile.Spec) { s.Targets = lbfile.ByAddress },
		[]string{
			"create target group impala-lb-21000-", "update target group's attributes impala-lb-21000-", "create target group impala-lb-21050-", "update target group's attributes impala-lb-21050-",
			"create targets 21000: 10.", "create targets 21050: 10.", "update listener 21000", "update listener 21050", "delete target group impala-lb-21000-", "delete target group impala-lb-21050-",
		},
	},
	"TLS behind as well": {
		func(_ *cluster, s *lbfile.Spec) { s.TLS.Backend = lbfile.Encrypted },
		[]string{
			"create target group impala-lb-21000-", "update target group's attributes impala-lb-21000-", "create target group impala-lb-21050-", "update target group's attributes impala-lb-21050-",
			"create targets 21000: i-", "create targets 21050: i-", "update listener 21000", "update listener 21050", "delete target group impala-lb-21000-", "delete target group impala-lb-21050-",
		},
	},
	"an instance is no longer a coordinator": {
		func(c *cluster, s *lbfile.Spec) { s.Coordinators = lbfile.Coordinators{IDs: c.instances[1:]} },
		[]string{"delete targets 21000: i-", "delete targets 21050: i-", "delete coordinator's group eni-"},
	},
	"the balancer's group lets nothing out": {
		func(c *cluster, s *lbfile.Spec) {
			c.SetGroup(c.group(s.FrontGroup()).ID, func(g *awssim.Group) { g.Egress = nil })
		},
		[]string{"create outbound rule blue Impala FE: tcp 21000 to sg-", "create outbound rule blue Impala FE: tcp 21050 to sg-"},
	},
	"a coordinator lost the group": {
		func(c *cluster, _ *lbfile.Spec) { c.SetInterfaceGroups(c.ENIs()[0].ID, c.ENIs()[0].Groups[0]) },
		[]string{"update coordinator's group i-"},
	},
	"the bucket's policy is gone": {
		func(c *cluster, _ *lbfile.Spec) { c.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Policy = "" }) },
		[]string{"create bucket policy blue-logs"},
	},
}

func TestNetwork_RepairsDrift(t *testing.T) {
	t.Parallel()
	for name, tc := range networkDrifts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), networkTLSFile(t)
			if strings.HasPrefix(name, "TCP") {
				spec = networkFile(t)
			}
			strangers := c.addStrangers()
			mustApply(t, c, spec)
			if left := strangers(); left != "" {
				t.Errorf("apply changed %s", left)
			}
			tc.hand(c, &spec)
			before := c.Writes()
			report, err := Status(t.Context(), c.cloudHere(t), spec)
			if err != nil || c.Writes() != before {
				t.Errorf("status: %v, %d writes", err, c.Writes()-before)
			}
			got := actions(report.Drift)
			if !slices.EqualFunc(got, tc.want, strings.HasPrefix) {
				t.Errorf("drift\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tc.want, "\n"))
			}
			mustApply(t, c, spec)
			before = len(c.Calls())
			if report := mustApply(t, c, spec); len(report.Drift) > 0 || len(c.writesSince(before)) > 0 {
				t.Errorf("after the mending: drift %q, writes %q", actions(report.Drift), c.writesSince(before))
			}
			mustDestroy(t, c, spec)
			if left := strangers(); left != "" {
				t.Errorf("destroy changed %s", left)
			}
		})
	}
}

package provision

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// TestNetwork_DestroyDarkensNothing: whatever happened to a resource of ours, nobody
// else's load balancer loses a target, and what is left is told.
func TestNetwork_DestroyDarkensNothing(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hand func(*testing.T, *cluster, lbfile.Spec)
		ends string // the end of destroy: "stops", "keeps RESOURCE", or "" for nothing left
	}{
		"nothing": {func(*testing.T, *cluster, lbfile.Spec) {}, ""},
		"the load balancer, tag lost": {
			func(_ *testing.T, c *cluster, s lbfile.Spec) {
				c.SetNetworkBalancer(s.Balancer(), func(b *awssim.NetworkBalancer) { b.Tags = nil })
			}, "stops",
		},
		"the load balancer, deleted": {func(t *testing.T, c *cluster, s lbfile.Spec) { c.deleteNetwork(t, s) }, ""},
		"the load balancer, a twin": {
			func(t *testing.T, c *cluster, s lbfile.Spec) {
				c.deleteNetwork(t, s)
				c.addTwin(s, lbfile.TargetGroupPrefix+"28000-0123456789ab", c.strangersGroup())
			}, "keeps load balancer",
		},
		"the load balancer, a twin with our target group": {
			func(t *testing.T, c *cluster, s lbfile.Spec) {
				c.deleteNetwork(t, s)
				c.addTwin(s, c.ownGroup().Name, c.strangersGroup())
			}, "stops",
		},
		"the load balancer, a twin with our security group": {
			func(t *testing.T, c *cluster, s lbfile.Spec) {
				c.deleteNetwork(t, s)
				c.addTwin(s, lbfile.TargetGroupPrefix+"28000-0123456789ab", c.group(s.FrontGroup()).ID)
			}, "stops",
		},
		"a target group, tag lost": {
			func(_ *testing.T, c *cluster, _ lbfile.Spec) {
				c.SetTargetGroup(c.ownGroup().Name, func(g *awssim.TargetGroup) { g.Tags = nil })
			}, "keeps target group",
		},
		"a target group, of another's load balancer": {
			func(_ *testing.T, c *cluster, _ lbfile.Spec) {
				own := c.ownGroup().Name
				c.SetNetworkBalancer("elb-impala-blue2", func(b *awssim.NetworkBalancer) { b.Listeners[0].Groups = []string{own} })
			}, "stops",
		},
		"the front group, tag lost": {
			func(_ *testing.T, c *cluster, s lbfile.Spec) { c.untagGroup(s.FrontGroup()) }, "keeps security group",
		},
		"the back group, tag lost": {
			func(_ *testing.T, c *cluster, s lbfile.Spec) { c.untagGroup(s.BackGroup()) }, "keeps security group",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1, DrainLag: 1}), networkTLSFile(t)
			c.addStrangers()
			mustApply(t, c, spec)
			tc.hand(t, c, spec)
			calls, lit := len(c.Calls()), c.litTargets(t)
			report, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true})
			_, stopped := errors.AsType[*StoppedError](err)
			writes := c.writesSince(calls)
			for arn, healthy := range lit {
				if now := c.litTargets(t)[arn]; now != healthy {
					t.Errorf("%s had %d healthy targets and has %d", arn, healthy, now)
				}
			}
			kept, isKept := strings.CutPrefix(tc.ends, "keeps ")
			switch {
			case stopped != (tc.ends == "stops") || stopped && len(writes) > 0:
				t.Errorf("%v, writes %q", err, writes)
			case isKept && !slices.ContainsFunc(report.Left, func(l Leftover) bool { return l.Resource == kept && l.Why != "" }):
				t.Errorf("%v, left %+v", err, report.Left)
			case tc.ends == "" && (err != nil || len(c.tagged()) > 0):
				t.Errorf("%v, left %q", err, c.tagged())
			}
		})
	}
}

// strangersGroup is a security group of addStrangers.
func (c *cluster) strangersGroup() string { return c.group("blue Impala").ID }

// ownGroup is our first target group.
func (c *cluster) ownGroup() awssim.TargetGroup {
	all := c.TargetGroups()
	return all[slices.IndexFunc(all, func(g awssim.TargetGroup) bool { return strings.HasSuffix(g.Tags[ownerTag], "/blue") })]
}

func (c *cluster) deleteNetwork(t *testing.T, s lbfile.Spec) {
	t.Helper()
	for _, b := range c.NetworkBalancers() {
		if b.Name == s.Balancer() {
			if _, err := c.hand.ELBv2.DeleteLoadBalancer(t.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &b.ARN}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// addTwin adds somebody's load balancer with our name.
func (c *cluster) addTwin(s lbfile.Spec, targets, group string) {
	c.AddNetworkBalancer(awssim.NetworkBalancer{
		Name: s.Balancer(), Subnets: c.subnets, Groups: []string{group},
		Listeners: []awssim.NetworkListener{{Port: 21050, Groups: []string{targets}}},
	})
}

// litTargets counts the targets that are not unused, by target group, of every network
// load balancer without our tag.
func (c *cluster) litTargets(t *testing.T) map[string]int {
	t.Helper()
	lit := map[string]int{}
	for _, b := range c.NetworkBalancers() {
		for _, l := range b.Listeners {
			for _, g := range c.TargetGroups() {
				if strings.HasSuffix(b.Tags[ownerTag], "/blue") || !slices.Contains(l.Groups, g.Name) {
					continue
				}
				out, err := c.hand.ELBv2.DescribeTargetHealth(t.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: aws.String(g.ARN)})
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range out.TargetHealthDescriptions {
					if d.TargetHealth.State != "unused" && d.TargetHealth.State != "draining" {
						lit[g.ARN]++
					}
				}
			}
		}
	}
	return lit
}

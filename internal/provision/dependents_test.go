package provision

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// untag takes the owner's tag off the balancer, as a job that cleans tags does.
func (c *cluster) untagBalancer() {
	c.SetBalancer("elb-impala-blue", func(b *awssim.Balancer) { b.Tags = nil })
}

func (c *cluster) group(name string) awssim.Group {
	for _, g := range c.Groups() {
		if g.Name == name {
			return g
		}
	}
	return awssim.Group{}
}

func (c *cluster) untagGroup(name string) {
	c.SetGroup(c.group(name).ID, func(g *awssim.Group) { g.Tags = nil })
}

func (c *cluster) serving() int {
	n := 0
	for _, e := range c.ENIs() {
		if e.Instance != "" && len(e.Groups) == 2 {
			n++
		}
	}
	return n
}

// TestDestroy_StopsBeforeItTakesAServingBalancerApart: what is not ours uses what
// is, so that removing ours would take it out of service.
func TestDestroy_StopsBeforeItTakesAServingBalancerApart(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hand func(*cluster, lbfile.Spec)
		says string
	}{
		"the balancer lost its tag": {
			hand: func(c *cluster, _ lbfile.Spec) { c.untagBalancer() },
			says: `load balancer "elb-impala-blue": conflict: it does not carry our tag`,
		},
		"the balancer and the front group lost theirs": {
			hand: func(c *cluster, s lbfile.Spec) { c.untagBalancer(); c.untagGroup(s.FrontGroup()) },
			says: "depends on our security group blue Impala BE (through blue Impala FE)",
		},
		"the balancer lost it, and has another group and our certificate": {
			hand: func(c *cluster, _ lbfile.Spec) {
				c.untagBalancer()
				other := c.anyGroup()
				c.SetBalancer("elb-impala-blue", func(b *awssim.Balancer) { b.Groups = other })
			},
			says: "depends on our certificate arn:",
		},
		"the balancer lost it, has another group, is plain, and logs into the bucket": {
			hand: func(c *cluster, _ lbfile.Spec) {
				c.untagBalancer()
				other := c.anyGroup()
				c.SetBalancer("elb-impala-blue", func(b *awssim.Balancer) {
					b.Groups = other
					for i := range b.Listeners {
						b.Listeners[i] = awssim.Listener{Port: b.Listeners[i].Port, Protocol: "TCP", InstancePort: b.Listeners[i].InstancePort, InstanceProtocol: "TCP"}
					}
				})
			},
			says: "depends on our statement in the policy of bucket blue-logs",
		},
		"another balancer uses the front group": {
			hand: func(c *cluster, s lbfile.Spec) {
				c.AddBalancer(awssim.Balancer{Name: "theirs", Subnets: c.subnets[:1], Groups: []string{c.group(s.FrontGroup()).ID}, Instances: c.instances})
			},
			says: `security group "blue Impala FE": conflict: it is used by eni-`,
		},
		"an instance uses the front group": {
			hand: func(c *cluster, s lbfile.Spec) {
				bastion := c.AddInstance(awssim.Instance{Subnet: c.subnets[0]})
				for _, e := range c.ENIs() {
					if e.Instance == bastion {
						c.SetInterfaceGroups(e.ID, append(e.Groups, c.group(s.FrontGroup()).ID)...)
					}
				}
			},
			says: `security group "blue Impala FE": conflict: it is used by eni-`,
		},
		"the back group is a coordinator's only one": {
			hand: func(c *cluster, s lbfile.Spec) {
				for _, e := range c.ENIs() {
					if e.Instance == c.instances[0] {
						c.SetInterfaceGroups(e.ID, c.group(s.BackGroup()).ID)
					}
				}
			},
			says: "is its only security group",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
			mustApply(t, c, spec)
			tc.hand(c, spec)
			serving, before := c.serving(), len(c.Calls())
			p, err := ListOwned(t.Context(), c.cloudHere(t), spec, DestroyOptions{})
			if err != nil || len(p.Stops()) == 0 {
				t.Errorf("the list stops for %q, %v", actions(p.Stops()), err)
			}
			report, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true})
			if _, ok := errors.AsType[*StoppedError](err); !ok || !strings.Contains(err.Error(), tc.says) || report.Complete {
				t.Errorf("%v, want %s", err, tc.says)
			}
			if wrote := c.writesSince(before); len(wrote) > 0 || c.serving() != serving {
				t.Errorf("it wrote %q; %d of %d coordinators have the group", wrote, c.serving(), serving)
			}
		})
	}
}

// TestDestroy_GoesOnOnceTheTagIsBack: the message says what to do.
func TestDestroy_GoesOnOnceTheTagIsBack(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
	mustApply(t, c, spec)
	tags := maps.Clone(c.LoadBalancers()[0].Tags)
	c.untagBalancer()
	if _, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{}); err == nil {
		t.Fatal("destroyed although the balancer is not ours")
	}
	c.SetBalancer("elb-impala-blue", func(b *awssim.Balancer) { b.Tags = tags })
	mustDestroy(t, c, spec)
}

// TestDestroy_NamesWhatCarriesOurNamesWithoutOurTag: it is left, and told of.
func TestDestroy_NamesWhatCarriesOurNamesWithoutOurTag(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
	mustApply(t, c, spec)
	c.untagGroup(spec.FrontGroup())
	front := c.group(spec.FrontGroup()).ID
	c.AddCertificate(awssim.Certificate{Domain: spec.TLS.Domain})
	report, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true})
	if err != nil || !report.Complete {
		t.Fatalf("%v, complete %v", err, report.Complete)
	}
	if len(c.LoadBalancers()) > 0 || c.group(spec.BackGroup()).ID != "" || c.group(spec.FrontGroup()).ID != front {
		t.Errorf("balancers %+v, groups %+v", c.LoadBalancers(), c.Groups())
	}
	if !slices.EqualFunc(report.Left, []string{"security group blue Impala FE", "certificate arn:"}, func(l Leftover, want string) bool {
		return l.Kept && strings.HasPrefix(l.Resource+" "+l.Name, want) && strings.Contains(l.Why, "does not carry our tag")
	}) {
		t.Errorf("left %+v", report.Left)
	}
}

package provision

import (
	"errors"
	"slices"
	"strings"
	"testing"

	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

func TestNetwork_StopsBeforeTheFirstWrite(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		there func(*cluster, *lbfile.Spec)
		says  string // of the change that stops
	}{
		"a network load balancer of that name": {
			func(c *cluster, _ *lbfile.Spec) {
				c.AddNetworkBalancer(awssim.NetworkBalancer{Name: "elb-impala-blue", Subnets: c.subnets[:1], Tags: otherOwner})
			},
			"conflict load balancer elb-impala-blue",
		},
		"an application load balancer of that name": {
			func(c *cluster, _ *lbfile.Spec) {
				c.AddNetworkBalancer(awssim.NetworkBalancer{Name: "elb-impala-blue", Type: "application", Subnets: c.subnets[:1]})
			},
			"conflict load balancer elb-impala-blue",
		},
		"somebody's Classic load balancer of that name": {
			func(c *cluster, _ *lbfile.Spec) {
				c.AddBalancer(awssim.Balancer{Name: "elb-impala-blue", Subnets: c.subnets[:1], Groups: c.anyGroup(), Tags: otherOwner})
			},
			"conflict load balancer elb-impala-blue",
		},
		"a target group of that name": {
			func(c *cluster, s *lbfile.Spec) {
				name := s.TargetGroup("123456789012/us-east-1/blue", c.vpc, 21050)
				c.AddTargetGroup(awssim.TargetGroup{Name: name, Port: 21050, VPC: c.vpc, Tags: otherOwner})
			},
			"conflict target group impala-lb-21050-",
		},
		"one of ours without a security group": {
			func(c *cluster, _ *lbfile.Spec) {
				c.AddNetworkBalancer(awssim.NetworkBalancer{Name: "elb-impala-blue", Subnets: c.subnets[:1], Tags: map[string]string{ownerTag: "123456789012/us-east-1/blue"}})
			},
			"blocked load balancer elb-impala-blue",
		},
		"one of ours that has failed": {
			func(c *cluster, _ *lbfile.Spec) {
				c.AddNetworkBalancer(awssim.NetworkBalancer{Name: "elb-impala-blue", State: "failed", Subnets: c.subnets, Groups: c.anyGroup(), Tags: map[string]string{ownerTag: "123456789012/us-east-1/blue"}})
			},
			"blocked load balancer's state elb-impala-blue",
		},
		"one of ours with public addresses": {
			func(c *cluster, _ *lbfile.Spec) {
				c.AddNetworkBalancer(awssim.NetworkBalancer{Name: "elb-impala-blue", Scheme: "internet-facing", Subnets: c.subnets, Groups: c.anyGroup(), Tags: map[string]string{ownerTag: "123456789012/us-east-1/blue"}})
			},
			"blocked load balancer elb-impala-blue",
		},
		"a policy that AWS does not have": {
			func(_ *cluster, s *lbfile.Spec) { s.TLS.Policy = "ELBSecurityPolicy-TLS13-1-9-2031-06" },
			"blocked TLS policy ELBSecurityPolicy-TLS13-1-9-2031-06",
		},
		"more targets than the account's quota": {
			func(c *cluster, _ *lbfile.Spec) { c.SetQuotas(awssim.Quotas{ZoneTargets: 5}) },
			"blocked quota targets of a network load balancer, counted once a listener",
		},
		"more listeners than the account's quota": {
			func(c *cluster, _ *lbfile.Spec) { c.SetQuotas(awssim.Quotas{NetworkListeners: 1}) },
			"blocked quota listeners of a network load balancer",
		},
		"as many load balancers as the account may have": {
			func(c *cluster, _ *lbfile.Spec) {
				c.SetQuotas(awssim.Quotas{NetworkBalancers: 1})
				c.AddNetworkBalancer(awssim.NetworkBalancer{Name: "theirs", Subnets: c.subnets[:1], Groups: c.anyGroup()})
			},
			"blocked quota network load balancers in us-east-1",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), networkTLSFile(t)
			tc.there(c, &spec)
			p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
			if err != nil || !slices.ContainsFunc(actions(p.Stops()), func(a string) bool { return strings.HasPrefix(a, tc.says) }) {
				t.Errorf("plan stops for %q, %v", actions(p.Stops()), err)
			}
			_, err = Apply(t.Context(), c.cloudHere(t), spec, Options{})
			if _, ok := errors.AsType[*StoppedError](err); !ok || c.Writes() != 0 {
				t.Errorf("apply: %v, %d writes", err, c.Writes())
			}
		})
	}
}

// TestKind_IsNotExchanged: neither by apply nor by destroy, in both directions.
func TestKind_IsNotExchanged(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ built, wanted func(*testing.T) lbfile.Spec }{
		"Classic to network": {plainFile, networkFile}, "network to Classic": {networkFile, plainFile},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, awssim.Config{})
			built, wanted := tc.built(t), tc.wanted(t)
			mustApply(t, c, built)
			before := c.Writes()
			p, err := MakePlan(t.Context(), c.cloudHere(t), wanted)
			if err != nil || len(p.Changes) != 1 || !p.Changes[0].Stops() || !strings.Contains(p.Changes[0].Why, "lb.yaml says kind: "+string(wanted.Kind)) || !strings.Contains(p.Changes[0].Why, "Set kind: "+string(built.Kind)+" again") {
				t.Errorf("plan %q %+v, %v", actions(p.Changes), p.Changes, err)
			}
			_, err = Apply(t.Context(), c.cloudHere(t), wanted, Options{})
			_, err2 := Destroy(t.Context(), c.cloudHere(t), wanted, DestroyOptions{})
			for _, err := range []error{err, err2} {
				if _, ok := errors.AsType[*StoppedError](err); !ok {
					t.Errorf("%v", err)
				}
			}
			if c.Writes() != before {
				t.Errorf("writes %q", c.writesSince(0))
			}
			mustDestroy(t, c, built)
			mustApply(t, c, wanted)
			mustDestroy(t, c, wanted)
		})
	}
}

// TestKind_OfAnotherTypeIsNoKindToSet: what carries our tag and is of neither kind cannot
// be removed by provision, whatever lb.yaml says.
func TestKind_OfAnotherTypeIsNoKindToSet(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]func(*testing.T) lbfile.Spec{"Classic": plainFile, "network": networkFile} {
		for _, of := range []string{"application", "gateway"} {
			t.Run(name+" and "+of, func(t *testing.T) {
				t.Parallel()
				c, spec := newCluster(t, awssim.Config{}), file(t)
				c.AddNetworkBalancer(awssim.NetworkBalancer{Name: spec.Balancer(), Type: of, Subnets: c.subnets[:1], Tags: map[string]string{ownerTag: "123456789012/us-east-1/blue"}})
				_, err := Apply(t.Context(), c.cloudHere(t), spec, Options{})
				if _, ok := errors.AsType[*StoppedError](err); !ok || !strings.Contains(err.Error(), of+" load balancer") || !strings.Contains(err.Error(), "provision neither builds nor removes one") || strings.Contains(err.Error(), "kind:") {
					t.Errorf("apply: %v", err)
				}
				report, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{})
				if _, stopped := errors.AsType[*StoppedError](err); !stopped && !slices.ContainsFunc(report.Left, func(l Leftover) bool { return strings.Contains(l.Why, of+" load balancer") }) {
					t.Errorf("destroy: %v, left %+v", err, report.Left)
				}
				if c.Writes() != 0 {
					t.Errorf("writes %q", c.writesSince(0))
				}
			})
		}
	}
}

// TestNetwork_FailedStateEndsTheRun: the SDK's waiter would go on.
func TestNetwork_FailedStateEndsTheRun(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{ActiveLag: 2, EndState: "failed"}), networkFile(t)
	start := c.time()
	report, err := Apply(t.Context(), c.cloudHere(t), spec, Options{})
	if _, ok := errors.AsType[*StoppedError](err); !ok || report.Complete || !strings.Contains(err.Error(), "AWS could not set it up") {
		t.Errorf("%v, complete %v", err, report.Complete)
	}
	if waited := c.time().Sub(start); waited > defaultWait/2 {
		t.Errorf("it waited for %s", waited)
	}
	if len(report.Unfinished) == 0 || !slices.Contains(report.Unfinished, "listeners") {
		t.Errorf("unfinished %q", report.Unfinished)
	}
	mustDestroy(t, c, spec)
}

func TestNetwork_ImpairedServes(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{ActiveLag: 1, EndState: "active_impaired"}), networkFile(t)
	r := mustApply(t, c, spec)
	if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "active_impaired") }) {
		t.Errorf("notes %q", r.Notes)
	}
	r, err := Status(t.Context(), c.cloudHere(t), spec)
	r.Verdicts = r.Judge(Limits{})
	failed := mapSlice(r.Failed(), func(v Verdict) string { return v.Check })
	if err != nil || !slices.Equal(failed, []string{"load_balancer.state"}) {
		t.Errorf("%v, failed %q", err, failed)
	}
}

// TestNetwork_DestroyStopsForWhatDependsOnIt: nothing is taken apart before.
func TestNetwork_DestroyStopsForWhatDependsOnIt(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hand handChange
		says string
	}{
		"deletion protection": {
			handOnNetwork(func(b *awssim.NetworkBalancer) { b.Attributes[deletionGuard] = "true" }), "deletion protection is on",
		},
		"the load balancer lost its tag": {
			handOnNetwork(func(b *awssim.NetworkBalancer) { b.Tags = nil }), "depends on our target group impala-lb-21000-",
		},
		"somebody's load balancer forwards to our group": {
			func(c *cluster, _ *lbfile.Spec) {
				own := c.TargetGroups()[0].Name
				c.AddNetworkBalancer(awssim.NetworkBalancer{Name: "theirs", Subnets: c.subnets, Groups: c.anyGroup(), Listeners: []awssim.NetworkListener{{Port: 1, Groups: []string{own}}}})
			},
			"forwards to it, and would lose its coordinators",
		},
		"somebody's machine has our group": {
			func(c *cluster, s *lbfile.Spec) {
				front := c.group(s.FrontGroup()).ID
				c.AddInstance(awssim.Instance{Subnet: c.subnets[0], Interfaces: []awssim.Interface{{Groups: []string{front}}}})
			},
			"which would no longer reach the coordinators",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), networkTLSFile(t)
			mustApply(t, c, spec)
			tc.hand(c, &spec)
			before := len(c.Calls())
			_, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true})
			if _, ok := errors.AsType[*StoppedError](err); !ok || !strings.Contains(err.Error(), tc.says) || len(c.writesSince(before)) > 0 {
				t.Errorf("%v, writes %q", err, c.writesSince(before))
			}
		})
	}
}

// TestNetwork_ApplyStopsForWhoUsesAFormerTargetGroup: AWS would keep the group, and the
// run would wait for it in vain.
func TestNetwork_ApplyStopsForWhoUsesAFormerTargetGroup(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), networkFile(t)
	mustApply(t, c, spec)
	former := c.TargetGroups()[0].Name
	c.AddNetworkBalancer(awssim.NetworkBalancer{Name: "theirs", Subnets: c.subnets, Groups: c.anyGroup(), Listeners: []awssim.NetworkListener{{Port: 1, Groups: []string{former}}}})
	spec.Targets = lbfile.ByAddress
	before := len(c.Calls())
	_, err := Apply(t.Context(), c.cloudHere(t), spec, Options{})
	if _, ok := errors.AsType[*StoppedError](err); !ok || !strings.Contains(err.Error(), former) || !strings.Contains(err.Error(), "forwards to it, and would lose its coordinators") || len(c.writesSince(before)) > 0 {
		t.Errorf("%v, writes %q", err, c.writesSince(before))
	}
}

// TestNetwork_PlanSaysWhatDiffers from a Classic load balancer, and what a client on a
// coordinator meets.
func TestNetwork_PlanSaysWhatDiffers(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		file func(*testing.T) lbfile.Spec
		edit func(*lbfile.Spec)
		says []string
		not  []string
	}{
		"over TCP": {networkFile, nil, []string{"not in turn", "without a word", "fail open", "see the clients' addresses", "no access log", "one in 3 times out. clients contains i-"}, []string{"TLS listener is 350s"}},
		"over TLS": {networkTLSFile, nil, []string{"The idle timeout of a TLS listener is 350s, which AWS does not change", "passwords go in clear text"}, []string{"no access log"}},
		"clients elsewhere": {networkFile, func(s *lbfile.Spec) { s.Clients = parsePrefixes("192.168.0.0/16") },
			nil, []string{"times out"}},
		"addresses that are not preserved": {networkFile, func(s *lbfile.Spec) { *s.PreserveClientIP = false }, nil, []string{"times out", "see the clients' addresses"}},
		"sticky":                           {networkFile, func(s *lbfile.Spec) { s.Stickiness = lbfile.BySource }, []string{"all sessions from one address"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tc.file(t)
			if tc.edit != nil {
				tc.edit(&spec)
			}
			p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
			if err != nil {
				t.Fatal(err)
			}
			all := strings.Join(p.Notes, "\n")
			for _, words := range tc.says {
				if !strings.Contains(all, words) {
					t.Errorf("no %q in\n%s", words, all)
				}
			}
			mustApply(t, c, spec)
			p, err = MakePlan(t.Context(), c.cloudHere(t), spec)
			if err != nil || strings.Contains(strings.Join(p.Notes, "\n"), "not in turn") {
				t.Errorf("afterwards %q, %v", p.Notes, err)
			}
			for _, words := range tc.not {
				if strings.Contains(all, words) {
					t.Errorf("%q in\n%s", words, all)
				}
			}
		})
	}
}

// TestNetwork_WaitNamesTheTargetsReason: AWS's own, with the port.
func TestNetwork_WaitNamesTheTargetsReason(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), networkFile(t)
	c.SetInstanceHealth(c.instances[0], "Health checks failed")
	_, err := Apply(t.Context(), c.cloudHere(t), spec, Options{})
	waited, ok := errors.AsType[*WaitError](err)
	if !ok || !strings.Contains(waited.Error(), c.instances[0]+" is unhealthy (Target.FailedHealthChecks") || !strings.Contains(waited.Error(), "on port 21000") {
		t.Errorf("%v", err)
	}
	r, err := Status(t.Context(), c.cloudHere(t), spec)
	r.Verdicts = r.Judge(Limits{})
	if err != nil || len(r.Drift) > 0 || len(r.Failed()) != 1 || r.Failed()[0].Check != "coordinators.in_service" {
		t.Errorf("%v, drift %q, failed %+v", err, actions(r.Drift), r.Failed())
	}
}

// TestNetwork_DestroyGoesOnWhereAGroupNamesWhatIsGone: AWS shows the use of a target group
// for a while after it has ended, and that is nobody's dependence.
func TestNetwork_DestroyGoesOnWhereAGroupNamesWhatIsGone(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{IssueAfter: 1, UseLag: 9}), networkTLSFile(t)
	mustApply(t, c, spec)
	c.deleteNetwork(t, spec)
	mustDestroy(t, c, spec)
}

// deleteNetwork deletes our load balancer by hand.
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

package provision

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

func TestApply_RepairsDrift(t *testing.T) {
	t.Parallel()
	balancer := func(change func(*awssim.Balancer)) func(*cluster, *lbfile.Spec) {
		return func(c *cluster, _ *lbfile.Spec) { c.SetBalancer("elb-impala-blue", change) }
	}
	for name, tc := range map[string]struct {
		hand func(*cluster, *lbfile.Spec)
		want []string // drift, by what it begins with
	}{
		"the idle timeout": {
			balancer(func(b *awssim.Balancer) { b.Attributes.IdleTimeout = 60 }),
			[]string{"update attributes elb-impala-blue"},
		},
		"the access log is off": {
			balancer(func(b *awssim.Balancer) { b.Attributes.AccessLog.Enabled = false }),
			[]string{"update access log elb-impala-blue"},
		},
		"the health check": {
			balancer(func(b *awssim.Balancer) { b.HealthCheck.Target = "TCP:22" }),
			[]string{"update health check elb-impala-blue"},
		},
		"a coordinator is not registered": {
			balancer(func(b *awssim.Balancer) { b.Instances = b.Instances[1:] }),
			[]string{"create registration i-"},
		},
		"a listener is missing": {
			balancer(func(b *awssim.Balancer) { b.Listeners = b.Listeners[:1] }),
			[]string{"create listener 21050", "update listener's TLS policy 21050"},
		},
		"the listener of the balancer has its default policy": {
			balancer(func(b *awssim.Balancer) { b.Listeners[0].Policies = []string{"ELBSecurityPolicy-2016-08"} }),
			[]string{"update listener's TLS policy 21000"},
		},
		"the balancer lost a subnet": {
			balancer(func(b *awssim.Balancer) { b.Subnets = b.Subnets[:1] }),
			[]string{"update load balancer's subnets"},
		},
		"a client's network is no longer wanted, and another is": {
			func(_ *cluster, s *lbfile.Spec) { s.Clients = parsePrefixes("172.16.0.0/12", "fd00::/8") },
			[]string{
				"create rule blue Impala FE: tcp 21000 from 172.16.0.0/12", "create rule blue Impala FE: tcp 21000 from fd00::/8",
				"create rule blue Impala FE: tcp 21050 from 172.16.0.0/12", "create rule blue Impala FE: tcp 21050 from fd00::/8",
				"delete rule blue Impala FE: tcp 21000 from 10.0.0.0/8", "delete rule blue Impala FE: tcp 21050 from 10.0.0.0/8",
			},
		},
		"a coordinator lost the group": {
			func(c *cluster, _ *lbfile.Spec) {
				card := c.ENIs()[0]
				c.SetInterfaceGroups(card.ID, card.Groups[0])
			},
			[]string{"update coordinator's group i-"},
		},
		"an instance is no longer a coordinator": {
			func(c *cluster, s *lbfile.Spec) { s.Coordinators = lbfile.Coordinators{IDs: c.instances[1:]} },
			[]string{"delete registration i-", "delete coordinator's group eni-"},
		},
		"a listener that is not wanted": {
			func(_ *cluster, s *lbfile.Spec) { s.Listeners, s.HealthCheck.Target = []uint16{21050}, "TCP:21050" },
			[]string{
				"delete rule blue Impala FE: tcp 21000 from 10.0.0.0/8", "delete rule blue Impala BE: tcp 21000 from sg-",
				"update health check elb-impala-blue", "delete listener 21000",
			},
		},
		"TLS behind as well": {
			func(_ *cluster, s *lbfile.Spec) { s.TLS.Backend = lbfile.Encrypted },
			[]string{"delete listener 21000", "create listener 21000", "delete listener 21050", "create listener 21050"},
		},
		"another TLS policy": {
			func(_ *cluster, s *lbfile.Spec) { s.TLS.Policy = lbfile.DefaultPolicy },
			[]string{"create TLS policy impala-lbcheck-TLS-1-2-2017-01", "update listener's TLS policy 21000", "update listener's TLS policy 21050"},
		},
		"an existing certificate, by its ARN": {
			func(c *cluster, s *lbfile.Spec) {
				s.TLS.Domain, s.TLS.Certificate = "", c.AddCertificate(awssim.Certificate{Domain: "other.example.com"})
			},
			[]string{"update listener's certificate 21000", "update listener's certificate 21050"},
		},
		"the balancer's group lets nothing out": {
			func(c *cluster, s *lbfile.Spec) {
				c.SetGroup(c.group(s.FrontGroup()).ID, func(g *awssim.Group) { g.Egress = nil })
			},
			[]string{"create outbound rule blue Impala FE: tcp 21000 to sg-", "create outbound rule blue Impala FE: tcp 21050 to sg-"},
		},
		"the balancer's group lets out to one port only": {
			func(c *cluster, s *lbfile.Spec) {
				back := c.group(s.BackGroup()).ID
				c.SetGroup(c.group(s.FrontGroup()).ID, func(g *awssim.Group) {
					g.Egress = []awssim.Rule{{Protocol: "tcp", From: 21000, To: 21000, Group: back}}
				})
			},
			[]string{"create outbound rule blue Impala FE: tcp 21050 to sg-"},
		},
		"the balancer's group lets out to the coordinators' network": {
			func(c *cluster, s *lbfile.Spec) {
				c.SetGroup(c.group(s.FrontGroup()).ID, func(g *awssim.Group) {
					g.Egress = []awssim.Rule{{Protocol: "tcp", From: 21000, To: 21050, CIDR: parsePrefixes("10.0.0.0/16")[0]}}
				})
			},
			nil,
		},
		"a proxy protocol policy": {
			balancer(func(b *awssim.Balancer) {
				b.Policies = append(b.Policies, awssim.Policy{Name: "proxy", Type: "ProxyProtocolPolicyType"}, awssim.Policy{Name: "verify", Type: "BackendServerAuthenticationPolicyType"})
				b.BackendPolicies = map[int32][]string{21050: {"proxy", "verify"}, 21000: {"verify"}}
			}),
			[]string{"update coordinators' port policies 21050"},
		},
		"tags were cleaned, but for the owner's": {
			func(c *cluster, s *lbfile.Spec) {
				keep := map[string]string{ownerTag: "123456789012/us-east-1/blue"}
				for _, name := range []string{s.FrontGroup(), s.BackGroup()} {
					c.SetGroup(c.group(name).ID, func(g *awssim.Group) { g.Tags = keep })
				}
				c.SetBalancer(s.Balancer(), func(b *awssim.Balancer) { b.Tags = keep })
				c.SetBucket("blue-logs", func(b *awssim.Bucket) { b.Tags = keep })
				c.SetCertificate(c.Certificates()[0].ARN, func(is *awssim.Certificate) { is.Tags = keep })
			},
			[]string{
				"update security group's tags blue Impala FE", "update security group's tags blue Impala BE", "update bucket's tags blue-logs",
				"update load balancer's tags elb-impala-blue", "update certificate's tags impala.blue.example.com",
			},
		},
		"another tag is wanted": {
			func(_ *cluster, s *lbfile.Spec) { s.Tags = map[string]string{"team": "data"} },
			[]string{
				"update security group's tags blue Impala FE", "update security group's tags blue Impala BE", "update bucket's tags blue-logs",
				"update load balancer's tags elb-impala-blue", "update certificate's tags impala.blue.example.com",
			},
		},
		"no change": {func(*cluster, *lbfile.Spec) {}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{IssueAfter: 1}), tlsFile(t)
			mustApply(t, c, spec)
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
		})
	}
}

func TestBucketPolicy_KeepsOtherStatements(t *testing.T) {
	t.Parallel()
	const theirs = `{"Version":"2012-10-17","Statement":{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::210987654321:root"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::blue-logs/public/*"}}`
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	spec.AccessLogs.Adopt = true
	c.AddBucket(awssim.Bucket{Name: "blue-logs", Policy: theirs, Tags: map[string]string{"team": "data"}})
	mustApply(t, c, spec)
	b := c.Buckets()[0]
	if !strings.Contains(b.Policy, `"Theirs"`) || !strings.Contains(b.Policy, `arn:aws:iam::127311923021:root`) || b.Tags[ownerTag] != "" {
		t.Errorf("bucket %+v", b)
	}
	mustDestroy(t, c, spec)
	if b := c.Buckets()[0]; !strings.Contains(b.Policy, `"Theirs"`) || strings.Contains(b.Policy, "ImpalaLbcheck") {
		t.Errorf("policy afterwards %s", b.Policy)
	}
}

func TestSecurityGroup_SharedGetsTheRuleAndNoInterfaceIsTouched(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	theirs := c.AddGroup(awssim.Group{Name: "workers", VPC: c.vpc})
	for _, n := range c.ENIs() {
		c.SetInterfaceGroups(n.ID, theirs)
	}
	spec.Coordinators.SecurityGroup = theirs
	mustApply(t, c, spec)
	for _, call := range c.Calls() {
		if call.Name == "ModifyNetworkInterfaceAttribute" {
			t.Errorf("%+v", call)
		}
	}
	mustDestroy(t, c, spec)
	for _, g := range c.Groups() {
		if g.ID == theirs && len(g.Rules) > 0 {
			t.Errorf("rules left %+v", g.Rules)
		}
	}
}

func TestWaitError_SaysWhatWasWaitedFor(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		there func(*cluster)
		says  string
	}{
		"an executor is never in service": {
			func(c *cluster) { c.SetInstanceHealth(c.instances[0], "Instance has failed its checks.") },
			"Instance has failed its checks.",
		},
		"the record is not created": {func(*cluster) {}, "create this record in the public zone"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCluster(t, awssim.Config{})
			tc.there(c)
			var said []string
			_, err := Apply(t.Context(), c.cloudHere(t), tlsFile(t), Options{Progress: func(e Event) { said = append(said, e.Text) }})
			waited, ok := errors.AsType[*WaitError](err)
			if !ok || !strings.Contains(waited.Error(), tc.says) || waited.After != defaultWait {
				t.Errorf("%v", err)
			}
			if !strings.Contains(strings.Join(said, "\n"), tc.says) {
				t.Errorf("said %q", said)
			}
			for _, l := range c.LoadBalancers()[0].Listeners {
				if l.Protocol != "TCP" {
					t.Errorf("listener %+v before the certificate is issued", l)
				}
			}
		})
	}
}

func TestCertificate_FailedIsNotUsed(t *testing.T) {
	t.Parallel()
	c := newCluster(t, awssim.Config{})
	if _, err := Apply(t.Context(), c.cloudHere(t), tlsFile(t), Options{}); err == nil {
		t.Fatal("issued without a record")
	}
	c.EndValidation("impala.blue.example.com", "FAILED", "CAA_ERROR")
	_, err := Apply(t.Context(), c.cloudHere(t), tlsFile(t), Options{})
	if _, ok := errors.AsType[*StoppedError](err); !ok || !strings.Contains(err.Error(), "CAA_ERROR") {
		t.Errorf("%v", err)
	}
}

func TestDestroy_NamesWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	mustApply(t, c, spec)
	var front string
	for _, g := range c.Groups() {
		if g.Name == spec.FrontGroup() {
			front = g.ID
		}
	}
	theirs := c.AddGroup(awssim.Group{Name: "theirs", VPC: c.vpc})
	report, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{Progress: func(Event) { // after the look for dependents
		c.SetGroup(theirs, func(g *awssim.Group) { g.Rules = []awssim.Rule{{Protocol: "tcp", From: 1, To: 1, Group: front}} })
	}})
	left, ok := errors.AsType[*LeftError](err)
	if !ok || !strings.Contains(left.Error(), "a rule of "+theirs) {
		t.Errorf("%v", err)
	}
	if !slices.ContainsFunc(report.Left, func(l Leftover) bool { return l.Kept && l.Resource == "bucket" }) {
		t.Errorf("left %+v", report.Left)
	}
	c.SetGroup(theirs, func(g *awssim.Group) { g.Rules = nil })
	mustDestroy(t, c, spec)
}

package awssim_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// network adds a network load balancer with a target group to a fixture, whose instances
// let everybody in.
func (s *fixture) network(t *testing.T) (*elbv2.Client, awssim.NetworkBalancer) {
	t.Helper()
	s.letIn()
	s.AddTargetGroup(awssim.TargetGroup{Name: "hs2", Port: 21050, VPC: s.vpc, Targets: []awssim.Target{{ID: s.instances[0]}, {ID: s.instances[1]}}})
	s.AddTargetGroup(awssim.TargetGroup{Name: "unused", Kind: "ip", Port: 21050, VPC: s.vpc, Targets: []awssim.Target{{ID: "10.0.0.9", Zone: "all"}}})
	s.AddNetworkBalancer(awssim.NetworkBalancer{
		Name: "net", Subnets: s.subnets[:1], Listeners: []awssim.NetworkListener{{Port: 21050, Groups: []string{"hs2"}}, {Port: 21051, Protocol: "TLS", Groups: []string{"hs2"}, Certificates: []string{"arn:aws:acm:a:b:certificate/1"}}},
	})
	return elbv2.NewFromConfig(s.config), s.NetworkBalancers()[0]
}

// Targets are unused until a listener forwards to their group and their zone is enabled.
func TestTargetHealth_IsThatOfAWS(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	c, _ := s.network(t)
	groups := must[*elbv2.DescribeTargetGroupsOutput](t)(c.DescribeTargetGroups(t.Context(), &elbv2.DescribeTargetGroupsInput{}))
	var got []string
	for _, g := range groups.TargetGroups {
		health := must[*elbv2.DescribeTargetHealthOutput](t)(c.DescribeTargetHealth(t.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn}))
		for _, d := range health.TargetHealthDescriptions {
			got = append(got, string(d.TargetHealth.State)+" "+string(d.TargetHealth.Reason))
		}
	}
	if want := []string{"healthy ", "unused Target.NotInUse", "unused Target.NotInUse"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// The defaults are those of the API reference.
func TestAttributes_OfNetworkBalancersHaveDefaults(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	c, b := s.network(t)
	listeners := must[*elbv2.DescribeListenersOutput](t)(c.DescribeListeners(t.Context(), &elbv2.DescribeListenersInput{LoadBalancerArn: &b.ARN})).Listeners
	if len(listeners) != 2 || listeners[0].SslPolicy != nil || aws.ToString(listeners[1].SslPolicy) != "ELBSecurityPolicy-2016-08" || listeners[1].Protocol != v2types.ProtocolEnumTls {
		t.Fatalf("listeners %+v", listeners)
	}
	idle := must[*elbv2.DescribeListenerAttributesOutput](t)(c.DescribeListenerAttributes(t.Context(), &elbv2.DescribeListenerAttributesInput{ListenerArn: listeners[0].ListenerArn})).Attributes
	if len(idle) != 1 || aws.ToString(idle[0].Key) != "tcp.idle_timeout.seconds" || aws.ToString(idle[0].Value) != "350" {
		t.Errorf("attributes %+v", idle)
	}
	shown := must[*elbv2.DescribeListenerCertificatesOutput](t)(c.DescribeListenerCertificates(t.Context(), &elbv2.DescribeListenerCertificatesInput{ListenerArn: listeners[1].ListenerArn})).Certificates
	if len(shown) != 1 || !aws.ToBool(shown[0].IsDefault) {
		t.Errorf("certificates %+v", shown)
	}
}

// What is not there has the codes of the API reference, and what is not simulated is
// refused.
func TestNetworkBalancers_AreRefusedAsByAWS(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	c, b := s.network(t)
	_, err := c.DescribeLoadBalancers(t.Context(), &elbv2.DescribeLoadBalancersInput{Names: []string{"net", "other"}})
	wantCode(t, err, "LoadBalancerNotFound")
	_, err = c.DescribeTargetHealth(t.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: &b.ARN})
	wantCode(t, err, "TargetGroupNotFound")
	_, err = c.DescribeSSLPolicies(t.Context(), &elbv2.DescribeSSLPoliciesInput{Names: []string{"none"}})
	wantCode(t, err, "SSLPolicyNotFound")
	_, err = c.DescribeListenerCertificates(t.Context(), &elbv2.DescribeListenerCertificatesInput{ListenerArn: &b.ARN})
	wantCode(t, err, "ListenerNotFound")
	_, err = c.DeleteRule(t.Context(), &elbv2.DeleteRuleInput{RuleArn: &b.ARN})
	wantCode(t, err, "InvalidAction")
}

// letIn opens the VPC's default group to the VPC, which the fixture's instances are in.
func (s *fixture) letIn() {
	for _, g := range s.Groups() {
		if g.VPC == s.vpc && g.Name == "default" {
			s.SetGroup(g.ID, func(g *awssim.Group) {
				g.Rules = []awssim.Rule{{Protocol: "tcp", From: 0, To: 65535, CIDR: netip.MustParsePrefix("10.0.0.0/8")}}
			})
		}
	}
}

package awssim_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// TestLoadBalancer_ServesWhatItsGroupsAllow walks the whole way once: lookups,
// groups, rules, the interfaces' groups, the balancer, its instances' health.
func TestLoadBalancer_ServesWhatItsGroupsAllow(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{HealthLag: 1})
	ctx := t.Context()
	front, back := s.group(t, "c1 Impala FE"), s.group(t, "c1 Impala BE")
	for _, err := range []error{s.authorize(t, front, tcp(21050, "10.0.0.0/8")), s.authorize(t, back, from(21050, front))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	in := s.input("elb-impala-c1", front)
	if err := s.create(t, in); err != nil {
		t.Fatal(err)
	}
	name := in.LoadBalancerName
	must[*elb.ConfigureHealthCheckOutput](t)(s.elb.ConfigureHealthCheck(ctx, &elb.ConfigureHealthCheckInput{LoadBalancerName: name, HealthCheck: &elbtypes.HealthCheck{
		Target: aws.String("TCP:21050"), Interval: aws.Int32(30), Timeout: aws.Int32(5), UnhealthyThreshold: aws.Int32(2), HealthyThreshold: aws.Int32(5),
	}}))
	s.register(t, *name, s.instances...)
	if got := s.health(t, *name); got[0] != "OutOfService ELB Instance registration is still in progress." {
		t.Errorf("at first %q", got[0])
	}
	if got := s.health(t, *name); got[0] != "OutOfService Instance Instance has failed at least the UnhealthyThreshold number of health checks consecutively." {
		t.Errorf("without the back-end group %q", got[0])
	}
	s.join(t, back)
	if got := s.health(t, *name); !slices.Equal(got, []string{"InService N/A N/A", "InService N/A N/A"}) {
		t.Errorf("with the back-end group %q", got)
	}
	described := must[*elb.DescribeLoadBalancersOutput](t)(s.elb.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerNames: []string{*name}}))
	b := described.LoadBalancerDescriptions[0]
	if *b.VPCId != s.vpc || len(b.Instances) != 2 || len(b.ListenerDescriptions) != 2 || len(b.AvailabilityZones) != 2 || *b.HealthCheck.HealthyThreshold != 5 || b.CreatedTime.IsZero() {
		t.Errorf("described as %+v", b)
	}
}

func (s *fixture) register(t *testing.T, balancer string, ids ...string) {
	t.Helper()
	in := &elb.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: &balancer}
	for _, id := range ids {
		in.Instances = append(in.Instances, elbtypes.Instance{InstanceId: &id})
	}
	must[*elb.RegisterInstancesWithLoadBalancerOutput](t)(s.elb.RegisterInstancesWithLoadBalancer(t.Context(), in))
}

func (s *fixture) health(t *testing.T, balancer string) []string {
	t.Helper()
	out := must[*elb.DescribeInstanceHealthOutput](t)(s.elb.DescribeInstanceHealth(t.Context(), &elb.DescribeInstanceHealthInput{LoadBalancerName: &balancer}))
	var states []string
	for _, i := range out.InstanceStates {
		states = append(states, *i.State+" "+*i.ReasonCode+" "+*i.Description)
	}
	return states
}

// join adds a group to the primary interface of every instance.
func (s *fixture) join(t *testing.T, group string) {
	t.Helper()
	out := must[*ec2.DescribeInstancesOutput](t)(s.ec2.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{Filters: []ec2types.Filter{
		{Name: aws.String("tag:type"), Values: []string{"work*"}}, {Name: aws.String("instance-state-name"), Values: []string{"running"}},
	}}))
	for _, r := range out.Reservations {
		for _, card := range r.Instances[0].NetworkInterfaces {
			groups := []string{group}
			for _, g := range card.Groups {
				groups = append(groups, *g.GroupId)
			}
			must[*ec2.ModifyNetworkInterfaceAttributeOutput](t)(s.ec2.ModifyNetworkInterfaceAttribute(t.Context(), &ec2.ModifyNetworkInterfaceAttributeInput{
				NetworkInterfaceId: card.NetworkInterfaceId, Groups: groups,
			}))
		}
	}
}

func TestGetCallerIdentity_IsTheExampleAccount(t *testing.T) {
	t.Parallel()
	c := start(t, awssim.Config{})
	out := must[*sts.GetCallerIdentityOutput](t)(c.sts.GetCallerIdentity(t.Context(), &sts.GetCallerIdentityInput{}))
	if *out.Account != awssim.Account || *out.Arn == "" {
		t.Errorf("caller is %+v", out)
	}
}

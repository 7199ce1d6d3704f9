package awssim_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// open is a VPC with a default group that allows everything.
func open(t *testing.T, config awssim.Config) *fixture {
	t.Helper()
	s := build(t, config)
	wantCode(t, s.authorize(t, s.Groups()[0].ID, tcp(21000, "10.0.0.0/8")), "")
	return s
}

func TestInstanceHealth_HasAReason(t *testing.T) {
	t.Parallel()
	const failed = "OutOfService Instance Instance has failed at least the UnhealthyThreshold number of health checks consecutively."
	cases := map[string]struct {
		change func(*testing.T, *fixture)
		want   string
	}{
		"none: it is in service":   {func(*testing.T, *fixture) {}, "InService N/A N/A"},
		"it is stopped":            {func(_ *testing.T, s *fixture) { s.SetInstanceState(s.instances[0], "stopped") }, "OutOfService Instance Instance is in stopped state."},
		"it is terminated":         {func(_ *testing.T, s *fixture) { s.SetInstanceState(s.instances[0], "terminated") }, "OutOfService Instance Instance is in terminated state."},
		"its group allows nothing": {func(t *testing.T, s *fixture) { s.SetInterfaceGroups(s.ENIs()[0].ID, s.group(t, "closed")) }, failed},
		"the balancer's zone is another's": {func(_ *testing.T, s *fixture) {
			s.SetBalancer("one", func(b *awssim.Balancer) { b.Subnets = s.subnets[1:] })
		}, "OutOfService ELB Instance is in the EC2 Availability Zone for which LoadBalancer is not configured to route traffic to."},
		"the test says so": {func(_ *testing.T, s *fixture) { s.SetInstanceHealth(s.instances[0], "hung") }, "OutOfService Instance hung"},
		"none, as the test says, whatever its group lets in": {func(t *testing.T, s *fixture) {
			s.SetInterfaceGroups(s.ENIs()[0].ID, s.group(t, "closed"))
			s.SetInstanceHealth(s.instances[0], "")
		}, "InService N/A N/A"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, awssim.Config{})
			wantCode(t, s.create(t, s.input("one")), "")
			s.register(t, "one", s.instances[0])
			c.change(t, s)
			if got := s.health(t, "one"); !slices.Equal(got, []string{c.want}) {
				t.Errorf("health %q, want %q", got, c.want)
			}
		})
	}
}

func TestInstanceHealth_ExecutorHasNoPort(t *testing.T) {
	t.Parallel()
	s := open(t, awssim.Config{})
	executor := s.AddInstance(awssim.Instance{Subnet: s.subnets[0], Ports: []int32{22000, 25000}})
	wantCode(t, s.create(t, s.input("one")), "")
	s.register(t, "one", s.instances[0], executor)
	got := s.health(t, "one")
	if got[0] != "InService N/A N/A" || got[1] == got[0] {
		t.Errorf("health %q", got)
	}
}

func TestRegister_IsASet(t *testing.T) {
	t.Parallel()
	s := open(t, awssim.Config{HealthLag: 2})
	stopped := s.AddInstance(awssim.Instance{Subnet: s.subnets[0], State: "stopped"})
	foreign := s.AddInstance(awssim.Instance{Subnet: s.elsewhere()})
	wantCode(t, s.create(t, s.input("one")), "")
	s.register(t, "one", s.instances...)
	s.health(t, "one")
	s.health(t, "one")
	s.register(t, "one", s.instances[0]) // is there: it does not begin again
	if got := s.health(t, "one"); !slices.Equal(got, []string{"InService N/A N/A", "InService N/A N/A"}) {
		t.Errorf("health %q", got)
	}
	for name, id := range map[string]string{"that is not there": "i-00000000", "that is stopped": stopped, "of another VPC": foreign} {
		_, err := s.elb.RegisterInstancesWithLoadBalancer(t.Context(), &elb.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: aws.String("one"), Instances: instances(id)})
		if !is[*elbtypes.InvalidEndPointException](err) {
			t.Errorf("one %s: %v", name, err)
		}
	}
	out := must[*elb.DeregisterInstancesFromLoadBalancerOutput](t)(s.elb.DeregisterInstancesFromLoadBalancer(t.Context(), &elb.DeregisterInstancesFromLoadBalancerInput{LoadBalancerName: aws.String("one"), Instances: instances(s.instances[0])}))
	if len(out.Instances) != 1 || *out.Instances[0].InstanceId != s.instances[1] {
		t.Errorf("left: %+v", out.Instances)
	}
	_, err := s.elb.DescribeInstanceHealth(t.Context(), &elb.DescribeInstanceHealthInput{LoadBalancerName: aws.String("one"), Instances: instances(s.instances[0])})
	if !is[*elbtypes.InvalidEndPointException](err) {
		t.Errorf("health of one that is not registered: %v", err)
	}
}

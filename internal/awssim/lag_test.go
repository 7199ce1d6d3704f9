package awssim_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

func TestVisibleLag_HidesNewResources(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{VisibleLag: 2})
	id := s.group(t, "front")
	wantCode(t, s.authorize(t, id, tcp(1, "10.0.0.0/8")), "InvalidGroup.NotFound")
	_, err := s.ec2.CreateSecurityGroup(t.Context(), &ec2.CreateSecurityGroupInput{GroupName: aws.String("front"), Description: aws.String("again"), VpcId: &s.vpc})
	wantCode(t, err, "InvalidGroup.Duplicate") // it exists, although no call shows it yet
	wantCode(t, s.authorize(t, id, tcp(1, "10.0.0.0/8")), "")

	wantCode(t, s.create(t, s.input("one")), "")
	look := func() error {
		_, err := s.elb.DescribeLoadBalancers(t.Context(), &elb.DescribeLoadBalancersInput{LoadBalancerNames: []string{"one"}})
		return err
	}
	for range 2 {
		if err := look(); !is[*elbtypes.AccessPointNotFoundException](err) {
			t.Errorf("too early: %v", err)
		}
	}
	wantCode(t, look(), "")
}

func TestInterfaceLag_KeepsInterfaces(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{InterfaceLag: 2})
	id := s.group(t, "front")
	wantCode(t, s.create(t, s.input("one", id)), "")
	_, err := s.elb.DeleteLoadBalancer(t.Context(), &elb.DeleteLoadBalancerInput{LoadBalancerName: aws.String("one")})
	wantCode(t, err, "")
	cards := func() int {
		out := must[*ec2.DescribeNetworkInterfacesOutput](t)(s.ec2.DescribeNetworkInterfaces(t.Context(), &ec2.DescribeNetworkInterfacesInput{
			Filters: filters("description", "ELB one"),
		}))
		return len(out.NetworkInterfaces)
	}
	wantCode(t, s.remove(t, id), "DependencyViolation")
	for i, want := range []int{2, 2, 0} {
		if got := cards(); got != want {
			t.Errorf("look %d: %d interfaces, want %d", i+1, got, want)
		}
	}
	wantCode(t, s.remove(t, id), "")
}

func TestTune_ChangesLags(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	s.Tune(func(c *awssim.Config) { c.VisibleLag = 1 })
	wantCode(t, s.authorize(t, s.group(t, "front"), tcp(1, "10.0.0.0/8")), "InvalidGroup.NotFound")
	s.Tune(func(c *awssim.Config) { c.VisibleLag = 0 })
	wantCode(t, s.authorize(t, s.group(t, "back"), tcp(1, "10.0.0.0/8")), "")
}

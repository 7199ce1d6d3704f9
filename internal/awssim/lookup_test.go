package awssim_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

func filters(pairs ...string) []ec2types.Filter {
	var out []ec2types.Filter
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, ec2types.Filter{Name: aws.String(pairs[i]), Values: []string{pairs[i+1]}})
	}
	return out
}

func TestDescribeInstances_Filters(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	s.AddInstance(awssim.Instance{Subnet: s.subnets[0], State: "terminated", Tags: map[string]string{"type": "worker"}})
	cases := map[string]struct {
		filters []ec2types.Filter
		found   int
	}{
		"all":                    {nil, 3},
		"by tag":                 {filters("tag:type", "worker"), 3},
		"by tag and state":       {filters("tag:type", "worker", "instance-state-name", "running"), 2},
		"by wildcard":            {filters("tag:zone", "?"), 2},
		"by zone":                {filters("availability-zone", "us-east-1b"), 1},
		"by another VPC":         {filters("vpc-id", "vpc-00000000"), 0},
		"by an unused tag":       {filters("tag:role", "*"), 0},
		"by the key of a tag":    {filters("tag-key", "zone"), 2},
		"case of a value counts": {filters("tag:type", "Worker"), 0},
	}
	for name, c := range cases {
		out := must[*ec2.DescribeInstancesOutput](t)(s.ec2.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{Filters: c.filters}))
		if got := len(out.Reservations); got != c.found {
			t.Errorf("%s: found %d, want %d", name, got, c.found)
		}
	}
	_, err := s.ec2.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{Filters: filters("colour", "red")})
	wantCode(t, err, "InvalidParameterValue")
	_, err = s.ec2.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{"i-00000000"}})
	wantCode(t, err, "InvalidInstanceID.NotFound")
}

func TestDescribeInstances_HasAPrimaryInterface(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	group := s.AddGroup(awssim.Group{Name: "pods", VPC: s.vpc})
	id := s.AddInstance(awssim.Instance{Subnet: s.subnets[0], Interfaces: []awssim.Interface{{}, {Groups: []string{group}}, {}}})
	out := must[*ec2.DescribeInstancesOutput](t)(s.ec2.DescribeInstances(t.Context(), &ec2.DescribeInstancesInput{InstanceIds: []string{id}}))
	i := out.Reservations[0].Instances[0]
	if len(i.NetworkInterfaces) != 3 || *i.NetworkInterfaces[2].Attachment.DeviceIndex != 2 || *i.NetworkInterfaces[1].Groups[0].GroupName != "pods" {
		t.Errorf("interfaces %+v", i.NetworkInterfaces)
	}
	if *i.PrivateIpAddress != *i.NetworkInterfaces[0].PrivateIpAddress || *i.Placement.AvailabilityZone != "us-east-1a" || i.State.Name != ec2types.InstanceStateNameRunning {
		t.Errorf("instance %+v", i)
	}
	cards := must[*ec2.DescribeNetworkInterfacesOutput](t)(s.ec2.DescribeNetworkInterfaces(t.Context(), &ec2.DescribeNetworkInterfacesInput{
		Filters: filters("attachment.instance-id", id, "attachment.device-index", "0"),
	}))
	if len(cards.NetworkInterfaces) != 1 || *cards.NetworkInterfaces[0].NetworkInterfaceId != *i.NetworkInterfaces[0].NetworkInterfaceId {
		t.Errorf("primary: %+v", cards.NetworkInterfaces)
	}
}

func TestDescribe_Pages(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{PageSize: 1})
	var subnets []string
	for p := ec2.NewDescribeSubnetsPaginator(s.ec2, &ec2.DescribeSubnetsInput{}); p.HasMorePages(); {
		out := must[*ec2.DescribeSubnetsOutput](t)(p.NextPage(t.Context()))
		if len(out.Subnets) != 1 {
			t.Fatalf("a page of %d", len(out.Subnets))
		}
		subnets = append(subnets, *out.Subnets[0].SubnetId)
	}
	if !slices.Equal(subnets, s.subnets) {
		t.Errorf("subnets %v, want %v", subnets, s.subnets)
	}
	for _, name := range []string{"one", "two"} {
		wantCode(t, s.create(t, s.input(name)), "")
	}
	balancers := 0
	for p := elb.NewDescribeLoadBalancersPaginator(s.elb, &elb.DescribeLoadBalancersInput{}); p.HasMorePages(); {
		balancers += len(must[*elb.DescribeLoadBalancersOutput](t)(p.NextPage(t.Context())).LoadBalancerDescriptions)
	}
	if balancers != 2 {
		t.Errorf("%d balancers, want 2", balancers)
	}
}

func TestRegions_AreSeparate(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{Region: "eu-west-1"})
	there := connect(t, s.AWS, "eu-north-1")
	out := must[*ec2.DescribeVpcsOutput](t)(there.ec2.DescribeVpcs(t.Context(), &ec2.DescribeVpcsInput{}))
	if len(out.Vpcs) != 0 {
		t.Errorf("VPCs %+v", out.Vpcs)
	}
	_, err := there.ec2.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{SubnetIds: s.subnets})
	wantCode(t, err, "InvalidSubnetID.NotFound")
}

package awssim_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// is reports whether an error is one of the SDK's types.
func is[T error](err error) bool {
	var want T
	return errors.As(err, &want)
}

// invalid reports an error that the SDK has no type for.
func invalid(code string) func(error) bool {
	return func(err error) bool { return strings.Contains(err.Error(), code+":") }
}

func TestCreateLoadBalancer_Refuses(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*fixture, *elb.CreateLoadBalancerInput)
		is     func(error) bool
	}{
		"with a name over 32 letters": {func(_ *fixture, in *elb.CreateLoadBalancerInput) {
			in.LoadBalancerName = aws.String(strings.Repeat("a", 33))
		}, invalid("ValidationError")},
		"with an underscore in its name":    {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.LoadBalancerName = aws.String("elb_impala") }, invalid("ValidationError")},
		"with a hyphen at its end":          {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.LoadBalancerName = aws.String("elb-") }, invalid("ValidationError")},
		"with a scheme that is none":        {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Scheme = aws.String("private") }, is[*elbtypes.InvalidSchemeException]},
		"on the internet without a gateway": {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Scheme = nil }, is[*elbtypes.InvalidSubnetException]},
		"with a subnet that is not there":   {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Subnets = []string{"subnet-00000000"} }, is[*elbtypes.SubnetNotFoundException]},
		"with subnets of two VPCs":          {func(s *fixture, in *elb.CreateLoadBalancerInput) { in.Subnets = append(in.Subnets, s.elsewhere()) }, is[*elbtypes.InvalidSubnetException]},
		"with two subnets in one zone": {func(s *fixture, in *elb.CreateLoadBalancerInput) {
			in.Subnets = append(in.Subnets, s.AddSubnet(awssim.Subnet{VPC: s.vpc}))
		}, is[*elbtypes.InvalidConfigurationRequestException]},
		"without subnets":                {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Subnets = nil }, invalid("ValidationError")},
		"with a group that is not there": {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.SecurityGroups = []string{"sg-00000000"} }, is[*elbtypes.InvalidSecurityGroupException]},
		"with more than ten tags":        {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Tags = tags(numbers(11)...) }, is[*elbtypes.TooManyTagsException]},
		"with a tag twice":               {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Tags = tags("x", "x") }, is[*elbtypes.DuplicateTagKeysException]},
		"with a protocol that is none":   {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Listeners[0].Protocol = aws.String("UDP") }, is[*elbtypes.UnsupportedProtocolException]},
		"with HTTP before TCP":           {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Listeners[0].Protocol = aws.String("HTTP") }, invalid("ValidationError")},
		"with SSL and no certificate":    {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Listeners[0].Protocol = aws.String("SSL") }, invalid("ValidationError")},
		"with a certificate that is nowhere": {func(_ *fixture, in *elb.CreateLoadBalancerInput) {
			in.Listeners[0] = ssl(21050, "arn:aws:acm:us-east-1:123456789012:certificate/x")
		}, is[*elbtypes.CertificateNotFoundException]},
		"with a port beyond the last":  {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Listeners[0].LoadBalancerPort = 65536 }, invalid("ValidationError")},
		"without permission":           {func(s *fixture, _ *elb.CreateLoadBalancerInput) { s.Deny("elasticloadbalancing:CreateLoadBalancer") }, invalid("AccessDenied")},
		"without permission to tag it": {func(s *fixture, _ *elb.CreateLoadBalancerInput) { s.Deny("elasticloadbalancing:AddTags") }, invalid("AccessDenied")},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := build(t, awssim.Config{})
			in := s.input("one")
			c.change(s, in)
			if err := s.create(t, in); err == nil || !c.is(err) {
				t.Errorf("refused with %v", err)
			}
			if got := s.LoadBalancers(); len(got) != 0 {
				t.Errorf("made %+v", got)
			}
		})
	}
}

func (s *fixture) elsewhere() string { return s.AddSubnet(awssim.Subnet{VPC: s.AddVPC(awssim.VPC{})}) }

func tags(keys ...string) []elbtypes.Tag {
	var out []elbtypes.Tag
	for _, key := range keys {
		out = append(out, elbtypes.Tag{Key: aws.String(key), Value: aws.String("v")})
	}
	return out
}

func ssl(port int32, arn string) elbtypes.Listener {
	l := plain(port)
	l.Protocol, l.SSLCertificateId = aws.String("SSL"), &arn
	return l
}

func TestCreateLoadBalancer_AcceptsTheSameAgain(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*fixture, *elb.CreateLoadBalancerInput)
		same   bool
	}{
		"the same": {func(*fixture, *elb.CreateLoadBalancerInput) {}, true},
		"in another order": {func(_ *fixture, in *elb.CreateLoadBalancerInput) {
			slices.Reverse(in.Subnets)
			slices.Reverse(in.Listeners)
		}, true},
		"with other tags":    {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Tags = tags("other") }, false},
		"without a listener": {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Listeners = in.Listeners[:1] }, false},
		"in one subnet":      {func(_ *fixture, in *elb.CreateLoadBalancerInput) { in.Subnets = in.Subnets[:1] }, false},
		"in another group": {func(s *fixture, in *elb.CreateLoadBalancerInput) {
			in.SecurityGroups = []string{s.AddGroup(awssim.Group{Name: "x", VPC: s.vpc})}
		}, false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := build(t, awssim.Config{})
			first := must[*elb.CreateLoadBalancerOutput](t)(s.elb.CreateLoadBalancer(t.Context(), s.input("one")))
			again := s.input("one")
			c.change(s, again)
			second, err := s.elb.CreateLoadBalancer(t.Context(), again)
			switch {
			case c.same && (err != nil || *second.DNSName != *first.DNSName):
				t.Errorf("%+v, %v", second, err)
			case !c.same && !is[*elbtypes.DuplicateAccessPointNameException](err):
				t.Errorf("refused with %v", err)
			}
		})
	}
}

func TestCreateLoadBalancer_NamesInternalOnes(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{Region: "eu-west-1"})
	out := must[*elb.CreateLoadBalancerOutput](t)(s.elb.CreateLoadBalancer(t.Context(), s.input("one")))
	if !strings.HasPrefix(*out.DNSName, "internal-one-") || !strings.HasSuffix(*out.DNSName, ".eu-west-1.elb.amazonaws.com") {
		t.Errorf("named %s", *out.DNSName)
	}
	tagged := must[*elb.DescribeTagsOutput](t)(s.elb.DescribeTags(t.Context(), &elb.DescribeTagsInput{LoadBalancerNames: []string{"one"}}))
	if got := tagged.TagDescriptions[0].Tags; len(got) != 1 || *got[0].Key != "owner" || *got[0].Value != "us" {
		t.Errorf("tags %+v", got)
	}
	_, err := s.elb.DescribeTags(t.Context(), &elb.DescribeTagsInput{LoadBalancerNames: numbers(21)})
	wantCode(t, err, "ValidationError")
}

func TestDescribeLoadBalancers_NotFound(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	name := aws.String("none")
	ctx := t.Context()
	calls := map[string]func() error{
		"DescribeLoadBalancers": func() error {
			_, err := s.elb.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerNames: []string{*name}})
			return err
		},
		"DescribeTags": func() error {
			_, err := s.elb.DescribeTags(ctx, &elb.DescribeTagsInput{LoadBalancerNames: []string{*name}})
			return err
		},
		"ModifyLoadBalancerAttributes": func() error {
			_, err := s.elb.ModifyLoadBalancerAttributes(ctx, &elb.ModifyLoadBalancerAttributesInput{LoadBalancerName: name, LoadBalancerAttributes: &elbtypes.LoadBalancerAttributes{}})
			return err
		},
		"RegisterInstancesWithLoadBalancer": func() error {
			_, err := s.elb.RegisterInstancesWithLoadBalancer(ctx, &elb.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: name, Instances: instances(s.instances[0])})
			return err
		},
		"DescribeInstanceHealth": func() error {
			_, err := s.elb.DescribeInstanceHealth(ctx, &elb.DescribeInstanceHealthInput{LoadBalancerName: name})
			return err
		},
		"DescribeLoadBalancerPolicies": func() error {
			_, err := s.elb.DescribeLoadBalancerPolicies(ctx, &elb.DescribeLoadBalancerPoliciesInput{LoadBalancerName: name})
			return err
		},
		"DeleteLoadBalancerListeners": func() error {
			_, err := s.elb.DeleteLoadBalancerListeners(ctx, &elb.DeleteLoadBalancerListenersInput{LoadBalancerName: name, LoadBalancerPorts: []int32{1}})
			return err
		},
	}
	for call, do := range calls {
		if err := do(); !is[*elbtypes.AccessPointNotFoundException](err) {
			t.Errorf("%s: %v", call, err)
		}
	}
	if _, err := s.elb.DeleteLoadBalancer(ctx, &elb.DeleteLoadBalancerInput{LoadBalancerName: name}); err != nil {
		t.Errorf("deleting it: %v", err)
	}
}

func instances(ids ...string) []elbtypes.Instance {
	var out []elbtypes.Instance
	for _, id := range ids {
		out = append(out, elbtypes.Instance{InstanceId: &id})
	}
	return out
}

func TestLoadBalancer_ChangesSubnetsAndGroups(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{})
	group := s.AddGroup(awssim.Group{Name: "x", VPC: s.vpc})
	in := s.input("one")
	in.Subnets = s.subnets[:1]
	wantCode(t, s.create(t, in), "")
	ctx, name := t.Context(), in.LoadBalancerName
	attach := func(id string) error {
		_, err := s.elb.AttachLoadBalancerToSubnets(ctx, &elb.AttachLoadBalancerToSubnetsInput{LoadBalancerName: name, Subnets: []string{id}})
		return err
	}
	detach := func(id string) error {
		_, err := s.elb.DetachLoadBalancerFromSubnets(ctx, &elb.DetachLoadBalancerFromSubnetsInput{LoadBalancerName: name, Subnets: []string{id}})
		return err
	}
	if err := detach(s.subnets[0]); !is[*elbtypes.InvalidConfigurationRequestException](err) {
		t.Errorf("out of its only subnet: %v", err)
	}
	wantCode(t, attach(s.subnets[1]), "")
	wantCode(t, detach(s.subnets[0]), "")
	if err := attach(s.elsewhere()); !is[*elbtypes.InvalidSubnetException](err) {
		t.Errorf("into another VPC: %v", err)
	}
	_, err := s.elb.ApplySecurityGroupsToLoadBalancer(ctx, &elb.ApplySecurityGroupsToLoadBalancerInput{LoadBalancerName: name, SecurityGroups: []string{group}})
	wantCode(t, err, "")
	_, err = s.elb.ApplySecurityGroupsToLoadBalancer(ctx, &elb.ApplySecurityGroupsToLoadBalancerInput{LoadBalancerName: name, SecurityGroups: []string{"sg-00000000"}})
	if !is[*elbtypes.InvalidSecurityGroupException](err) {
		t.Errorf("with a group that is not there: %v", err)
	}
	out := must[*ec2.DescribeNetworkInterfacesOutput](t)(s.ec2.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{
		Filters: filters("description", "ELB one", "attachment.instance-owner-id", "amazon-elb"),
	}))
	if len(out.NetworkInterfaces) != 1 || *out.NetworkInterfaces[0].SubnetId != s.subnets[1] || *out.NetworkInterfaces[0].Groups[0].GroupId != group {
		t.Errorf("interfaces %+v", out.NetworkInterfaces)
	}
}

package awssim_test

import (
	"context"
	"errors"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// clients are the SDK's own, pointed at one simulation.
type clients struct {
	*awssim.AWS
	config aws.Config
	ec2    *ec2.Client
	elb    *elb.Client
	acm    *acm.Client
	s3     *s3.Client
	sts    *sts.Client
}

func start(t *testing.T, config awssim.Config) *clients {
	t.Helper()
	sim, err := awssim.Start(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sim.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	region := config.Region
	if region == "" {
		region = "us-east-1"
	}
	return connect(t, sim, region)
}

// connect reads no environment and no file.
func connect(t *testing.T, sim *awssim.AWS, region string) *clients {
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	c := aws.Config{
		Region:           region,
		BaseEndpoint:     aws.String(sim.URL()),
		HTTPClient:       &http.Client{Transport: transport},
		RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}
	return &clients{
		AWS: sim, config: c,
		ec2: ec2.NewFromConfig(c), elb: elb.NewFromConfig(c), acm: acm.NewFromConfig(c), sts: sts.NewFromConfig(c),
		s3: s3.NewFromConfig(c, func(o *s3.Options) { o.UsePathStyle = true }),
	}
}

// codeOf is what the service said; "": nothing went wrong.
func codeOf(t *testing.T, err error) string {
	t.Helper()
	if err == nil {
		return ""
	}
	var api smithy.APIError
	if !errors.As(err, &api) {
		t.Fatalf("not an answer of the service: %v", err)
	}
	return api.ErrorCode()
}

func wantCode(t *testing.T, err error, want string) {
	t.Helper()
	if got := codeOf(t, err); got != want {
		t.Errorf("code %q, want %q (%v)", got, want, err)
	}
}

func must[T any](t *testing.T) func(T, error) T {
	return func(out T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// fixture is a VPC with two subnets in two zones and a coordinator in each.
type fixture struct {
	*clients
	vpc       string
	subnets   []string
	instances []string
}

func build(t *testing.T, config awssim.Config) *fixture {
	t.Helper()
	s := &fixture{clients: start(t, config)}
	s.vpc = s.AddVPC(awssim.VPC{Tags: map[string]string{"Name": "impala"}})
	region := s.config.Region
	for _, zone := range []string{"a", "b"} {
		subnet := s.AddSubnet(awssim.Subnet{VPC: s.vpc, Zone: region + zone})
		s.subnets = append(s.subnets, subnet)
		s.instances = append(s.instances, s.AddInstance(awssim.Instance{Subnet: subnet, Tags: map[string]string{"type": "worker", "zone": zone}}))
	}
	return s
}

// group makes one through the API.
func (s *fixture) group(t *testing.T, name string) string {
	t.Helper()
	out := must[*ec2.CreateSecurityGroupOutput](t)(s.ec2.CreateSecurityGroup(t.Context(), &ec2.CreateSecurityGroupInput{
		GroupName: &name, Description: aws.String("for a test"), VpcId: &s.vpc,
	}))
	return *out.GroupId
}

func tcp(port int32, cidrs ...string) ec2types.IpPermission {
	p := ec2types.IpPermission{IpProtocol: aws.String("tcp"), FromPort: &port, ToPort: &port}
	for _, c := range cidrs {
		p.IpRanges = append(p.IpRanges, ec2types.IpRange{CidrIp: aws.String(c)})
	}
	return p
}

func from(port int32, group string) ec2types.IpPermission {
	p := tcp(port)
	p.UserIdGroupPairs = []ec2types.UserIdGroupPair{{GroupId: &group}}
	return p
}

func (s *fixture) authorize(t *testing.T, group string, p ...ec2types.IpPermission) error {
	_, err := s.ec2.AuthorizeSecurityGroupIngress(t.Context(), &ec2.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: p})
	return err
}

func plain(port int32) elbtypes.Listener {
	return elbtypes.Listener{Protocol: aws.String("TCP"), LoadBalancerPort: port, InstanceProtocol: aws.String("TCP"), InstancePort: aws.Int32(port)}
}

func (s *fixture) input(name string, groups ...string) *elb.CreateLoadBalancerInput {
	return &elb.CreateLoadBalancerInput{
		LoadBalancerName: &name, Scheme: aws.String("internal"), Subnets: s.subnets, SecurityGroups: groups,
		Listeners: []elbtypes.Listener{plain(21000), plain(21050)},
		Tags:      []elbtypes.Tag{{Key: aws.String("owner"), Value: aws.String("us")}},
	}
}

func (s *fixture) create(t *testing.T, in *elb.CreateLoadBalancerInput) error {
	_, err := s.elb.CreateLoadBalancer(t.Context(), in)
	return err
}

package awssim_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// TestNetworkWrites_Refuse has what AWS refuses, with its codes; "" is accepted.
func TestNetworkWrites_Refuse(t *testing.T) {
	t.Parallel()
	type lb = elbv2.CreateLoadBalancerInput
	balancer := func(change func(*served, *lb)) func(*testing.T, *served) error {
		return func(t *testing.T, s *served) error {
			in := s.networkInput("other", s.group)
			change(s, in)
			_, err := s.elbv2.CreateLoadBalancer(t.Context(), in)
			return err
		}
	}
	type tg = elbv2.CreateTargetGroupInput
	pool := func(change func(*served, *tg)) func(*testing.T, *served) error {
		return func(t *testing.T, s *served) error {
			in := s.poolInput("other")
			change(s, in)
			_, err := s.elbv2.CreateTargetGroup(t.Context(), in)
			return err
		}
	}
	type li = elbv2.CreateListenerInput
	listener := func(change func(*served, *li)) func(*testing.T, *served) error {
		return func(t *testing.T, s *served) error {
			in := forward(21000, s.balancer, s.pools)
			change(s, in)
			_, err := s.elbv2.CreateListener(t.Context(), in)
			return err
		}
	}
	cases := map[string]struct {
		call func(*testing.T, *served) error
		code string
	}{
		"a balancer":                       {balancer(func(*served, *lb) {}), ""},
		"the same balancer":                {balancer(func(_ *served, in *lb) { in.Name = aws.String("net") }), ""},
		"a stranger's balancer":            {balancer(func(_ *served, in *lb) { in.Name, in.Tags = aws.String("net"), ownerTags("them") }), ""},
		"its name for another":             {balancer(func(s *served, in *lb) { in.Name, in.Subnets = aws.String("net"), s.subnets[:1] }), "DuplicateLoadBalancerName"},
		"internal- at its beginning":       {balancer(func(_ *served, in *lb) { in.Name = aws.String("internal-x") }), "ValidationError"},
		"a name of 33 letters":             {balancer(func(_ *served, in *lb) { in.Name = aws.String(strings.Repeat("a", 33)) }), "ValidationError"},
		"an application one":               {balancer(func(_ *served, in *lb) { in.Type = "" }), "NotSimulated"},
		"no subnets":                       {balancer(func(_ *served, in *lb) { in.Subnets = nil }), "ValidationError"},
		"two subnets in a zone":            {balancer(func(s *served, in *lb) { in.Subnets = append(in.Subnets, s.AddSubnet(awssim.Subnet{VPC: s.vpc})) }), "InvalidConfigurationRequest"},
		"a subnet that is full":            {balancer(func(s *served, in *lb) { in.Subnets = []string{s.AddSubnet(awssim.Subnet{VPC: s.vpc, Free: 7})} }), "InvalidSubnet"},
		"a full subnet with an address":    {balancer(func(s *served, in *lb) { s.address(in, 7, "10.0.2.9") }), ""},
		"an address of another subnet":     {balancer(func(s *served, in *lb) { s.address(in, 7, "10.0.1.9") }), "InvalidConfigurationRequest"},
		"the internet without a gateway":   {balancer(func(_ *served, in *lb) { in.Scheme = v2types.LoadBalancerSchemeEnumInternetFacing }), "InvalidSubnet"},
		"a group that is not there":        {balancer(func(_ *served, in *lb) { in.SecurityGroups = []string{"sg-0"} }), "InvalidSecurityGroup"},
		"a tag twice":                      {balancer(func(_ *served, in *lb) { in.Tags = append(in.Tags, in.Tags...) }), "DuplicateTagKeys"},
		"no right to tag":                  {balancer(func(s *served, _ *lb) { s.Deny("elasticloadbalancing:AddTags") }), "AccessDenied"},
		"a balancer too many":              {balancer(func(s *served, _ *lb) { s.SetQuotas(awssim.Quotas{NetworkBalancers: 1}) }), "TooManyLoadBalancers"},
		"a pool":                           {pool(func(*served, *tg) {}), ""},
		"the same pool":                    {pool(func(_ *served, in *tg) { in.Name, in.Tags = aws.String("pool"), nil }), ""},
		"its name for another pool":        {pool(func(_ *served, in *tg) { in.Name, in.Port = aws.String("pool"), aws.Int32(21000) }), "DuplicateTargetGroupName"},
		"its name for another check":       {pool(func(_ *served, in *tg) { in.Name, in.HealthCheckPath = aws.String("pool"), aws.String("/") }), "DuplicateTargetGroupName"},
		"a pool's name with an underscore": {pool(func(_ *served, in *tg) { in.Name = aws.String("a_b") }), "ValidationError"},
		"an interval of 4 s":               {pool(func(_ *served, in *tg) { in.HealthCheckIntervalSeconds = aws.Int32(4) }), "ValidationError"},
		"a threshold of 11":                {pool(func(_ *served, in *tg) { in.UnhealthyThresholdCount = aws.Int32(11) }), "ValidationError"},
		"a path of a TCP check":            {pool(func(_ *served, in *tg) { in.HealthCheckProtocol = v2types.ProtocolEnumTcp }), "InvalidConfigurationRequest"},
		"a check's port that is none":      {pool(func(_ *served, in *tg) { in.HealthCheckPort = aws.String("web") }), "ValidationError"},
		"no checks":                        {pool(func(_ *served, in *tg) { in.HealthCheckEnabled = aws.Bool(false) }), "InvalidConfigurationRequest"},
		"no port":                          {pool(func(_ *served, in *tg) { in.Port = nil }), "ValidationError"},
		"a VPC that is not there":          {pool(func(_ *served, in *tg) { in.VpcId = aws.String("vpc-0") }), "ValidationError"},
		"a pool too many":                  {pool(func(s *served, _ *tg) { s.SetQuotas(awssim.Quotas{TargetGroups: 1}) }), "TooManyTargetGroups"},
		"a listener":                       {listener(func(*served, *li) {}), ""},
		"the same listener":                {listener(func(_ *served, in *li) { in.Port, in.Tags = aws.Int32(21050), nil }), ""},
		"its port for another":             {listener(func(s *served, in *li) { in.Port = aws.Int32(21050); s.tls(in) }), "DuplicateListener"},
		"TLS":                              {listener(func(s *served, in *li) { s.tls(in) }), ""},
		"TLS without a certificate":        {listener(func(_ *served, in *li) { in.Protocol = v2types.ProtocolEnumTls }), "ValidationError"},
		"a certificate that is not there":  {listener(func(s *served, in *li) { s.tls(in); in.Certificates[0].CertificateArn = aws.String("arn:aws:acm:x") }), "CertificateNotFound"},
		"a policy that is not there":       {listener(func(s *served, in *li) { s.tls(in); in.SslPolicy = aws.String("none") }), "SSLPolicyNotFound"},
		"TCP with a policy":                {listener(func(_ *served, in *li) { in.SslPolicy = aws.String("ELBSecurityPolicy-2016-08") }), "InvalidConfigurationRequest"},
		"HTTP":                             {listener(func(_ *served, in *li) { in.Protocol = v2types.ProtocolEnumHttp }), "UnsupportedProtocol"},
		"UDP":                              {listener(func(_ *served, in *li) { in.Protocol = v2types.ProtocolEnumUdp }), "NotSimulated"},
		"port 0":                           {listener(func(_ *served, in *li) { in.Port = aws.Int32(0) }), "ValidationError"},
		"no action":                        {listener(func(_ *served, in *li) { in.DefaultActions = []v2types.Action{} }), "InvalidLoadBalancerAction"},
		"a pool that is not there":         {listener(func(s *served, in *li) { in.DefaultActions[0].TargetGroupArn = aws.String(s.pools + "0") }), "TargetGroupNotFound"},
		"TCP before TLS":                   {listener(func(s *served, in *li) { in.DefaultActions[0].TargetGroupArn = s.pool(t, "TLS", s.vpc) }), "IncompatibleProtocols"},
		"a pool of another VPC": {listener(func(s *served, in *li) {
			in.DefaultActions[0].TargetGroupArn = s.pool(t, "TCP", s.AddVPC(awssim.VPC{}))
		}), "InvalidConfigurationRequest"},
		"a pool of another balancer":         {listener(func(s *served, in *li) { in.LoadBalancerArn = s.other(t) }), "TargetGroupAssociationLimit"},
		"a listener too many":                {listener(func(s *served, _ *li) { s.SetQuotas(awssim.Quotas{NetworkListeners: 1}) }), "TooManyListeners"},
		"a listener of no balancer":          {listener(func(s *served, in *li) { in.LoadBalancerArn = &s.pools }), "LoadBalancerNotFound"},
		"an instance that is not there":      {register("i-0", 0), "InvalidTarget"},
		"an instance on a port that is none": {register("", 65536), "ValidationError"},
		"an instance on another port":        {register("", 21000), ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantCode(t, c.call(t, serve(t, awssim.Config{})), c.code)
		})
	}
}

// register registers a target with the pool; "" is the first instance.
func register(id string, port int32) func(*testing.T, *served) error {
	return func(t *testing.T, s *served) error {
		if id == "" {
			id = s.instances[0]
		}
		_, err := s.elbv2.RegisterTargets(t.Context(), &elbv2.RegisterTargetsInput{TargetGroupArn: &s.pools, Targets: []v2types.TargetDescription{{Id: &id, Port: &port}}})
		return err
	}
}

// address asks for an address in a new subnet.
func (s *served) address(in *elbv2.CreateLoadBalancerInput, free int, address string) {
	subnet := s.AddSubnet(awssim.Subnet{VPC: s.vpc, Free: free})
	in.Subnets, in.SubnetMappings = nil, []v2types.SubnetMapping{{SubnetId: &subnet, PrivateIPv4Address: &address}}
}

// tls makes a listener one of TLS.
func (s *served) tls(in *elbv2.CreateListenerInput) {
	arn := s.AddCertificate(awssim.Certificate{Domain: "impala.example.com"})
	in.Protocol, in.Certificates = v2types.ProtocolEnumTls, []v2types.Certificate{{CertificateArn: &arn}}
}

// pool makes another target group.
func (s *served) pool(t *testing.T, protocol, vpc string) *string {
	t.Helper()
	in := s.poolInput("elsewhere")
	in.Protocol, in.VpcId = v2types.ProtocolEnum(protocol), &vpc
	return must[*elbv2.CreateTargetGroupOutput](t)(s.elbv2.CreateTargetGroup(t.Context(), in)).TargetGroups[0].TargetGroupArn
}

// other makes another load balancer.
func (s *served) other(t *testing.T) *string {
	t.Helper()
	return must[*elbv2.CreateLoadBalancerOutput](t)(s.elbv2.CreateLoadBalancer(t.Context(), s.networkInput("other"))).LoadBalancers[0].LoadBalancerArn
}

// TestNetworkChanges_Refuse has the changes that AWS refuses; "" is accepted.
func TestNetworkChanges_Refuse(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		call func(*testing.T, *served) error
		code string
	}{
		"idle 60 s":                        {quiet("60"), ""},
		"idle 6000 s":                      {quiet("6000"), ""},
		"idle 59 s":                        {quiet("59"), "ValidationError"},
		"idle 6001 s":                      {quiet("6001"), "ValidationError"},
		"cross-zone":                       {attributed("load_balancing.cross_zone.enabled", "true"), ""},
		"cross-zone perhaps":               {attributed("load_balancing.cross_zone.enabled", "maybe"), "ValidationError"},
		"an attribute of the other kind":   {attributed("idle_timeout.timeout_seconds", "60"), "ValidationError"},
		"a delay of an hour":               {pooled("deregistration_delay.timeout_seconds", "3600"), ""},
		"a delay of more":                  {pooled("deregistration_delay.timeout_seconds", "3601"), "ValidationError"},
		"stickiness by a cookie":           {pooled("stickiness.type", "lb_cookie"), "ValidationError"},
		"draining where it is ended":       {pooled("target_health_state.unhealthy.draining_interval_seconds", "60"), "InvalidConfigurationRequest"},
		"a group that is not there":        {regroup("sg-0"), "InvalidSecurityGroup"},
		"no group":                         {regroup(), "InvalidConfigurationRequest"},
		"subnets of another VPC":           {replace(true), "InvalidSubnet"},
		"one subnet less":                  {replace(false), ""},
		"tags of nothing":                  {addTags("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/net/x/0"), "LoadBalancerNotFound"},
		"tags of no pool":                  {addTags("arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/x/0"), "TargetGroupNotFound"},
		"tags of no listener":              {addTags("arn:aws:elasticloadbalancing:us-east-1:1:listener/net/x/0/0"), "ListenerNotFound"},
		"deletion of a protected balancer": {protected, "OperationNotPermitted"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wantCode(t, c.call(t, serve(t, awssim.Config{})), c.code)
		})
	}
}

func quiet(seconds string) func(*testing.T, *served) error {
	return func(t *testing.T, s *served) error {
		_, err := s.elbv2.ModifyListenerAttributes(t.Context(), &elbv2.ModifyListenerAttributesInput{ListenerArn: &s.listener, Attributes: []v2types.ListenerAttribute{{Key: aws.String("tcp.idle_timeout.seconds"), Value: &seconds}}})
		return err
	}
}

func attributed(key, value string) func(*testing.T, *served) error {
	return func(t *testing.T, s *served) error {
		_, err := s.elbv2.ModifyLoadBalancerAttributes(t.Context(), &elbv2.ModifyLoadBalancerAttributesInput{LoadBalancerArn: &s.balancer, Attributes: []v2types.LoadBalancerAttribute{{Key: &key, Value: &value}}})
		return err
	}
}

func pooled(key, value string) func(*testing.T, *served) error {
	return func(t *testing.T, s *served) error {
		_, err := s.elbv2.ModifyTargetGroupAttributes(t.Context(), &elbv2.ModifyTargetGroupAttributesInput{TargetGroupArn: &s.pools, Attributes: attribute(key, value)})
		return err
	}
}

func regroup(ids ...string) func(*testing.T, *served) error {
	return func(t *testing.T, s *served) error {
		if ids == nil {
			ids = []string{}
		}
		_, err := s.elbv2.SetSecurityGroups(t.Context(), &elbv2.SetSecurityGroupsInput{LoadBalancerArn: &s.balancer, SecurityGroups: ids})
		return err
	}
}

func replace(elsewhere bool) func(*testing.T, *served) error {
	return func(t *testing.T, s *served) error {
		subnets := s.subnets[:1]
		if elsewhere {
			subnets = []string{s.elsewhere()}
		}
		_, err := s.elbv2.SetSubnets(t.Context(), &elbv2.SetSubnetsInput{LoadBalancerArn: &s.balancer, Subnets: subnets})
		return err
	}
}

func addTags(arn string) func(*testing.T, *served) error {
	return func(t *testing.T, s *served) error {
		_, err := s.elbv2.AddTags(t.Context(), &elbv2.AddTagsInput{ResourceArns: []string{arn}, Tags: ownerTags("us")})
		return err
	}
}

func protected(t *testing.T, s *served) error {
	wantCode(t, attributed("deletion_protection.enabled", "true")(t, s), "")
	_, err := s.elbv2.DeleteLoadBalancer(t.Context(), &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &s.balancer})
	if len(s.NetworkBalancers()) != 1 {
		t.Error("deleted all the same")
	}
	return err
}

package awssim_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// served is a network load balancer that was made through the API: one listener, one
// target group, the fixture's instances.
type served struct {
	*fixture
	elbv2                     *elbv2.Client
	group                     string
	balancer, listener, pools string // ARNs
}

func (s *fixture) networkInput(name string, groups ...string) *elbv2.CreateLoadBalancerInput {
	return &elbv2.CreateLoadBalancerInput{
		Name: &name, Type: v2types.LoadBalancerTypeEnumNetwork, Scheme: v2types.LoadBalancerSchemeEnumInternal,
		Subnets: s.subnets, SecurityGroups: groups, Tags: ownerTags("us"),
	}
}

func ownerTags(owner string) []v2types.Tag {
	return []v2types.Tag{{Key: aws.String("owner"), Value: &owner}}
}

func (s *fixture) poolInput(name string) *elbv2.CreateTargetGroupInput {
	return &elbv2.CreateTargetGroupInput{
		Name: &name, Protocol: v2types.ProtocolEnumTcp, Port: aws.Int32(21050), VpcId: &s.vpc, Tags: ownerTags("us"),
		HealthCheckProtocol: v2types.ProtocolEnumHttp, HealthCheckPort: aws.String("25000"), HealthCheckPath: aws.String("/healthz"),
	}
}

func forward(port int32, balancer, pool string) *elbv2.CreateListenerInput {
	return &elbv2.CreateListenerInput{
		LoadBalancerArn: &balancer, Port: &port, Protocol: v2types.ProtocolEnumTcp, Tags: ownerTags("us"),
		DefaultActions: []v2types.Action{{Type: v2types.ActionTypeEnumForward, TargetGroupArn: &pool}},
	}
}

func (s *served) targets(ids ...string) []v2types.TargetDescription {
	var out []v2types.TargetDescription
	for _, id := range ids {
		out = append(out, v2types.TargetDescription{Id: &id})
	}
	return out
}

func serve(t *testing.T, config awssim.Config) *served {
	t.Helper()
	s := &served{fixture: build(t, config)}
	s.letIn()
	s.elbv2, s.group = elbv2.NewFromConfig(s.config), s.fixture.group(t, "front")
	ctx := t.Context()
	s.pools = *must[*elbv2.CreateTargetGroupOutput](t)(s.elbv2.CreateTargetGroup(ctx, s.poolInput("pool"))).TargetGroups[0].TargetGroupArn
	must[*elbv2.RegisterTargetsOutput](t)(s.elbv2.RegisterTargets(ctx, &elbv2.RegisterTargetsInput{TargetGroupArn: &s.pools, Targets: s.targets(s.instances...)}))
	s.balancer = *must[*elbv2.CreateLoadBalancerOutput](t)(s.elbv2.CreateLoadBalancer(ctx, s.networkInput("net", s.group))).LoadBalancers[0].LoadBalancerArn
	s.listener = *must[*elbv2.CreateListenerOutput](t)(s.elbv2.CreateListener(ctx, forward(21050, s.balancer, s.pools))).Listeners[0].ListenerArn
	return s
}

func (s *served) state(t *testing.T) string {
	t.Helper()
	out := must[*elbv2.DescribeLoadBalancersOutput](t)(s.elbv2.DescribeLoadBalancers(t.Context(), &elbv2.DescribeLoadBalancersInput{Names: []string{"net"}}))
	return string(out.LoadBalancers[0].State.Code)
}

// targetStates are the targets' states with reasons, of all or of some.
func (s *served) targetStates(t *testing.T, ids ...string) []string {
	t.Helper()
	out := must[*elbv2.DescribeTargetHealthOutput](t)(s.elbv2.DescribeTargetHealth(t.Context(), &elbv2.DescribeTargetHealthInput{TargetGroupArn: &s.pools, Targets: s.targets(ids...)}))
	var states []string
	for _, d := range out.TargetHealthDescriptions {
		states = append(states, strings.TrimSpace(string(d.TargetHealth.State)+" "+string(d.TargetHealth.Reason)))
	}
	return states
}

// The states come as AWS documents them: provisioning, then active; initial, then healthy.
func TestNetworkBalancer_BecomesActiveThenHealthy(t *testing.T) {
	t.Parallel()
	s := serve(t, awssim.Config{ActiveLag: 1, HealthLag: 2})
	if got := s.targetStates(t); !slices.Equal(got, []string{"initial Elb.RegistrationInProgress", "initial Elb.RegistrationInProgress"}) {
		t.Errorf("while provisioned %q", got)
	}
	if first, second := s.state(t), s.state(t); first != "provisioning" || second != "active" {
		t.Errorf("%s, then %s", first, second)
	}
	if first, second := s.targetStates(t)[0], s.targetStates(t)[0]; first != "initial Elb.InitialHealthChecking" || second != "healthy" {
		t.Errorf("%s, then %s", first, second)
	}
}

func TestNetworkBalancer_EndsInTheStateThatIsSet(t *testing.T) {
	t.Parallel()
	for _, end := range []string{"failed", "active_impaired"} {
		s := serve(t, awssim.Config{ActiveLag: 1, EndState: end})
		if first, second := s.state(t), s.state(t); first != "provisioning" || second != end {
			t.Errorf("%s, then %s, want %s", first, second, end)
		}
	}
}

// A target is what the API reference says of it.
func TestTarget_HasTheStateOfItsCause(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		change func(*testing.T, *served)
		want   string
	}{
		"nothing": {func(*testing.T, *served) {}, "healthy"},
		"stopped": {func(_ *testing.T, s *served) { s.SetInstanceState(s.instances[0], "stopped") }, "unused Target.InvalidState"},
		"its zone is not enabled": {func(t *testing.T, s *served) {
			must[*elbv2.SetSubnetsOutput](t)(s.elbv2.SetSubnets(t.Context(), &elbv2.SetSubnetsInput{LoadBalancerArn: &s.balancer, Subnets: s.subnets[1:]}))
		}, "unused Target.NotInUse"},
		"its group lets nobody in": {func(_ *testing.T, s *served) {
			for _, g := range s.Groups() {
				s.SetGroup(g.ID, func(g *awssim.Group) { g.Rules = nil })
			}
		}, "unhealthy Target.FailedHealthChecks"},
		"the balancer's group lets nothing out": {func(_ *testing.T, s *served) {
			s.SetGroup(s.group, func(g *awssim.Group) { g.Egress = []awssim.Rule{} })
		}, "unhealthy Target.FailedHealthChecks"},
		"its check fails": {func(_ *testing.T, s *served) { s.SetInstanceHealth(s.instances[0], "hung") }, "unhealthy Target.FailedHealthChecks"},
		"no listener": {func(t *testing.T, s *served) {
			must[*elbv2.DeleteListenerOutput](t)(s.elbv2.DeleteListener(t.Context(), &elbv2.DeleteListenerInput{ListenerArn: &s.listener}))
		}, "unused Target.NotInUse"},
		"deregistered": {func(t *testing.T, s *served) { s.deregister(t, s.instances[0]) }, "unused Target.NotRegistered"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, awssim.Config{})
			c.change(t, s)
			if got := s.targetStates(t, s.instances[0]); got[0] != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func (s *served) deregister(t *testing.T, ids ...string) {
	t.Helper()
	must[*elbv2.DeregisterTargetsOutput](t)(s.elbv2.DeregisterTargets(t.Context(), &elbv2.DeregisterTargetsInput{TargetGroupArn: &s.pools, Targets: s.targets(ids...)}))
}

// A target drains for as long as it is told to, and not at all without a delay.
func TestDeregisterTargets_Drains(t *testing.T) {
	t.Parallel()
	s := serve(t, awssim.Config{DrainLag: 2})
	s.deregister(t, s.instances[0], "i-unknown")
	for i, want := range []int{2, 2, 1} {
		got := s.targetStates(t)
		if len(got) != want || want == 2 && got[1] != "draining Target.DeregistrationInProgress" {
			t.Errorf("look %d: %q", i+1, got)
		}
	}
	s.setPool(t, "deregistration_delay.timeout_seconds", "0")
	s.deregister(t, s.instances[1])
	if got := s.targetStates(t); len(got) != 0 {
		t.Errorf("without a delay %q", got)
	}
}

func (s *served) setPool(t *testing.T, key, value string) {
	t.Helper()
	must[*elbv2.ModifyTargetGroupAttributesOutput](t)(s.elbv2.ModifyTargetGroupAttributes(t.Context(), &elbv2.ModifyTargetGroupAttributesInput{
		TargetGroupArn: &s.pools, Attributes: attribute(key, value),
	}))
}

func attribute(key, value string) []v2types.TargetGroupAttribute {
	return []v2types.TargetGroupAttribute{{Key: &key, Value: &value}}
}

// Deletion takes the listeners along, and leaves target groups in use and interfaces with
// their groups for a while.
func TestDeleteLoadBalancer_LeavesThingsForAWhile(t *testing.T) {
	t.Parallel()
	s := serve(t, awssim.Config{InterfaceLag: 2, UseLag: 2})
	ctx := t.Context()
	drop := func() error {
		_, err := s.elbv2.DeleteTargetGroup(ctx, &elbv2.DeleteTargetGroupInput{TargetGroupArn: &s.pools})
		return err
	}
	wantCode(t, drop(), "ResourceInUse")
	for range 2 { // the second finds nothing
		must[*elbv2.DeleteLoadBalancerOutput](t)(s.elbv2.DeleteLoadBalancer(ctx, &elbv2.DeleteLoadBalancerInput{LoadBalancerArn: &s.balancer}))
	}
	_, err := s.elbv2.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{LoadBalancerArns: []string{s.balancer}})
	wantCode(t, err, "LoadBalancerNotFound")
	shown := must[*elbv2.DescribeTargetGroupsOutput](t)(s.elbv2.DescribeTargetGroups(ctx, &elbv2.DescribeTargetGroupsInput{TargetGroupArns: []string{s.pools}})).TargetGroups[0]
	if !slices.Equal(shown.LoadBalancerArns, []string{s.balancer}) {
		t.Errorf("the target group still names %q", shown.LoadBalancerArns)
	}
	for _, want := range []string{"ResourceInUse", "", ""} {
		wantCode(t, drop(), want)
	}
	_, err = s.elbv2.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: &s.pools})
	wantCode(t, err, "TargetGroupNotFound")
	wantCode(t, s.remove(t, s.group), "DependencyViolation")
	for i, want := range []int{2, 2, 0} {
		out := must[*ec2.DescribeNetworkInterfacesOutput](t)(s.ec2.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{Filters: filters("description", "ELB net/net/*")}))
		if got := len(out.NetworkInterfaces); got != want {
			t.Errorf("look %d: %d interfaces, want %d", i+1, got, want)
		}
	}
	wantCode(t, s.remove(t, s.group), "")
}

// What was made is seen late, and a second creation sees it all the same.
func TestVisibleLag_HidesNetworkBalancers(t *testing.T) {
	t.Parallel()
	s := build(t, awssim.Config{VisibleLag: 1})
	c := elbv2.NewFromConfig(s.config)
	made := must[*elbv2.CreateLoadBalancerOutput](t)(c.CreateLoadBalancer(t.Context(), s.networkInput("net"))).LoadBalancers[0]
	look := func() error {
		_, err := c.DescribeLoadBalancers(t.Context(), &elbv2.DescribeLoadBalancersInput{Names: []string{"net"}})
		return err
	}
	wantCode(t, look(), "LoadBalancerNotFound")
	wantCode(t, look(), "")
	if made.State.Code != v2types.LoadBalancerStateEnumProvisioning || *made.VpcId != s.vpc || len(made.SecurityGroups) != 0 {
		t.Errorf("made %+v", made)
	}
}

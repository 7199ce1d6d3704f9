package provision

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// targetGroup is the coordinators behind a listener, with their health check.
type targetGroup struct {
	types.TargetGroup
	tags       map[string]string
	attributes attributes                      // of those that are ours, as the next
	targets    []types.TargetHealthDescription // registered, or draining
}

func (g targetGroup) name() string { return text(g.TargetGroupName) }
func (g targetGroup) arn() string  { return text(g.TargetGroupArn) }

// readTargetGroups reads all that could be ours by their names: those of another lb.yaml
// are among them, and those that this one no longer describes.
func (s netKind) readTargetGroups(ctx context.Context) error {
	s.targetGroups = nil
	var all []targetGroup
	err := EachPage(ctx, elbv2.NewDescribeTargetGroupsPaginator(s.cloud.ELBv2, &elbv2.DescribeTargetGroupsInput{}), func(page *elbv2.DescribeTargetGroupsOutput) {
		for _, g := range page.TargetGroups {
			if strings.HasPrefix(text(g.TargetGroupName), lbfile.TargetGroupPrefix) {
				all = append(all, targetGroup{TargetGroup: g})
			}
		}
	})
	if err != nil {
		return err
	}
	tags, err := s.tagsOf(ctx, mapSlice(all, targetGroup.arn))
	if err != nil {
		return err
	}
	for i := range all {
		g := &all[i]
		if g.tags = tags[g.arn()]; s.ownedBy(g.tags) {
			if err := s.readTargetGroup(ctx, g); err != nil {
				return err
			}
			if err := s.readForwarders(ctx, g); err != nil {
				return err
			}
		}
	}
	s.targetGroups = all
	return nil
}

// readForwarders drops the load balancers that are gone, which AWS names for a while.
func (s netKind) readForwarders(ctx context.Context, g *targetGroup) error {
	var there []string
	for _, arn := range g.LoadBalancerArns {
		if arn != s.net.arn() {
			_, err := s.cloud.ELBv2.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{LoadBalancerArns: []string{arn}})
			if code(err) == "LoadBalancerNotFound" {
				continue
			} else if err != nil {
				return err
			}
		}
		there = append(there, arn)
	}
	g.LoadBalancerArns = there
	return nil
}

func (s netKind) readTargetGroup(ctx context.Context, g *targetGroup) error {
	out, err := s.cloud.ELBv2.DescribeTargetGroupAttributes(ctx, &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: g.TargetGroupArn})
	if err != nil {
		return err
	}
	g.attributes = attributes{}
	for _, a := range out.Attributes {
		g.attributes[text(a.Key)] = text(a.Value)
	}
	health, err := s.cloud.ELBv2.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn})
	if err != nil {
		return err
	}
	g.targets = health.TargetHealthDescriptions
	return nil
}

// ownedGroups are the target groups with our tag.
func (s netKind) ownedGroups() []targetGroup {
	return slices.DeleteFunc(slices.Clone(s.targetGroups), func(g targetGroup) bool { return !s.ownedBy(g.tags) })
}

// groupName is the name of a port's target group.
func (s netKind) groupName(port uint16) string {
	return s.spec.TargetGroup(s.identity.owner, s.network.vpc(), port)
}

// targetGroup is a port's target group, if it is there.
func (s netKind) targetGroup(port uint16) (targetGroup, bool) {
	i := slices.IndexFunc(s.targetGroups, func(g targetGroup) bool { return g.name() == s.groupName(port) })
	if i < 0 {
		return targetGroup{}, false
	}
	return s.targetGroups[i], true
}

func (s netKind) targetGroupARN(port uint16) string {
	if g, there := s.targetGroup(port); there {
		return g.arn()
	}
	return targetGroupVar(port)
}

// targetGroupName is for messages: of one that is not ours, its ARN.
func (s netKind) targetGroupName(arn string) string {
	for _, g := range s.targetGroups {
		if g.arn() == arn {
			return g.name()
		}
	}
	for _, port := range s.spec.Listeners {
		if arn == targetGroupVar(port) {
			return s.groupName(port)
		}
	}
	return arn
}

func (s netKind) targetGroupChanges() []Change {
	var changes []Change
	for _, port := range s.spec.Listeners {
		g, there := s.targetGroup(port)
		c := Change{Resource: "target group", Name: s.groupName(port)}
		switch {
		case !there:
			changes = append(changes, s.createTargetGroup(c, port))
		case !s.ownedBy(g.tags):
			c.Action, c.Before = Conflict, g.arn()
			c.Why = "a target group of this name exists without our tag " + ownerTag + "=" + s.identity.owner
			changes = append(changes, c)
			continue
		default:
			changes = append(changes, s.checkChanges(g))
			changes = append(changes, s.tagChanges("target group's tags", c.Name, g.arn(), g.tags)...)
		}
		changes = append(changes, s.groupAttributeChanges(port, g)...)
	}
	return changes
}

// healthCheck is a target group's.
type healthCheck struct {
	protocol                     types.ProtocolEnum
	port, path                   string
	interval, timeout            int32
	healthyAfter, unhealthyAfter int32
}

func (h healthCheck) String() string {
	return fmt.Sprintf("%s:%s%s every %ds, timeout %ds, out after %d, back after %d", h.protocol, h.port, h.path, h.interval, h.timeout, h.unhealthyAfter, h.healthyAfter)
}

func (s netKind) wantedCheck() healthCheck {
	h := s.spec.HealthCheck
	protocol, port, path := s.spec.HealthCheckTarget()
	return healthCheck{
		types.ProtocolEnum(protocol), strconv.Itoa(int(port)), path,
		h.Interval.Seconds(), h.Timeout.Seconds(), int32(h.Healthy), int32(h.Unhealthy),
	}
}

func checkOfGroup(g targetGroup) healthCheck {
	h := healthCheck{
		g.HealthCheckProtocol, text(g.HealthCheckPort), "", aws.ToInt32(g.HealthCheckIntervalSeconds), aws.ToInt32(g.HealthCheckTimeoutSeconds),
		aws.ToInt32(g.HealthyThresholdCount), aws.ToInt32(g.UnhealthyThresholdCount),
	}
	if h.protocol != types.ProtocolEnumTcp { // AWS may keep a path that has no meaning
		h.path = text(g.HealthCheckPath)
	}
	return h
}

// pathOf is nil for a check that has none.
func (h healthCheck) pathOf() *string {
	if h.path == "" {
		return nil
	}
	return aws.String(h.path)
}

func (s netKind) createTargetGroup(c Change, port uint16) Change {
	_, back := s.spec.Protocols()
	h := s.wantedCheck()
	c.Action, c.After = Create, fmt.Sprintf("%s %d, targets by %s, check %s", back, port, s.spec.Targets, h)
	return writes(c, s.cloud.ELBv2.CreateTargetGroup, &elbv2.CreateTargetGroupInput{
		Name: aws.String(c.Name), Protocol: types.ProtocolEnum(back), Port: aws.Int32(int32(port)), VpcId: aws.String(s.network.vpc()),
		TargetType: types.TargetTypeEnum(s.spec.Targets), Tags: tagged(s.state, elbv2Tag),
		HealthCheckProtocol: h.protocol, HealthCheckPort: aws.String(h.port), HealthCheckPath: h.pathOf(),
		HealthCheckIntervalSeconds: aws.Int32(h.interval), HealthCheckTimeoutSeconds: aws.Int32(h.timeout),
		HealthyThresholdCount: aws.Int32(h.healthyAfter), UnhealthyThresholdCount: aws.Int32(h.unhealthyAfter),
	}).storedIn(variableName(targetGroupVar(port)), "TargetGroups[0].TargetGroupArn")
}

func (s netKind) checkChanges(g targetGroup) Change {
	have, h := checkOfGroup(g), s.wantedCheck()
	c := noChange("target group", g.name(), h.String())
	if have == h {
		return c
	}
	c.Resource, c.Action, c.Before = "health check", Update, have.String()
	return writes(c, s.cloud.ELBv2.ModifyTargetGroup, &elbv2.ModifyTargetGroupInput{
		TargetGroupArn: g.TargetGroupArn, HealthCheckProtocol: h.protocol, HealthCheckPort: aws.String(h.port), HealthCheckPath: h.pathOf(),
		HealthCheckIntervalSeconds: aws.Int32(h.interval), HealthCheckTimeoutSeconds: aws.Int32(h.timeout),
		HealthyThresholdCount: aws.Int32(h.healthyAfter), UnhealthyThresholdCount: aws.Int32(h.unhealthyAfter),
	})
}

// Attributes of a target group (Elastic Load Balancing API 2015-12-01).
const (
	drainSeconds    = "deregistration_delay.timeout_seconds"
	endAfterDrain   = "deregistration_delay.connection_termination.enabled"
	preserveClient  = "preserve_client_ip.enabled"
	proxyProtocolV2 = "proxy_protocol_v2.enabled"
	stickyEnabled   = "stickiness.enabled"
	stickyType      = "stickiness.type"
	endUnhealthy    = "target_health_state.unhealthy.connection_termination.enabled"
	drainUnhealthy  = "target_health_state.unhealthy.draining_interval_seconds"
)

// groupDefaults are AWS's.
func (s netKind) groupDefaults() attributes {
	return overlaid(groupHealth, attributes{
		drainSeconds: "300", endAfterDrain: "false", preserveClient: strconv.FormatBool(s.spec.Targets == lbfile.ByInstance), proxyProtocolV2: "false",
		stickyEnabled: "false", stickyType: string(lbfile.BySource), crossZone: fromTheBalancer, endUnhealthy: "true", drainUnhealthy: "0",
	})
}

func (s netKind) wantedAttributes() attributes {
	return overlaid(groupHealth, attributes{
		drainSeconds:    fmt.Sprint(s.spec.Draining.Seconds()),
		endAfterDrain:   strconv.FormatBool(s.spec.ConnectionTermination),
		preserveClient:  strconv.FormatBool(s.spec.PreservesClientIP()),
		proxyProtocolV2: "false", // Impala does not understand it: every session would fail
		stickyEnabled:   strconv.FormatBool(s.spec.Stickiness != ""),
		stickyType:      cmp.Or(string(s.spec.Stickiness), string(lbfile.BySource)),
		crossZone:       fromTheBalancer, // another value would win over the balancer's
		endUnhealthy:    strconv.FormatBool(*s.spec.UnhealthyDraining == 0),
		drainUnhealthy:  fmt.Sprint(s.spec.UnhealthyDraining.Seconds()),
	})
}

func (s netKind) groupAttributeChanges(port uint16, g targetGroup) []Change {
	want, defaults := s.wantedAttributes(), s.groupDefaults()
	lacking := want.lacking(g.attributes, defaults)
	if len(lacking) == 0 {
		return nil
	}
	if _, drains := lacking[drainUnhealthy]; drains { // AWS takes the time only while connections are not ended at once
		lacking[endUnhealthy] = want[endUnhealthy]
	}
	c := Change{Resource: "target group's attributes", Name: s.groupName(port), Action: Update, Before: lacking.text(g.attributes, defaults), After: tagsText(lacking)}
	in := &elbv2.ModifyTargetGroupAttributesInput{TargetGroupArn: aws.String(s.targetGroupARN(port))}
	for _, key := range slices.Sorted(maps.Keys(lacking)) {
		in.Attributes = append(in.Attributes, types.TargetGroupAttribute{Key: aws.String(key), Value: aws.String(lacking[key])})
	}
	return []Change{writes(c, s.cloud.ELBv2.ModifyTargetGroupAttributes, in)}
}

// formerTargetGroupChanges deletes groups of ours that lb.yaml no longer describes. It
// comes after the listeners: AWS keeps a group to which one forwards.
func (s netKind) formerTargetGroupChanges() []Change {
	wanted := mapSlice(s.spec.Listeners, s.groupName)
	var changes []Change
	for _, g := range s.ownedGroups() {
		if slices.Contains(wanted, g.name()) {
			continue
		}
		c, used := s.usedByOthers(g)
		if !used {
			c = s.deleteTargetGroup(g, "lb.yaml describes another")
		}
		changes = append(changes, c)
	}
	return changes
}

// usedByOthers is the conflict of removing a group to which somebody else's load balancer
// forwards: AWS would keep it.
func (s netKind) usedByOthers(g targetGroup) (Change, bool) {
	others := slices.DeleteFunc(slices.Clone(g.LoadBalancerArns), func(arn string) bool { return arn == s.net.arn() })
	return Change{
		Resource: "target group", Name: g.name(), Action: Conflict, Before: g.arn(),
		Why: fmt.Sprintf("%s forwards to it, and would lose its coordinators: give it another target group first", commaList(others)),
	}, len(others) > 0
}

func (s netKind) deleteTargetGroup(g targetGroup, why string) Change {
	c := Change{Resource: "target group", Name: g.name(), Action: Delete, Before: g.arn(), Why: why}
	return writes(c, s.cloud.ELBv2.DeleteTargetGroup, &elbv2.DeleteTargetGroupInput{TargetGroupArn: g.TargetGroupArn})
}

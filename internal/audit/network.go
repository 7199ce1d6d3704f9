package audit

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	v2types "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// describe keeps what a description says of any load balancer of the newer API.
func (r *reader) describe(b v2types.LoadBalancer) {
	a := &r.out
	a.Type, a.Name, a.DNSName, a.Scheme = scenarios.BalancerType(b.Type), aws.ToString(b.LoadBalancerName), aws.ToString(b.DNSName), string(b.Scheme)
	a.Addresses = string(b.IpAddressType)
	if b.State != nil {
		a.State = string(b.State.Code)
	}
	for _, z := range b.AvailabilityZones {
		a.Zones = append(a.Zones, aws.ToString(z.ZoneName))
	}
	slices.Sort(a.Zones)
	for _, id := range b.SecurityGroups {
		a.Firewall = append(a.Firewall, scenarios.AuditFirewall{ID: id})
	}
}

// network reads a network load balancer.
func (r *reader) network(ctx context.Context, b v2types.LoadBalancer) {
	arn := b.LoadBalancerArn
	if out, err := r.v2.DescribeLoadBalancerAttributes(ctx, &elbv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: arn}); r.note(err) {
		r.out.Attributes = map[string]string{}
		for _, at := range out.Attributes {
			r.out.Attributes[aws.ToString(at.Key)] = mask(aws.ToString(at.Value))
		}
	}
	names := r.targetGroups(ctx, arn)
	r.listeners(ctx, arn, names)
	if out, err := r.v2.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: []string{aws.ToString(arn)}}); r.note(err) {
		r.out.Tags = map[string]string{}
		for _, d := range out.TagDescriptions {
			for _, t := range d.Tags {
				r.out.Tags[aws.ToString(t.Key)] = mask(aws.ToString(t.Value))
			}
		}
	}
}

// targetGroups reads those that the load balancer uses, and returns their names by ARN.
func (r *reader) targetGroups(ctx context.Context, balancer *string) map[string]string {
	names := map[string]string{}
	var all []v2types.TargetGroup
	list := elbv2.NewDescribeTargetGroupsPaginator(r.v2, &elbv2.DescribeTargetGroupsInput{LoadBalancerArn: balancer})
	r.note(provision.EachPage(ctx, list, func(page *elbv2.DescribeTargetGroupsOutput) { all = append(all, page.TargetGroups...) }))
	for _, g := range all {
		names[aws.ToString(g.TargetGroupArn)] = aws.ToString(g.TargetGroupName)
		out := scenarios.AuditTargets{
			Name: aws.ToString(g.TargetGroupName), Protocol: string(g.Protocol), Port: port(g.Port), Kind: string(g.TargetType), Check: networkCheck(g),
		}
		if got, err := r.v2.DescribeTargetGroupAttributes(ctx, &elbv2.DescribeTargetGroupAttributesInput{TargetGroupArn: g.TargetGroupArn}); r.note(err) {
			out.Attributes = map[string]string{}
			for _, at := range got.Attributes {
				out.Attributes[aws.ToString(at.Key)] = mask(aws.ToString(at.Value))
			}
		}
		out.Targets = r.targets(ctx, g)
		r.out.Groups = append(r.out.Groups, out)
	}
	return names
}

func networkCheck(g v2types.TargetGroup) scenarios.AuditCheck {
	c := scenarios.AuditCheck{
		Protocol: string(g.HealthCheckProtocol), Path: aws.ToString(g.HealthCheckPath),
		Interval: seconds(g.HealthCheckIntervalSeconds), Timeout: seconds(g.HealthCheckTimeoutSeconds),
		Healthy: count(g.HealthyThresholdCount), Unhealthy: count(g.UnhealthyThresholdCount),
	}
	c.Port = portOf(aws.ToString(g.HealthCheckPort)) // "traffic-port": that of each target
	return c
}

func (r *reader) targets(ctx context.Context, g v2types.TargetGroup) []scenarios.AuditTarget {
	health, err := r.v2.DescribeTargetHealth(ctx, &elbv2.DescribeTargetHealthInput{TargetGroupArn: g.TargetGroupArn})
	if !r.note(err) {
		return nil
	}
	var out []scenarios.AuditTarget
	for _, d := range health.TargetHealthDescriptions {
		var t scenarios.AuditTarget
		if d.Target != nil {
			t.ID, t.Port, t.Zone = aws.ToString(d.Target.Id), port(d.Target.Port), aws.ToString(d.Target.AvailabilityZone)
		}
		if g.TargetType == v2types.TargetTypeEnumIp {
			t.Address = t.ID
		}
		if h := d.TargetHealth; h != nil {
			t.State, t.Reason, t.Text = strings.ToLower(string(h.State)), string(h.Reason), mask(aws.ToString(h.Description))
		}
		if o := d.AdministrativeOverride; o != nil {
			t.Override = string(o.State)
		}
		out = append(out, t)
	}
	return out
}

// listeners reads them with their attributes, certificates and policies.
func (r *reader) listeners(ctx context.Context, balancer *string, names map[string]string) {
	list := elbv2.NewDescribeListenersPaginator(r.v2, &elbv2.DescribeListenersInput{LoadBalancerArn: balancer})
	r.note(provision.EachPage(ctx, list, func(page *elbv2.DescribeListenersOutput) {
		for _, l := range page.Listeners {
			r.out.Listeners = append(r.out.Listeners, r.listener(ctx, l, names))
		}
	}))
	slices.SortFunc(r.out.Listeners, func(x, y scenarios.AuditListener) int { return x.Port - y.Port })
	r.sslPolicies(ctx)
}

func (r *reader) listener(ctx context.Context, l v2types.Listener, names map[string]string) scenarios.AuditListener {
	out := scenarios.AuditListener{Port: port(l.Port), Protocol: string(l.Protocol)}
	out.Groups, out.Weights = forwardsTo(l, names)
	for _, g := range r.out.Groups {
		if slices.Contains(out.Groups, g.Name) {
			out.BackendProtocol = g.Protocol
		}
	}
	if got, err := r.v2.DescribeListenerAttributes(ctx, &elbv2.DescribeListenerAttributesInput{ListenerArn: l.ListenerArn}); r.note(err) {
		out.Attributes = map[string]string{}
		for _, at := range got.Attributes {
			out.Attributes[aws.ToString(at.Key)] = mask(aws.ToString(at.Value))
		}
	}
	if l.Protocol != v2types.ProtocolEnumTls {
		return out // a TCP listener may show a policy that it does not use
	}
	out.Policies = []string{aws.ToString(l.SslPolicy)}
	shown := l.Certificates
	if got, err := r.v2.DescribeListenerCertificates(ctx, &elbv2.DescribeListenerCertificatesInput{ListenerArn: l.ListenerArn}); r.note(err) {
		shown = append(shown, got.Certificates...)
	}
	for _, c := range shown {
		if id := r.certificateID(aws.ToString(c.CertificateArn)); id != "" && !slices.Contains(out.Certificates, id) {
			out.Certificates = append(out.Certificates, id)
		}
	}
	return out
}

// sslPolicies reads what the listeners' policies allow: a name does not tell.
func (r *reader) sslPolicies(ctx context.Context) {
	var names []string
	for _, l := range r.out.Listeners {
		names = append(names, l.Policies...)
	}
	slices.Sort(names)
	names = slices.DeleteFunc(slices.Compact(names), func(name string) bool { return name == "" })
	if len(names) == 0 {
		return
	}
	out, err := r.v2.DescribeSSLPolicies(ctx, &elbv2.DescribeSSLPoliciesInput{Names: names})
	if !r.note(err) {
		return
	}
	for _, p := range out.SslPolicies {
		r.out.TLS = append(r.out.TLS, scenarios.AuditPolicy{Name: aws.ToString(p.Name), Versions: append([]string{}, p.SslProtocols...)})
	}
}

package audit

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// classicBalancer reads a Classic load balancer.
func (r *reader) classicBalancer(ctx context.Context, b elbtypes.LoadBalancerDescription) {
	a := &r.out
	a.Type, a.Name, a.DNSName, a.Scheme = scenarios.BalancerClassic, aws.ToString(b.LoadBalancerName), aws.ToString(b.DNSName), aws.ToString(b.Scheme)
	a.Zones = slices.Sorted(slices.Values(b.AvailabilityZones))
	for _, id := range b.SecurityGroups {
		a.Firewall = append(a.Firewall, scenarios.AuditFirewall{ID: id})
	}
	r.classicAttributes(ctx)
	types := r.classicPolicies(ctx)
	a.Listeners = r.classicListeners(b, types)
	group := scenarios.AuditTargets{Name: "its instances", Kind: "instance", Check: classicCheck(b.HealthCheck), Proxied: proxied(b, types)}
	group.Targets = r.classicTargets(ctx, b.Instances)
	a.Groups = []scenarios.AuditTargets{group}
	if out, err := r.classic.DescribeTags(ctx, &elb.DescribeTagsInput{LoadBalancerNames: []string{a.Name}}); r.note(err) {
		a.Tags = map[string]string{}
		for _, d := range out.TagDescriptions {
			for _, t := range d.Tags {
				a.Tags[aws.ToString(t.Key)] = mask(aws.ToString(t.Value))
			}
		}
	}
}

// classicAttributes reads the attributes, by the names of the API's structures.
func (r *reader) classicAttributes(ctx context.Context) {
	out, err := r.classic.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerName: &r.out.Name})
	if !r.note(err) || out.LoadBalancerAttributes == nil {
		return
	}
	got, all := out.LoadBalancerAttributes, map[string]string{}
	if s := got.ConnectionSettings; s != nil {
		setNumber(all, "ConnectionSettings.IdleTimeout", s.IdleTimeout)
	}
	if s := got.CrossZoneLoadBalancing; s != nil {
		all["CrossZoneLoadBalancing.Enabled"] = strconv.FormatBool(s.Enabled)
	}
	if s := got.ConnectionDraining; s != nil {
		all["ConnectionDraining.Enabled"] = strconv.FormatBool(s.Enabled)
		setNumber(all, "ConnectionDraining.Timeout", s.Timeout)
	}
	if s := got.AccessLog; s != nil {
		all["AccessLog.Enabled"] = strconv.FormatBool(s.Enabled)
		setNumber(all, "AccessLog.EmitInterval", s.EmitInterval)
		if s.S3BucketName != nil {
			all["AccessLog.S3BucketName"], all["AccessLog.S3BucketPrefix"] = mask(*s.S3BucketName), mask(aws.ToString(s.S3BucketPrefix))
		}
	}
	for _, more := range got.AdditionalAttributes {
		all[aws.ToString(more.Key)] = mask(aws.ToString(more.Value))
	}
	r.out.Attributes = all
}

func setNumber(all map[string]string, key string, n *int32) {
	if n != nil {
		all[key] = strconv.Itoa(int(*n))
	}
}

// classicPolicies reads the policies of the load balancer, keeps what those for TLS
// allow, and returns the type of each.
func (r *reader) classicPolicies(ctx context.Context) map[string]string {
	out, err := r.classic.DescribeLoadBalancerPolicies(ctx, &elb.DescribeLoadBalancerPoliciesInput{LoadBalancerName: &r.out.Name})
	types := map[string]string{}
	if !r.note(err) {
		return types
	}
	for _, p := range out.PolicyDescriptions {
		name := aws.ToString(p.PolicyName)
		types[name] = aws.ToString(p.PolicyTypeName)
		if types[name] != "SSLNegotiationPolicyType" {
			continue
		}
		policy := scenarios.AuditPolicy{Name: name, Versions: []string{}}
		for _, at := range p.PolicyAttributeDescriptions {
			if version, is := strings.CutPrefix(aws.ToString(at.AttributeName), "Protocol-"); is && aws.ToString(at.AttributeValue) == "true" {
				policy.Versions = append(policy.Versions, version)
			}
		}
		r.out.TLS = append(r.out.TLS, policy)
	}
	return types
}

// classicListeners are those of a description, by port.
func (r *reader) classicListeners(b elbtypes.LoadBalancerDescription, types map[string]string) []scenarios.AuditListener {
	var out []scenarios.AuditListener
	for _, d := range b.ListenerDescriptions {
		if d.Listener == nil {
			continue
		}
		l := scenarios.AuditListener{
			Port: port(&d.Listener.LoadBalancerPort), Protocol: aws.ToString(d.Listener.Protocol),
			BackendProtocol: aws.ToString(d.Listener.InstanceProtocol), BackendPort: port(d.Listener.InstancePort),
			Groups: []string{"its instances"},
		}
		if id := r.certificateID(aws.ToString(d.Listener.SSLCertificateId)); id != "" {
			l.Certificates = []string{id}
		}
		for _, name := range d.PolicyNames {
			if kind, known := types[name]; !known || kind == "SSLNegotiationPolicyType" {
				l.Policies = append(l.Policies, name)
			}
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(x, y scenarios.AuditListener) int { return x.Port - y.Port })
	return out
}

// proxied are the instance ports with a policy that sends a PROXY header.
func proxied(b elbtypes.LoadBalancerDescription, types map[string]string) []int {
	var out []int
	for _, d := range b.BackendServerDescriptions {
		if slices.ContainsFunc(d.PolicyNames, func(name string) bool { return types[name] == "ProxyProtocolPolicyType" }) {
			out = append(out, port(d.InstancePort))
		}
	}
	return out
}

// classicCheck reads "HTTP:25000/healthz".
func classicCheck(h *elbtypes.HealthCheck) scenarios.AuditCheck {
	if h == nil {
		return scenarios.AuditCheck{}
	}
	c := scenarios.AuditCheck{
		Interval: seconds(h.Interval), Timeout: seconds(h.Timeout),
		Healthy: count(h.HealthyThreshold), Unhealthy: count(h.UnhealthyThreshold),
	}
	protocol, rest, _ := strings.Cut(aws.ToString(h.Target), ":")
	at, path, web := strings.Cut(rest, "/")
	c.Protocol = protocol
	c.Port = portOf(at)
	if web {
		c.Path = "/" + path
	}
	return c
}

// classicTargets are the instances with their health, where that can be read.
func (r *reader) classicTargets(ctx context.Context, instances []elbtypes.Instance) []scenarios.AuditTarget {
	var out []scenarios.AuditTarget
	for _, i := range instances {
		out = append(out, scenarios.AuditTarget{ID: aws.ToString(i.InstanceId)})
	}
	health, err := r.classic.DescribeInstanceHealth(ctx, &elb.DescribeInstanceHealthInput{LoadBalancerName: &r.out.Name})
	if !r.note(err) {
		return out
	}
	for _, h := range health.InstanceStates {
		for i := range out {
			if out[i].ID == aws.ToString(h.InstanceId) {
				out[i].State = strings.ToLower(aws.ToString(h.State))
				out[i].Reason, out[i].Text = notApplicable(h.ReasonCode), notApplicable(h.Description)
			}
		}
	}
	return out
}

// notApplicable is a text, "" where AWS writes N/A.
func notApplicable(text *string) string {
	if s := aws.ToString(text); s != "N/A" {
		return mask(s)
	}
	return ""
}

// certificateID is "certificate/ID" of an ARN, which has the account's number.
func (r *reader) certificateID(arn string) string {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return ""
	}
	r.arns[parts[5]] = arn
	return parts[5]
}

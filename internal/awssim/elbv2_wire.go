package awssim

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// elbDialect is Elastic Load Balancing: two APIs, which the version of a request tells
// apart.
type elbDialect []queryDialect

func (d elbDialect) answer(a *AWS, s scope, r *http.Request, body []byte, w http.ResponseWriter) {
	values, _ := url.ParseQuery(string(body))
	i := slices.IndexFunc(d, func(q queryDialect) bool { return q.version == values.Get("Version") })
	d[max(i, 0)].answer(a, s, r, body, w) // which says what is wrong with any other
}

// elbv2Operations are the calls of Elastic Load Balancing 2015-12-01 that are simulated.
var elbv2Operations = map[string]operation{
	"CreateLoadBalancer":             answers(elbAction("CreateLoadBalancer"), (*region).createNetwork, encodeNetworks).withTags(elbAction("AddTags")),
	"DeleteLoadBalancer":             answers(elbAction("DeleteLoadBalancer"), (*region).deleteNetwork, encodeNothing),
	"ModifyLoadBalancerAttributes":   answers(elbAction("ModifyLoadBalancerAttributes"), (*region).modifyNetworkAttributes, encodeAttributeList),
	"SetSecurityGroups":              answers(elbAction("SetSecurityGroups"), (*region).setNetworkGroups, encodeNetworkGroups),
	"SetSubnets":                     answers(elbAction("SetSubnets"), (*region).setNetworkSubnets, encodeNetworkSubnets),
	"CreateListener":                 answers(elbAction("CreateListener"), (*region).createNetworkListener, encodeNetworkListeners).withTags(elbAction("AddTags")),
	"ModifyListener":                 answers(elbAction("ModifyListener"), (*region).modifyNetworkListener, encodeNetworkListeners),
	"ModifyListenerAttributes":       answers(elbAction("ModifyListenerAttributes"), (*region).modifyListenerAttributes, encodeAttributeList),
	"DeleteListener":                 answers(elbAction("DeleteListener"), (*region).deleteNetworkListener, encodeNothing),
	"CreateTargetGroup":              answers(elbAction("CreateTargetGroup"), (*region).createTargetGroup, encodeTargetGroups).withTags(elbAction("AddTags")),
	"ModifyTargetGroup":              answers(elbAction("ModifyTargetGroup"), (*region).modifyTargetGroup, encodeTargetGroups),
	"ModifyTargetGroupAttributes":    answers(elbAction("ModifyTargetGroupAttributes"), (*region).modifyTargetGroupAttributes, encodeAttributeList),
	"DeleteTargetGroup":              answers(elbAction("DeleteTargetGroup"), (*region).deleteTargetGroup, encodeNothing),
	"RegisterTargets":                answers(elbAction("RegisterTargets"), (*region).registerTargets, encodeNothing),
	"DeregisterTargets":              answers(elbAction("DeregisterTargets"), (*region).deregisterTargets, encodeNothing),
	"AddTags":                        answers(elbAction("AddTags"), (*region).addNetworkTags, encodeNothing),
	"RemoveTags":                     answers(elbAction("RemoveTags"), (*region).removeNetworkTags, encodeNothing),
	"DescribeAccountLimits":          answers(elbAction("DescribeAccountLimits"), (*region).networkLimits, encodeLimits),
	"DescribeLoadBalancers":          answers(elbAction("DescribeLoadBalancers"), (*region).describeNetworks, encodeNetworks),
	"DescribeLoadBalancerAttributes": answers(elbAction("DescribeLoadBalancerAttributes"), (*region).describeNetworkAttributes, encodeAttributeList),
	"DescribeListeners":              answers(elbAction("DescribeListeners"), (*region).describeNetworkListeners, encodeNetworkListeners),
	"DescribeListenerAttributes":     answers(elbAction("DescribeListenerAttributes"), (*region).networkListener, encodeListenerAttributes),
	"DescribeListenerCertificates":   answers(elbAction("DescribeListenerCertificates"), (*region).networkListener, encodeListenerCertificates),
	"DescribeTargetGroups":           answers(elbAction("DescribeTargetGroups"), (*region).describeTargetGroups, encodeTargetGroups),
	"DescribeTargetGroupAttributes":  answers(elbAction("DescribeTargetGroupAttributes"), (*region).describeTargetGroupAttributes, encodeAttributeList),
	"DescribeTargetHealth":           answers(elbAction("DescribeTargetHealth"), (*region).describeTargetHealth, encodeTargetHealth),
	"DescribeTags":                   answers(elbAction("DescribeTags"), (*region).describeNetworkTags, encodeNetworkTags),
	"DescribeSSLPolicies":            answers(elbAction("DescribeSSLPolicies"), (*region).describeSSLPolicies, encodeSSLPolicies),
}

func elbv2Success(action string, answer any) []byte {
	return querySuccess("http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/", action, answer)
}

// marked is a list with the marker of the next page.
func marked(name string, all any, next string) any {
	out := parts{element{name, all}}
	if next != "" {
		out = append(out, element{"NextMarker", next})
	}
	return out
}

type xmlNetwork struct {
	LoadBalancerArn       string
	LoadBalancerName      string
	DNSName               string
	CanonicalHostedZoneId string
	CreatedTime           string
	Scheme                string
	VpcId                 string
	Type                  string
	IpAddressType         string
	State                 struct{ Code string }
	AvailabilityZones     members[xmlNetworkZone]
	SecurityGroups        members[string]
}

type xmlNetworkZone struct {
	ZoneName, SubnetId    string
	LoadBalancerAddresses members[xmlAddress]
}

type xmlAddress struct{ PrivateIPv4Address string }

func encodeNetworks(p page[networkView]) any {
	return marked("LoadBalancers", list(p.Items, func(b networkView) xmlNetwork {
		out := xmlNetwork{
			LoadBalancerArn: b.ARN, LoadBalancerName: b.Name, DNSName: b.DNSName, CanonicalHostedZoneId: hostedZone,
			CreatedTime: b.created.Format(time.RFC3339), Scheme: b.Scheme, VpcId: b.vpc, Type: b.Type, IpAddressType: "ipv4",
			SecurityGroups: list(b.Groups, identity),
		}
		out.State.Code, out.AvailabilityZones = b.state, encodeZones(b)
		return out
	}), p.Next)
}

// encodeZones has the addresses that were asked for.
func encodeZones(b networkView) members[xmlNetworkZone] {
	var out members[xmlNetworkZone]
	for i, zone := range b.zones {
		in := xmlNetworkZone{ZoneName: zone, SubnetId: b.Subnets[i]}
		if address := b.Addresses[b.Subnets[i]]; address != "" {
			in.LoadBalancerAddresses.Member = []xmlAddress{{address}}
		}
		out.Member = append(out.Member, in)
	}
	return out
}

func encodeNetworkGroups(b *NetworkBalancer) any {
	return element{"SecurityGroupIds", list(b.Groups, identity)}
}

func encodeNetworkSubnets(b networkView) any {
	return parts{element{"AvailabilityZones", encodeZones(b)}, element{"IpAddressType", "ipv4"}}
}

func encodeAttributeList(all map[string]string) any {
	return element{"Attributes", list(slices.Sorted(maps.Keys(all)), func(key string) xmlElbTag { return xmlElbTag{key, all[key]} })}
}

type xmlNetworkListener struct {
	ListenerArn     string
	LoadBalancerArn string
	Port            int32
	Protocol        string
	SslPolicy       string `xml:",omitempty"`
	Certificates    members[xmlListenerCertificate]
	DefaultActions  members[xmlAction]
}

type xmlListenerCertificate struct {
	CertificateArn string
	IsDefault      *bool `xml:",omitempty"`
}

type xmlAction struct {
	Type           string
	Order          int32
	TargetGroupArn string `xml:",omitempty"`
	ForwardConfig  xmlForward
}

type xmlForward struct{ TargetGroups members[xmlForwardGroup] }

type xmlForwardGroup struct {
	TargetGroupArn string
	Weight         int32
}

func encodeNetworkListeners(p page[listenerView]) any {
	return marked("Listeners", list(p.Items, func(l listenerView) xmlNetworkListener {
		out := xmlNetworkListener{ListenerArn: l.arn, LoadBalancerArn: l.balancer, Port: l.Port, Protocol: l.protocol()}
		if l.protocol() == "TLS" {
			out.SslPolicy = orText(l.Policy, defaultPolicy)
			out.Certificates = list(l.Certificates[:min(len(l.Certificates), 1)], func(arn string) xmlListenerCertificate { return xmlListenerCertificate{CertificateArn: arn} })
		}
		action := xmlAction{Type: "forward", Order: 1, ForwardConfig: xmlForward{members[xmlForwardGroup]{l.groups}}}
		if len(l.groups) == 1 {
			action.TargetGroupArn = l.groups[0].TargetGroupArn
		}
		out.DefaultActions.Member = []xmlAction{action}
		return out
	}), p.Next)
}

func encodeListenerAttributes(l listenerView) any { return encodeAttributeList(l.attributes()) }

func encodeListenerCertificates(l listenerView) any {
	n := 0
	return element{"Certificates", list(l.Certificates, func(arn string) xmlListenerCertificate {
		first := n == 0
		n++
		return xmlListenerCertificate{arn, &first}
	})}
}

type xmlTargetGroup struct {
	TargetGroupArn             string
	TargetGroupName            string
	Protocol                   string
	Port                       int32
	VpcId                      string
	TargetType                 string
	HealthCheckEnabled         bool
	HealthCheckProtocol        string
	HealthCheckPort            string
	HealthCheckPath            string `xml:",omitempty"`
	HealthCheckIntervalSeconds int32
	HealthCheckTimeoutSeconds  int32
	HealthyThresholdCount      int32
	UnhealthyThresholdCount    int32
	IpAddressType              string
	Matcher                    *xmlMatcher
	LoadBalancerArns           members[string]
}

type xmlMatcher struct{ HttpCode string }

func encodeTargetGroups(p page[targetGroupView]) any {
	return marked("TargetGroups", list(p.Items, func(g targetGroupView) xmlTargetGroup {
		c := g.Check.filled()
		out := xmlTargetGroup{
			TargetGroupArn: g.ARN, TargetGroupName: g.Name, Protocol: g.Protocol, Port: g.Port, VpcId: g.VPC, TargetType: g.Kind,
			HealthCheckEnabled: true, HealthCheckProtocol: c.Protocol, HealthCheckPort: c.Port, HealthCheckPath: c.Path,
			HealthCheckIntervalSeconds: c.Interval, HealthCheckTimeoutSeconds: c.Timeout,
			HealthyThresholdCount: c.Healthy, UnhealthyThresholdCount: c.Unhealthy, IpAddressType: "ipv4",
			LoadBalancerArns: list(g.users, func(b *NetworkBalancer) string { return b.ARN }),
		}
		if g.late != "" {
			out.LoadBalancerArns.Member = append(out.LoadBalancerArns.Member, g.late)
		}
		if c.Matcher != "" {
			out.Matcher = &xmlMatcher{c.Matcher}
		}
		return out
	}), p.Next)
}

type xmlTargetHealth struct {
	Target                 xmlTarget
	HealthCheckPort        string
	TargetHealth           xmlTargetState
	AdministrativeOverride xmlTargetState
}

type xmlTarget struct {
	Id               string
	Port             int32
	AvailabilityZone string `xml:",omitempty"`
}

type xmlTargetState struct {
	State  string
	Reason string `xml:",omitempty"`
}

func encodeTargetHealth(found []targetView) any {
	return element{"TargetHealthDescriptions", list(found, func(t targetView) xmlTargetHealth {
		return xmlTargetHealth{xmlTarget{t.ID, t.Port, t.Zone}, t.checked, xmlTargetState{t.State, t.Reason}, xmlTargetState{State: t.Override}}
	})}
}

type xmlNetworkTags struct {
	ResourceArn string
	Tags        members[xmlElbTag]
}

func encodeNetworkTags(found []taggedView) any {
	return element{"TagDescriptions", list(found, func(v taggedView) xmlNetworkTags {
		keys := slices.Sorted(maps.Keys(v.tags))
		return xmlNetworkTags{v.arn, list(keys, func(key string) xmlElbTag { return xmlElbTag{key, v.tags[key]} })}
	})}
}

type xmlSSLPolicy struct {
	Name         string
	SslProtocols members[string]
}

func encodeSSLPolicies(names []string) any {
	return element{"SslPolicies", list(names, func(name string) xmlSSLPolicy { return xmlSSLPolicy{name, list(sslProtocols[name], identity)} })}
}

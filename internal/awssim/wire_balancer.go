package awssim

import (
	"time"
)

// balancerView is a balancer as it is described.
type balancerView struct {
	*Balancer
	zones  []string
	source string // name of its first group
}

func (r *region) describeBalancersForWire(in describeBalancers) (page[balancerView], error) {
	found, err := r.describeBalancers(in)
	out := page[balancerView]{Next: found.Next}
	for _, b := range found.Items {
		view := balancerView{Balancer: b, zones: r.zones(b.Subnets)}
		if len(b.Groups) > 0 {
			view.source = r.groupNames()[b.Groups[0]]
		}
		out.Items = append(out.Items, view)
	}
	return out, err
}

type xmlBalancer struct {
	LoadBalancerName          string
	DNSName                   string
	CanonicalHostedZoneName   string `xml:",omitempty"`
	CanonicalHostedZoneNameID string
	CreatedTime               string
	Scheme                    string
	VPCId                     string
	AvailabilityZones         members[string]
	Subnets                   members[string]
	SecurityGroups            members[string]
	SourceSecurityGroup       xmlSource
	ListenerDescriptions      members[xmlListening]
	Policies                  xmlPolicyNames
	BackendServerDescriptions members[xmlBackend]
	HealthCheck               xmlCheck
	Instances                 members[xmlInstanceID]
}

type xmlSource struct{ GroupName, OwnerAlias string }

type xmlPolicyNames struct {
	AppCookieStickinessPolicies members[string]
	LBCookieStickinessPolicies  members[string]
	OtherPolicies               members[string]
}

type xmlListening struct {
	Listener    xmlListener
	PolicyNames members[string]
}

type xmlListener struct {
	Protocol         string
	LoadBalancerPort int32
	InstanceProtocol string
	InstancePort     int32
	SSLCertificateId string `xml:",omitempty"`
}

type xmlCheck struct {
	Target             string
	Interval           int32
	Timeout            int32
	UnhealthyThreshold int32
	HealthyThreshold   int32
}

// hostedZone stands for the id of the zone of the balancers' names, which each
// region has its own of; this is us-east-1's.
const hostedZone = "Z35SXDOTRQ7X7K"

func encodeBalancers(p page[balancerView]) any {
	out := parts{element{"LoadBalancerDescriptions", list(p.Items, encodeBalancer)}}
	if p.Next != "" {
		out = append(out, element{"NextMarker", p.Next})
	}
	return out
}

func encodeBalancer(v balancerView) xmlBalancer {
	out := xmlBalancer{
		LoadBalancerName: v.Name, DNSName: v.DNSName, CanonicalHostedZoneNameID: hostedZone,
		CreatedTime: v.Created.Format(time.RFC3339), Scheme: v.Scheme, VPCId: v.VPC,
		AvailabilityZones: list(v.zones, identity), Subnets: list(v.Subnets, identity), SecurityGroups: list(v.Groups, identity),
		SourceSecurityGroup:       xmlSource{v.source, Account},
		ListenerDescriptions:      list(v.Listeners, encodeListener),
		Policies:                  xmlPolicyNames{OtherPolicies: list(v.Policies, func(p Policy) string { return p.Name })},
		BackendServerDescriptions: encodeBackends(v.Balancer),
		HealthCheck:               encodeCheck(v.HealthCheck),
		Instances:                 list(v.Instances, func(id string) xmlInstanceID { return xmlInstanceID{id} }),
	}
	if v.Scheme != "internal" {
		out.CanonicalHostedZoneName = v.DNSName
	}
	return out
}

func encodeListener(l Listener) xmlListening {
	return xmlListening{
		Listener:    xmlListener{l.Protocol, l.Port, l.InstanceProtocol, l.InstancePort, l.Certificate},
		PolicyNames: list(l.Policies, identity),
	}
}

func encodeCheck(h HealthCheck) xmlCheck {
	return xmlCheck{h.Target, h.Interval, h.Timeout, h.Unhealthy, h.Healthy}
}

func encodeCheckResult(h HealthCheck) any { return element{"HealthCheck", encodeCheck(h)} }

type xmlAttributes struct {
	CrossZoneLoadBalancing xmlSwitch
	ConnectionDraining     xmlDraining
	ConnectionSettings     xmlIdle
	AccessLog              xmlLog
	AdditionalAttributes   members[xmlElbTag]
}

type xmlSwitch struct{ Enabled bool }

type xmlDraining struct {
	Enabled bool
	Timeout int32
}

type xmlIdle struct{ IdleTimeout int32 }

type xmlLog struct {
	Enabled        bool
	EmitInterval   int32  `xml:",omitempty"`
	S3BucketName   string `xml:",omitempty"`
	S3BucketPrefix string `xml:",omitempty"`
}

func encodeAttributes(b *Balancer) any {
	return element{"LoadBalancerAttributes", xmlAttributesOf(b)}
}

func encodeChangedAttributes(b *Balancer) any {
	return parts{element{"LoadBalancerName", b.Name}, encodeAttributes(b)}
}

func xmlAttributesOf(b *Balancer) xmlAttributes {
	a := b.Attributes
	return xmlAttributes{
		xmlSwitch{a.CrossZone}, xmlDraining{a.Draining, a.DrainTimeout}, xmlIdle{a.IdleTimeout},
		xmlLog{a.AccessLog.Enabled, a.AccessLog.Every, a.AccessLog.Bucket, a.AccessLog.Prefix},
		members[xmlElbTag]{Member: []xmlElbTag{{"elb.http.desyncmitigationmode", "defensive"}}},
	}
}

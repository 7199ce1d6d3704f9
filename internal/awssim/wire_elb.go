package awssim

import (
	"encoding/xml"
	"maps"
	"slices"
)

// elbOperations are the calls of Elastic Load Balancing 2012-06-01 that are simulated.
var elbOperations = map[string]operation{
	"CreateLoadBalancer":                    answers(elbAction("CreateLoadBalancer"), (*region).createBalancer, tellNewBalancer).withTags(elbAction("AddTags")),
	"DeleteLoadBalancer":                    answers(elbAction("DeleteLoadBalancer"), (*region).deleteBalancer, tellNothing),
	"DescribeLoadBalancers":                 answers(elbAction("DescribeLoadBalancers"), (*region).describeBalancersForWire, tellBalancers),
	"DescribeTags":                          answers(elbAction("DescribeTags"), (*region).describeTags, tellBalancerTags),
	"DescribeLoadBalancerAttributes":        answers(elbAction("DescribeLoadBalancerAttributes"), (*region).describeAttributes, tellAttributes),
	"ModifyLoadBalancerAttributes":          answers(elbAction("ModifyLoadBalancerAttributes"), (*region).modifyAttributes, tellChangedAttributes),
	"ConfigureHealthCheck":                  answers(elbAction("ConfigureHealthCheck"), (*region).configureCheck, tellCheckAlone),
	"RegisterInstancesWithLoadBalancer":     answers(elbAction("RegisterInstancesWithLoadBalancer"), (*region).register, tellRegistered),
	"DeregisterInstancesFromLoadBalancer":   answers(elbAction("DeregisterInstancesFromLoadBalancer"), (*region).deregister, tellRegistered),
	"DescribeInstanceHealth":                answers(elbAction("DescribeInstanceHealth"), (*region).describeHealth, tellHealth),
	"CreateLoadBalancerListeners":           answers(elbAction("CreateLoadBalancerListeners"), (*region).createListeners, tellNothing),
	"DeleteLoadBalancerListeners":           answers(elbAction("DeleteLoadBalancerListeners"), (*region).deleteListeners, tellNothing),
	"SetLoadBalancerListenerSSLCertificate": answers(elbAction("SetLoadBalancerListenerSSLCertificate"), (*region).setCertificate, tellNothing),
	"CreateLoadBalancerPolicy":              answers(elbAction("CreateLoadBalancerPolicy"), (*region).createPolicy, tellNothing),
	"DescribeLoadBalancerPolicies":          answers(elbAction("DescribeLoadBalancerPolicies"), (*region).describePolicies, tellPolicies),
	"SetLoadBalancerPoliciesOfListener":     answers(elbAction("SetLoadBalancerPoliciesOfListener"), (*region).setPolicies, tellNothing),
	"ApplySecurityGroupsToLoadBalancer":     answers(elbAction("ApplySecurityGroupsToLoadBalancer"), (*region).applyGroups, tellBalancerGroups),
	"AttachLoadBalancerToSubnets":           answers(elbAction("AttachLoadBalancerToSubnets"), (*region).attach, tellBalancerSubnets),
	"DetachLoadBalancerFromSubnets":         answers(elbAction("DetachLoadBalancerFromSubnets"), (*region).detach, tellBalancerSubnets),
}

func elbAction(name string) string { return "elasticloadbalancing:" + name }

func elbSuccess(action string, answer any) []byte {
	return querySuccess("http://elasticloadbalancing.amazonaws.com/doc/2012-06-01/", action, answer)
}

// querySuccess wraps an answer's members in a result, beside the request's id.
func querySuccess(space, action string, answer any) []byte {
	inner, _ := xml.Marshal(answer) // of our own structs: it cannot fail
	return []byte(xml.Header + "<" + action + `Response xmlns="` + space + `"><` + action + "Result>" + string(inner) + "</" + action +
		"Result><ResponseMetadata><RequestId>" + requestID + "</RequestId></ResponseMetadata></" + action + "Response>")
}

func queryFailure(e *ServiceError) []byte {
	kind := "Sender"
	if e.Status >= 500 {
		kind = "Receiver"
	}
	inner, _ := xml.Marshal(xmlError{Type: kind, Code: e.Code, Message: e.Message})
	return []byte(xml.Header + "<ErrorResponse>" + string(inner) + "<RequestId>" + requestID + "</RequestId></ErrorResponse>")
}

// members is a list as the query protocol writes it.
type members[T any] struct {
	Member []T `xml:"member"`
}

func list[S, T any](from []S, tell func(S) T) members[T] {
	var out members[T]
	for _, s := range from {
		out.Member = append(out.Member, tell(s))
	}
	return out
}

func itself(s string) string { return s }

func tellNothing(none) any { return parts{} }

func tellNewBalancer(b *Balancer) any { return element{"DNSName", b.DNSName} }

type xmlInstanceID struct{ InstanceId string }

func tellRegistered(b *Balancer) any {
	return element{"Instances", list(b.Instances, func(id string) xmlInstanceID { return xmlInstanceID{id} })}
}

func tellBalancerGroups(b *Balancer) any { return element{"SecurityGroups", list(b.Groups, itself)} }

func tellBalancerSubnets(b *Balancer) any { return element{"Subnets", list(b.Subnets, itself)} }

type xmlElbTag struct{ Key, Value string }

type xmlTagged struct {
	LoadBalancerName string
	Tags             members[xmlElbTag]
}

func tellBalancerTags(found []*Balancer) any {
	return element{"TagDescriptions", list(found, func(b *Balancer) xmlTagged {
		keys := slices.Sorted(maps.Keys(b.Tags))
		return xmlTagged{b.Name, list(keys, func(key string) xmlElbTag { return xmlElbTag{key, b.Tags[key]} })}
	})}
}

type xmlHealth struct{ InstanceId, State, ReasonCode, Description string }

func tellHealth(found []Health) any {
	return element{"InstanceStates", list(found, func(h Health) xmlHealth { return xmlHealth{h.Instance, h.State, h.Reason, h.Description} })}
}

type xmlPolicy struct {
	PolicyName                  string
	PolicyTypeName              string
	PolicyAttributeDescriptions members[xmlPolicyAttribute]
}

type xmlPolicyAttribute struct{ AttributeName, AttributeValue string }

func tellPolicies(found []Policy) any {
	return element{"PolicyDescriptions", list(found, func(p Policy) xmlPolicy {
		return xmlPolicy{p.Name, sslPolicyType, list(p.attributes(), func(a [2]string) xmlPolicyAttribute { return xmlPolicyAttribute{a[0], a[1]} })}
	})}
}

package awssim

import (
	"cmp"
	"encoding/xml"
	"maps"
	"slices"
)

// elbOperations are the calls of Elastic Load Balancing 2012-06-01 that are simulated.
var elbOperations = map[string]operation{
	"CreateLoadBalancer":                      answers(elbAction("CreateLoadBalancer"), (*region).createBalancer, encodeNewBalancer).withTags(elbAction("AddTags")),
	"DeleteLoadBalancer":                      answers(elbAction("DeleteLoadBalancer"), (*region).deleteBalancer, encodeNothing),
	"DescribeLoadBalancers":                   answers(elbAction("DescribeLoadBalancers"), (*region).describeBalancersForWire, encodeBalancers),
	"DescribeTags":                            answers(elbAction("DescribeTags"), (*region).describeTags, encodeBalancerTags),
	"DescribeLoadBalancerAttributes":          answers(elbAction("DescribeLoadBalancerAttributes"), (*region).describeAttributes, encodeAttributes),
	"ModifyLoadBalancerAttributes":            answers(elbAction("ModifyLoadBalancerAttributes"), (*region).modifyAttributes, encodeChangedAttributes),
	"ConfigureHealthCheck":                    answers(elbAction("ConfigureHealthCheck"), (*region).configureCheck, encodeCheckResult),
	"RegisterInstancesWithLoadBalancer":       answers(elbAction("RegisterInstancesWithLoadBalancer"), (*region).register, encodeRegistered),
	"DeregisterInstancesFromLoadBalancer":     answers(elbAction("DeregisterInstancesFromLoadBalancer"), (*region).deregister, encodeRegistered),
	"DescribeInstanceHealth":                  answers(elbAction("DescribeInstanceHealth"), (*region).describeHealth, encodeHealth),
	"CreateLoadBalancerListeners":             answers(elbAction("CreateLoadBalancerListeners"), (*region).createListeners, encodeNothing),
	"DeleteLoadBalancerListeners":             answers(elbAction("DeleteLoadBalancerListeners"), (*region).deleteListeners, encodeNothing),
	"SetLoadBalancerListenerSSLCertificate":   answers(elbAction("SetLoadBalancerListenerSSLCertificate"), (*region).setCertificate, encodeNothing),
	"CreateLoadBalancerPolicy":                answers(elbAction("CreateLoadBalancerPolicy"), (*region).createPolicy, encodeNothing),
	"DescribeLoadBalancerPolicies":            answers(elbAction("DescribeLoadBalancerPolicies"), (*region).describePolicies, encodePolicies),
	"SetLoadBalancerPoliciesOfListener":       answers(elbAction("SetLoadBalancerPoliciesOfListener"), (*region).setPolicies, encodeNothing),
	"SetLoadBalancerPoliciesForBackendServer": answers(elbAction("SetLoadBalancerPoliciesForBackendServer"), (*region).setBackendPolicies, encodeNothing),
	"DescribeAccountLimits":                   answers(elbAction("DescribeAccountLimits"), (*region).accountLimits, encodeLimits),
	"AddTags":                                 answers(elbAction("AddTags"), (*region).addBalancerTags, encodeNothing),
	"ApplySecurityGroupsToLoadBalancer":       answers(elbAction("ApplySecurityGroupsToLoadBalancer"), (*region).applyGroups, encodeBalancerGroups),
	"AttachLoadBalancerToSubnets":             answers(elbAction("AttachLoadBalancerToSubnets"), (*region).attach, encodeBalancerSubnets),
	"DetachLoadBalancerFromSubnets":           answers(elbAction("DetachLoadBalancerFromSubnets"), (*region).detach, encodeBalancerSubnets),
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

func identity(s string) string { return s }

func encodeNothing(none) any { return parts{} }

func encodeNewBalancer(b *Balancer) any { return element{"DNSName", b.DNSName} }

type xmlInstanceID struct{ InstanceId string }

func encodeRegistered(b *Balancer) any {
	return element{"Instances", list(b.Instances, func(id string) xmlInstanceID { return xmlInstanceID{id} })}
}

func encodeBalancerGroups(b *Balancer) any {
	return element{"SecurityGroups", list(b.Groups, identity)}
}

func encodeBalancerSubnets(b *Balancer) any { return element{"Subnets", list(b.Subnets, identity)} }

type xmlElbTag struct{ Key, Value string }

type xmlTagged struct {
	LoadBalancerName string
	Tags             members[xmlElbTag]
}

func encodeBalancerTags(found []*Balancer) any {
	return element{"TagDescriptions", list(found, func(b *Balancer) xmlTagged {
		keys := slices.Sorted(maps.Keys(b.Tags))
		return xmlTagged{b.Name, list(keys, func(key string) xmlElbTag { return xmlElbTag{key, b.Tags[key]} })}
	})}
}

type xmlHealth struct{ InstanceId, State, ReasonCode, Description string }

func encodeHealth(found []Health) any {
	return element{"InstanceStates", list(found, func(h Health) xmlHealth { return xmlHealth{h.Instance, h.State, h.Reason, h.Description} })}
}

type xmlPolicy struct {
	PolicyName                  string
	PolicyTypeName              string
	PolicyAttributeDescriptions members[xmlPolicyAttribute]
}

type xmlPolicyAttribute struct{ AttributeName, AttributeValue string }

func encodePolicies(found []Policy) any {
	return element{"PolicyDescriptions", list(found, func(p Policy) xmlPolicy {
		return xmlPolicy{p.Name, cmp.Or(p.Type, sslPolicyType), list(p.attributes(), func(a [2]string) xmlPolicyAttribute { return xmlPolicyAttribute{a[0], a[1]} })}
	})}
}

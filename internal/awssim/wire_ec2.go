package awssim

import (
	"encoding/xml"
	"maps"
	"slices"
)

// ec2Operations are the calls of EC2 that are simulated.
var ec2Operations = map[string]operation{
	"DescribeVpcs":                    answers("ec2:DescribeVpcs", (*region).describeVPCs, encodeVPCs),
	"DescribeSubnets":                 answers("ec2:DescribeSubnets", (*region).describeSubnets, encodeSubnets),
	"DescribeInstances":               answers("ec2:DescribeInstances", (*region).describeInstances, encodeInstances),
	"DescribeNetworkInterfaces":       answers("ec2:DescribeNetworkInterfaces", (*region).describeInterfaces, encodeInterfaces),
	"ModifyNetworkInterfaceAttribute": answers("ec2:ModifyNetworkInterfaceAttribute", (*region).modifyInterface, encodeReturn[none]),
	"DescribeSecurityGroups":          answers("ec2:DescribeSecurityGroups", (*region).describeGroups, encodeGroups),
	"CreateSecurityGroup":             answers("ec2:CreateSecurityGroup", (*region).createGroup, encodeNewGroup).withTags("ec2:CreateTags"),
	"DeleteSecurityGroup":             answers("ec2:DeleteSecurityGroup", (*region).deleteGroup, encodeDeletedGroup),
	"AuthorizeSecurityGroupIngress":   answers("ec2:AuthorizeSecurityGroupIngress", (*region).authorize, encodeAuthorized).withTags("ec2:CreateTags"),
	"DescribeInternetGateways":        answers("ec2:DescribeInternetGateways", (*region).describeGateways, encodeGateways),
	"DescribeAccountAttributes":       answers("ec2:DescribeAccountAttributes", (*region).accountAttributes, encodeAccountAttributes),
	"CreateTags":                      answers("ec2:CreateTags", (*region).createTags, encodeReturn[none]),
	"AuthorizeSecurityGroupEgress":    answers("ec2:AuthorizeSecurityGroupEgress", (*region).authorizeOut, encodeAuthorized).withTags("ec2:CreateTags"),
	"RevokeSecurityGroupEgress":       answers("ec2:RevokeSecurityGroupEgress", (*region).revokeOut, encodeRevoked),
	"DescribeSecurityGroupRules":      answers("ec2:DescribeSecurityGroupRules", (*region).describeRules, encodeRules),
	"RevokeSecurityGroupIngress":      answers("ec2:RevokeSecurityGroupIngress", (*region).revoke, encodeRevoked),
}

const requestID = "00000000-0000-4000-8000-000000000000"

// ec2Success wraps an answer as EC2 does: its members lie in the response itself.
func ec2Success(action string, answer any) []byte {
	inner, _ := xml.Marshal(answer) // of our own structs: it cannot fail
	return []byte(xml.Header + "<" + action + `Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>` + requestID + "</requestId>" + string(inner) + "</" + action + "Response>")
}

type xmlError struct {
	XMLName xml.Name `xml:"Error"`
	Type    string   `xml:",omitempty"`
	Code    string
	Message string
}

func ec2Failure(e *ServiceError) []byte {
	inner, _ := xml.Marshal(xmlError{Code: e.Code, Message: e.Message})
	return []byte(xml.Header + "<Response><Errors>" + string(inner) + "</Errors><RequestID>" + requestID + "</RequestID></Response>")
}

// parts is an answer's members, marshalled one after the other.
type parts []any

// MarshalXML writes no element around them.
func (p parts) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	for _, one := range p {
		if err := e.Encode(one); err != nil {
			return err
		}
	}
	return nil
}

// element is one member: text, a struct or a list.
type element struct {
	name  string
	value any
}

// MarshalXML writes the value under the name.
func (m element) MarshalXML(e *xml.Encoder, _ xml.StartElement) error {
	return e.EncodeElement(m.value, xml.StartElement{Name: xml.Name{Local: m.name}})
}

// items is a list as EC2 writes it.
type items[T any] struct {
	Item []T `xml:"item"`
}

func set[S, T any](from []S, tell func(S) T) items[T] {
	var out items[T]
	for _, s := range from {
		out.Item = append(out.Item, tell(s))
	}
	return out
}

func paged[S, T any](name string, p page[S], tell func(S) T) any {
	out := parts{element{name, set(p.Items, tell)}}
	if p.Next != "" {
		out = append(out, element{"nextToken", p.Next})
	}
	return out
}

type xmlTag struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

func encodeTags(tags map[string]string) items[xmlTag] {
	return set(slices.Sorted(maps.Keys(tags)), func(key string) xmlTag { return xmlTag{key, tags[key]} })
}

type xmlVPC struct {
	ID    string        `xml:"vpcId"`
	Owner string        `xml:"ownerId"`
	State string        `xml:"state"`
	CIDR  string        `xml:"cidrBlock"`
	Tags  items[xmlTag] `xml:"tagSet"`
}

func encodeVPCs(p page[*VPC]) any {
	return paged("vpcSet", p, func(v *VPC) xmlVPC { return xmlVPC{v.ID, Account, "available", v.CIDR, encodeTags(v.Tags)} })
}

type xmlSubnet struct {
	ID    string        `xml:"subnetId"`
	VPC   string        `xml:"vpcId"`
	State string        `xml:"state"`
	Zone  string        `xml:"availabilityZone"`
	CIDR  string        `xml:"cidrBlock"`
	Free  int           `xml:"availableIpAddressCount"`
	Tags  items[xmlTag] `xml:"tagSet"`
}

func encodeSubnets(p page[*Subnet]) any {
	return paged("subnetSet", p, func(s *Subnet) xmlSubnet {
		return xmlSubnet{s.ID, s.VPC, "available", s.Zone, s.CIDR, s.Free, encodeTags(s.Tags)}
	})
}

func encodeReturn[T any](T) any { return element{"return", true} }

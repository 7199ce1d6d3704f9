package awssim

type xmlGroup struct {
	ID          string               `xml:"groupId"`
	Name        string               `xml:"groupName"`
	Description string               `xml:"groupDescription"`
	VPC         string               `xml:"vpcId"`
	Owner       string               `xml:"ownerId"`
	Permissions items[xmlPermission] `xml:"ipPermissions"`
	Egress      items[xmlPermission] `xml:"ipPermissionsEgress"`
	Tags        items[xmlTag]        `xml:"tagSet"`
}

// xmlPermission is the rules of one protocol and one range of ports.
type xmlPermission struct {
	Protocol string         `xml:"ipProtocol"`
	From     *int32         `xml:"fromPort,omitempty"`
	To       *int32         `xml:"toPort,omitempty"`
	V4       items[xmlV4]   `xml:"ipRanges"`
	V6       items[xmlV6]   `xml:"ipv6Ranges"`
	Groups   items[xmlPair] `xml:"groups"`
}

type xmlV4 struct {
	CIDR        string `xml:"cidrIp"`
	Description string `xml:"description,omitempty"`
}

type xmlV6 struct {
	CIDR        string `xml:"cidrIpv6"`
	Description string `xml:"description,omitempty"`
}

type xmlPair struct {
	Group       string `xml:"groupId"`
	Owner       string `xml:"userId"`
	Description string `xml:"description,omitempty"`
}

func encodeGroups(p page[*Group]) any {
	return paged("securityGroupInfo", p, func(g *Group) xmlGroup {
		return xmlGroup{g.ID, g.Name, g.Description, g.VPC, Account, encodePermissions(g.Rules), encodePermissions(g.Egress), encodeTags(g.Tags)}
	})
}

// encodePermissions puts together what has the same protocol and ports, as EC2 does.
func encodePermissions(rules []Rule) items[xmlPermission] {
	var out items[xmlPermission]
	var first []Rule // of each permission
	for _, rule := range rules {
		at := -1
		for i, f := range first {
			if f.Protocol == rule.Protocol && f.From == rule.From && f.To == rule.To {
				at = i
			}
		}
		if at < 0 {
			at, first = len(first), append(first, rule)
			out.Item = append(out.Item, emptyPermission(rule))
		}
		out.Item[at].add(rule)
	}
	return out
}

func emptyPermission(rule Rule) xmlPermission {
	p := xmlPermission{Protocol: rule.Protocol}
	if rule.Protocol != "-1" {
		p.From, p.To = &rule.From, &rule.To
	}
	return p
}

func (p *xmlPermission) add(rule Rule) {
	switch {
	case rule.Group != "":
		p.Groups.Item = append(p.Groups.Item, xmlPair{rule.Group, Account, rule.Description})
	case rule.CIDR.Addr().Is4():
		p.V4.Item = append(p.V4.Item, xmlV4{rule.CIDR.String(), rule.Description})
	default:
		p.V6.Item = append(p.V6.Item, xmlV6{rule.CIDR.String(), rule.Description})
	}
}

func encodeNewGroup(g *Group) any {
	return parts{element{"return", true}, element{"groupId", g.ID}, element{"tagSet", encodeTags(g.Tags)}}
}

func encodeDeletedGroup(id string) any {
	return parts{element{"return", true}, element{"groupId", id}}
}

type xmlRule struct {
	ID          string        `xml:"securityGroupRuleId"`
	Group       string        `xml:"groupId"`
	Owner       string        `xml:"groupOwnerId"`
	Egress      bool          `xml:"isEgress"`
	Protocol    string        `xml:"ipProtocol"`
	From        int32         `xml:"fromPort"`
	To          int32         `xml:"toPort"`
	V4          string        `xml:"cidrIpv4,omitempty"`
	V6          string        `xml:"cidrIpv6,omitempty"`
	Referenced  *xmlPair      `xml:"referencedGroupInfo,omitempty"`
	Description string        `xml:"description,omitempty"`
	Tags        items[xmlTag] `xml:"tagSet"`
}

func encodeRule(group string) func(Rule) xmlRule {
	return func(rule Rule) xmlRule {
		out := xmlRule{
			ID: rule.ID, Group: group, Owner: Account, Protocol: rule.Protocol, From: rule.From, To: rule.To,
			Description: rule.Description, Tags: encodeTags(rule.Tags),
		}
		switch {
		case rule.Group != "":
			out.Referenced = &xmlPair{Group: rule.Group, Owner: Account}
		case rule.CIDR.Addr().Is4():
			out.V4 = rule.CIDR.String()
		default:
			out.V6 = rule.CIDR.String()
		}
		return out
	}
}

func encodeAuthorized(c changedRules) any {
	return parts{element{"return", true}, element{"securityGroupRuleSet", set(c.rules, encodeRule(c.group.ID))}}
}

func encodeRevoked(c changedRules) any {
	return parts{element{"return", true}, element{"revokedSecurityGroupRuleSet", set(c.rules, encodeRule(c.group.ID))}}
}

package provision

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// rule allows one source to reach one range of ports. EC2 returns several in one
// permission; we send one a call, so that a duplicate fails alone.
type rule struct {
	protocol string
	from, to int32
	cidr     string // canonical, of either family
	group    string // or another group's id
	prefixes string // or the id of a prefix list, which we never create
}

func (r rule) source() string { return cmp.Or(r.cidr, r.group, r.prefixes) }

func (r rule) String() string { return r.text("from") }

// text is the rule; direction is "from", or "to" for an outbound one.
func (r rule) text(direction string) string {
	switch {
	case r.protocol == "-1":
		return "everything " + direction + " " + r.source()
	case r.from == r.to:
		return fmt.Sprintf("%s %d %s %s", r.protocol, r.from, direction, r.source())
	}
	return fmt.Sprintf("%s %d-%d %s %s", r.protocol, r.from, r.to, direction, r.source())
}

// permission is the rule as EC2 expects it.
func (r rule) permission() types.IpPermission {
	p := types.IpPermission{IpProtocol: aws.String(r.protocol)}
	if r.protocol != "-1" {
		p.FromPort, p.ToPort = aws.Int32(r.from), aws.Int32(r.to)
	}
	switch {
	case r.group != "":
		p.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: aws.String(r.group)}}
	case r.prefixes != "":
		p.PrefixListIds = []types.PrefixListId{{PrefixListId: aws.String(r.prefixes)}}
	case strings.Contains(r.cidr, ":"):
		p.Ipv6Ranges = []types.Ipv6Range{{CidrIpv6: aws.String(r.cidr)}}
	default:
		p.IpRanges = []types.IpRange{{CidrIp: aws.String(r.cidr)}}
	}
	return p
}

// rulesOf splits a group's inbound permissions into rules.
func rulesOf(g *types.SecurityGroup) []rule {
	if g == nil {
		return nil
	}
	return rulesIn(g.IpPermissions)
}

func rulesIn(permissions []types.IpPermission) []rule {
	var rules []rule
	for _, p := range permissions {
		base := rule{protocol: text(p.IpProtocol), from: aws.ToInt32(p.FromPort), to: aws.ToInt32(p.ToPort)}
		for _, v := range p.IpRanges {
			rules = append(rules, rule{base.protocol, base.from, base.to, text(v.CidrIp), "", ""})
		}
		for _, v := range p.Ipv6Ranges {
			rules = append(rules, rule{base.protocol, base.from, base.to, text(v.CidrIpv6), "", ""})
		}
		for _, v := range p.UserIdGroupPairs {
			rules = append(rules, rule{base.protocol, base.from, base.to, "", text(v.GroupId), ""})
		}
		for _, v := range p.PrefixListIds {
			rules = append(rules, rule{base.protocol, base.from, base.to, "", "", text(v.PrefixListId)})
		}
	}
	return rules
}

// frontRules allow clients, by listener and network.
func (s *state) frontRules() []rule {
	var rules []rule
	for _, port := range s.spec.Listeners {
		for _, c := range s.spec.Clients {
			rules = append(rules, rule{protocol: "tcp", from: int32(port), to: int32(port), cidr: c.Masked().String()})
		}
	}
	return rules
}

// backRules allow the balancer to reach the listeners' ports and the health check's.
func (s *state) backRules() []rule {
	var rules []rule
	for _, port := range s.spec.Ports() {
		rules = append(rules, rule{protocol: "tcp", from: int32(port), to: int32(port), group: s.frontID()})
	}
	return rules
}

// allRules selects every rule, for a group that is ours.
func allRules(rule) bool { return true }

// rulesFrom selects the rules with a source group of ours, for a group that is not
// ours.
func rulesFrom(group string) func(rule) bool {
	return func(r rule) bool { return r.group == group }
}

// ruleChanges adds missing rules, one a call, and removes unwanted rules of ours.
func (s *state) ruleChanges(name string, g *types.SecurityGroup, id string, want []rule, ours func(rule) bool) []Change {
	have := rulesOf(g)
	var changes, unwanted []Change
	all := slices.Clone(have)
	for _, r := range want {
		c := noChange("rule", name+": "+r.String(), r.String())
		if !slices.Contains(have, r) {
			c = s.authorize(c, id, r)
			all = append(all, r)
		}
		changes = append(changes, c)
	}
	for _, r := range have {
		if ours(r) && !slices.Contains(want, r) {
			unwanted = append(unwanted, s.revoke(name, id, r))
		}
	}
	if s.quotas.rules > 0 && countRules(all) > s.quotas.rules { // there is no room for both
		return append(unwanted, changes...)
	}
	return append(changes, unwanted...)
}

func (s *state) authorize(c Change, id string, r rule) Change {
	c.Action, c.Before = Create, ""
	in := ec2.AuthorizeSecurityGroupIngressInput{
		GroupId: aws.String(id), IpPermissions: []types.IpPermission{r.permission()},
		TagSpecifications: s.ec2Tags(types.ResourceTypeSecurityGroupRule),
	}
	c = writes(c, s.cloud.EC2.AuthorizeSecurityGroupIngress, &in)
	if id == frontGroupVar || id == backGroupVar || r.group == frontGroupVar {
		return c // no dry run until the groups exist
	}
	return withDryRun(c, s.cloud.EC2.AuthorizeSecurityGroupIngress, in, func(in *ec2.AuthorizeSecurityGroupIngressInput) { in.DryRun = aws.Bool(true) })
}

func (s *state) revoke(name, id string, r rule) Change {
	c := Change{Resource: "rule", Name: name + ": " + r.String(), Action: Delete, Before: r.String(), Why: "not in lb.yaml"}
	return writes(c, s.cloud.EC2.RevokeSecurityGroupIngress,
		&ec2.RevokeSecurityGroupIngressInput{GroupId: aws.String(id), IpPermissions: []types.IpPermission{r.permission()}})
}

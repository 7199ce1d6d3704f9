package awssim

import (
	"net/netip"
	"slices"
)

// Rule allows one source: a network, or the members of a group.
type Rule struct {
	ID          string // "": generated
	Protocol    string // "tcp", "udp", "icmp", "icmpv6", or "-1" for all
	From, To    int32  // ports
	CIDR        netip.Prefix
	Group       string // id; of CIDR and Group one is set
	Description string
	Tags        map[string]string
}

// same reports whether EC2 treats two rules as equal: descriptions are ignored.
func (r Rule) same(o Rule) bool {
	return r.Protocol == o.Protocol && r.From == o.From && r.To == o.To && r.CIDR == o.CIDR && r.Group == o.Group
}

// everyAddress is the network of all addresses of IPv4.
var everyAddress = netip.MustParsePrefix("0.0.0.0/0")

// opens reports whether the rule is about a port of TCP.
func (r Rule) opens(port int32) bool {
	return r.Protocol == "-1" || r.Protocol == "tcp" && r.From <= port && port <= r.To
}

func (r Rule) containsAddress(text string) bool {
	address, err := netip.ParseAddr(text)
	return err == nil && r.CIDR.Contains(address)
}

// permission holds several rules of a request.
type permission struct {
	IpProtocol string
	FromPort   *int32
	ToPort     *int32
	IpRanges   []struct{ CidrIp, Description string }
	Ipv6Ranges []struct{ CidrIpv6, Description string }
	Groups     []struct{ GroupId, UserId, VpcId, Description string }
}

// rules splits a request's permissions into rules, one per source.
func (r *region) rules(permissions []permission, vpc string) ([]Rule, error) {
	var out []Rule
	for _, p := range permissions {
		base, err := p.ports()
		if err != nil {
			return nil, err
		}
		sources := len(out)
		for _, n := range p.IpRanges {
			if out, err = appendNetwork(out, base, n.CidrIp, n.Description, true); err != nil {
				return nil, err
			}
		}
		for _, n := range p.Ipv6Ranges {
			if out, err = appendNetwork(out, base, n.CidrIpv6, n.Description, false); err != nil {
				return nil, err
			}
		}
		for _, pair := range p.Groups {
			g := r.group(pair.GroupId)
			if g == nil || g.VPC != vpc { // without peering a group of another VPC is unknown
				return nil, groupMissing(pair.GroupId)
			}
			rule := base
			rule.Group, rule.Description = g.ID, pair.Description
			out = append(out, rule)
		}
		if len(out) == sources {
			return nil, refuse("InvalidParameterValue", "A permission needs a network or a group")
		}
	}
	if len(out) == 0 {
		return nil, refuse("MissingParameter", "The request must contain the parameter ipPermissions")
	}
	return out, nil
}

func (p permission) ports() (Rule, error) {
	base := Rule{Protocol: p.IpProtocol, From: -1, To: -1}
	switch p.IpProtocol {
	case "-1":
		return base, nil
	case "tcp", "udp", "icmp", "icmpv6":
	case "6":
		base.Protocol = "tcp"
	default:
		return base, refuse("InvalidParameterValue", "Invalid value '%s' for IP protocol. Unknown protocol.", p.IpProtocol)
	}
	if p.FromPort == nil || p.ToPort == nil {
		return base, refuse("MissingParameter", "Must specify both from and to ports with TCP/UDP.")
	}
	base.From, base.To = *p.FromPort, *p.ToPort
	ranged := base.Protocol == "tcp" || base.Protocol == "udp"
	if ranged && (base.From < 0 || base.To > 65535 || base.From > base.To) {
		return base, refuse("InvalidParameterValue", "Invalid value '%d-%d' for port range.", base.From, base.To)
	}
	return base, nil
}

// appendNetwork masks the network: EC2 stores 100.68.0.18/18 as 100.68.0.0/18.
func appendNetwork(out []Rule, base Rule, cidr, description string, v4 bool) ([]Rule, error) {
	prefix, err := netip.ParsePrefix(cidr)
	if err != nil || prefix.Addr().Is4() != v4 {
		return nil, refuse("InvalidParameterValue", "CIDR block %s is malformed", cidr)
	}
	base.CIDR, base.Description = prefix.Masked(), description
	return append(out, base), nil
}

type authorize struct {
	dryRun
	GroupId          string
	IpPermissions    []permission
	TagSpecification []tagSpecification
}

func (c authorize) carriesTags() bool { return len(c.TagSpecification) > 0 }

// changedRules is the result of a call that changes rules.
type changedRules struct {
	group *Group
	rules []Rule
}

// authorize adds rules: all or none (guess: the API reference does not say).
func (r *region) authorize(in authorize) (changedRules, error) {
	g, rules, err := r.lookUpRules(in.GroupId, in.IpPermissions)
	if err != nil {
		return changedRules{}, err
	}
	return r.addRules(g, &g.Rules, rules, in.TagSpecification)
}

// addRules adds to a group's inbound or outbound rules.
func (r *region) addRules(g *Group, to *[]Rule, rules []Rule, specs []tagSpecification) (changedRules, error) {
	tags, err := creationTags(specs, "security-group-rule")
	if err != nil {
		return changedRules{}, err
	}
	for i, rule := range rules {
		if slices.ContainsFunc(rules[:i], rule.same) {
			return changedRules{}, refuse("InvalidParameterValue", "The same permission must not appear multiple times")
		}
		if slices.ContainsFunc(*to, rule.same) {
			return changedRules{}, refuse("InvalidPermission.Duplicate", "the specified rule \"peer: %s, %s, from port: %d, to port: %d, ALLOW\" already exists", rule.source(), rule.Protocol, rule.From, rule.To)
		}
	}
	if r.aws.tooManyRules(slices.Concat(*to, rules)) {
		return changedRules{}, refuse("RulesPerSecurityGroupLimitExceeded", "The maximum number of rules per security group has been reached.")
	}
	for i := range rules {
		rules[i].ID, rules[i].Tags = r.aws.id("sgr"), tags
	}
	*to = append(*to, rules...)
	return changedRules{g, rules}, nil
}

func (r Rule) source() string {
	if r.Group != "" {
		return r.Group
	}
	return r.CIDR.String()
}

func (r *region) lookUpRules(group string, permissions []permission) (*Group, []Rule, error) {
	if group == "" {
		return nil, nil, refuse("MissingParameter", "The request must contain the parameter groupName or groupId")
	}
	g := r.group(group)
	if g == nil {
		return nil, nil, groupMissing(group)
	}
	rules, err := r.rules(permissions, g.VPC)
	return g, rules, err
}

type revoke struct {
	dryRun
	GroupId             string
	IpPermissions       []permission
	SecurityGroupRuleId []string
}

// revoke removes inbound rules: all, or none if one does not exist.
func (r *region) revoke(in revoke) (changedRules, error) {
	return r.revokeFrom(in, func(g *Group) *[]Rule { return &g.Rules })
}

func (r *region) revokeFrom(in revoke, of func(*Group) *[]Rule) (changedRules, error) {
	if len(in.SecurityGroupRuleId) > 0 {
		return r.revokeByID(in, of)
	}
	g, rules, err := r.lookUpRules(in.GroupId, in.IpPermissions)
	if err != nil {
		return changedRules{}, err
	}
	for _, rule := range rules {
		if !slices.ContainsFunc(*of(g), rule.same) {
			return changedRules{}, refuse("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
		}
	}
	return removeRules(g, of(g), func(rule Rule) bool { return slices.ContainsFunc(rules, rule.same) }), nil
}

func (r *region) revokeByID(in revoke, of func(*Group) *[]Rule) (changedRules, error) {
	g := r.group(in.GroupId)
	if g == nil {
		return changedRules{}, groupMissing(in.GroupId)
	}
	for _, id := range in.SecurityGroupRuleId {
		if !slices.ContainsFunc(*of(g), func(rule Rule) bool { return rule.ID == id }) {
			return changedRules{}, ruleMissing(id)
		}
	}
	return removeRules(g, of(g), func(rule Rule) bool { return slices.Contains(in.SecurityGroupRuleId, rule.ID) }), nil
}

func removeRules(g *Group, from *[]Rule, meant func(Rule) bool) changedRules {
	done := changedRules{group: g}
	*from = slices.DeleteFunc(*from, func(rule Rule) bool {
		if !meant(rule) {
			return false
		}
		done.rules = append(done.rules, rule)
		return true
	})
	return done
}

// String names the rule in messages of tests.
func (r Rule) String() string { return r.ID + " from " + r.source() }

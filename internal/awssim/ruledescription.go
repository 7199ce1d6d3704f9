package awssim

import "slices"

type describeRules struct {
	dryRun
	paging
	Filter              []filter
	SecurityGroupRuleId []string
}

// describedRule is a rule with the group that has it.
type describedRule struct {
	Rule
	group  string
	egress bool
}

// describeRules lists the rules of all groups, each with its own tags: the
// description of a group has none.
func (r *region) describeRules(in describeRules) (page[*describedRule], error) {
	var all []*describedRule
	for _, g := range r.groups {
		if !r.aws.visible(g.creation) {
			continue
		}
		for _, rule := range g.Rules {
			all = append(all, &describedRule{Rule: rule, group: g.ID})
		}
		for _, rule := range g.Egress {
			all = append(all, &describedRule{Rule: rule, group: g.ID, egress: true})
		}
	}
	found, err := selected(all, in.SecurityGroupRuleId, func(d *describedRule) string { return d.ID }, ruleMissing,
		func(d *describedRule) (bool, error) {
			return matches(in.Filter, d.Tags, func(name string) ([]string, bool) {
				switch name {
				case "group-id":
					return []string{d.group}, true
				case "security-group-rule-id":
					return []string{d.ID}, true
				}
				return nil, false
			})
		})
	if err != nil {
		return page[*describedRule]{}, err
	}
	return paginate(r.aws, found, in.MaxResults, in.NextToken)
}

func ruleMissing(id string) error {
	return refuse("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '%s' does not exist", id)
}

func encodeRules(p page[*describedRule]) any {
	return paged("securityGroupRuleSet", p, func(d *describedRule) xmlRule {
		out := encodeRule(d.group)(d.Rule)
		out.Egress = d.egress
		return out
	})
}

// allowAll is the outbound rule of a new group.
func (a *AWS) allowAll() []Rule {
	return []Rule{{ID: a.id("sgr"), Protocol: "-1", From: -1, To: -1, CIDR: everyAddress}}
}

// authorizeOut adds outbound rules: all or none.
func (r *region) authorizeOut(in authorize) (changedRules, error) {
	g, rules, err := r.lookUpRules(in.GroupId, in.IpPermissions)
	if err != nil {
		return changedRules{}, err
	}
	return r.addRules(g, &g.Egress, rules, in.TagSpecification)
}

// revokeOut removes outbound rules: all or none.
func (r *region) revokeOut(in revoke) (changedRules, error) {
	return r.revokeFrom(in, func(g *Group) *[]Rule { return &g.Egress })
}

// letsOut reports whether the origin's groups allow it to connect to a port of an
// interface. A network load balancer may have none, and is then free.
func (r *region) letsOut(from origin, to *Interface, port int32) bool {
	if len(from.groups) == 0 {
		return true
	}
	for _, g := range r.groups {
		if !slices.Contains(from.groups, g.ID) {
			continue
		}
		for _, rule := range g.Egress {
			if rule.opens(port) && (slices.Contains(to.Groups, rule.Group) || rule.Group == "" && rule.containsAddress(to.Address)) {
				return true
			}
		}
	}
	return false
}

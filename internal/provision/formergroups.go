package provision

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// formerRule is a rule in a group that lb.yaml no longer names, or never named, and
// that has our front group as its source.
type formerRule struct {
	rule
	id    string // of the rule
	group types.SecurityGroup
	ours  bool // it has our tag
}

// readFormerRules looks for such rules in groups: coordinators.security_group may
// have been changed or dropped, and nothing else tells which group it was. Only the
// description of a rule has its tags.
func (s *state) readFormerRules(ctx context.Context, in []types.SecurityGroup) error {
	s.groups.former = nil
	if s.groups.front == nil || !s.ownsEC2(s.groups.front.Tags) {
		return nil
	}
	named := slices.DeleteFunc(slices.Clone(in), func(g types.SecurityGroup) bool {
		current := s.isCurrent(text(g.GroupId))
		return current || !slices.ContainsFunc(rulesOf(&g), rulesFrom(s.frontID()))
	})
	for _, g := range named {
		list := ec2.NewDescribeSecurityGroupRulesPaginator(s.cloud.EC2, &ec2.DescribeSecurityGroupRulesInput{Filters: []types.Filter{filter("group-id", text(g.GroupId))}})
		err := EachPage(ctx, list, func(page *ec2.DescribeSecurityGroupRulesOutput) {
			for _, r := range page.SecurityGroupRules {
				if !aws.ToBool(r.IsEgress) && r.ReferencedGroupInfo != nil && text(r.ReferencedGroupInfo.GroupId) == s.frontID() {
					s.groups.former = append(s.groups.former, formerRule{
						rule: rule{protocol: text(r.IpProtocol), from: aws.ToInt32(r.FromPort), to: aws.ToInt32(r.ToPort), group: s.frontID()},
						id:   text(r.SecurityGroupRuleId), group: g, ours: s.ownsEC2(r.Tags),
					})
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// isCurrent reports whether a group is one of ours, or the one that lb.yaml names.
func (s *state) isCurrent(id string) bool {
	return slices.ContainsFunc([]*types.SecurityGroup{s.groups.front, s.groups.back, s.groups.shared}, func(g *types.SecurityGroup) bool {
		return g != nil && text(g.GroupId) == id
	})
}

// formerGroupChanges removes our rules from former groups, and our own back group
// once coordinators.security_group replaces it. It comes after the coordinators can
// be reached by the present group.
func (s *state) formerGroupChanges() []Change {
	var changes []Change
	for _, r := range s.groups.former {
		if r.ours {
			changes = append(changes, s.revokeFormer(r, "lb.yaml does not name this group"))
		}
	}
	if back := s.groups.back; back != nil && s.groups.front != nil && s.spec.Coordinators.SecurityGroup != "" && s.ownsEC2(back.Tags) {
		for _, r := range rulesIn(s.groups.front.IpPermissionsEgress) {
			if r.group == text(back.GroupId) { // EC2 keeps a group that a rule names
				changes = append(changes, s.revokeOut(*s.groups.front, r))
			}
		}
		changes = append(changes, s.deleteGroup(*back, "coordinators.security_group replaces it"))
	}
	return changes
}

func (s *state) revokeFormer(r formerRule, why string) Change {
	c := Change{Resource: "rule", Name: text(r.group.GroupName) + ": " + r.String(), Action: Delete, Before: r.String() + " in " + text(r.group.GroupId), Why: why}
	return writes(c, s.cloud.EC2.RevokeSecurityGroupIngress,
		&ec2.RevokeSecurityGroupIngressInput{GroupId: r.group.GroupId, SecurityGroupRuleIds: []string{r.id}})
}

func (s *state) deleteGroup(g types.SecurityGroup, why string) Change {
	c := Change{Resource: "security group", Name: text(g.GroupName), Action: Delete, Before: text(g.GroupId), Why: why}
	return writes(c, s.cloud.EC2.DeleteSecurityGroup, &ec2.DeleteSecurityGroupInput{GroupId: g.GroupId})
}

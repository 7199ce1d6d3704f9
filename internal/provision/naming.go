package provision

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// naming is a rule of somebody's security group that names a group of ours: it lets in,
// or out to, whoever has ours, and EC2 keeps ours as long as the rule is there.
type naming struct {
	names string // the id of ours
	what  string // the rule, and its group
}

// readNamings finds the rules that name a group of ours, but those of our groups and
// those that destroy removes.
func (s *state) readNamings(ctx context.Context) error {
	ours := mapSlice(s.groups.owned, func(g types.SecurityGroup) string { return text(g.GroupId) })
	if len(ours) == 0 {
		return nil
	}
	inbound, err := s.describeGroups(ctx, filter("ip-permission.group-id", ours...))
	if err != nil {
		return err
	}
	outbound, err := s.describeGroups(ctx, filter("egress.ip-permission.group-id", ours...))
	if err != nil {
		return err
	}
	for _, g := range inbound {
		for _, r := range rulesOf(&g) {
			if !s.removesRule(g, r) {
				s.noteNaming(g, r, "the rule "+r.String())
			}
		}
	}
	for _, g := range outbound {
		for _, r := range rulesIn(g.IpPermissionsEgress) {
			s.noteNaming(g, r, "the outbound rule "+r.text("to"))
		}
	}
	return nil
}

func (s *state) noteNaming(of types.SecurityGroup, r rule, what string) {
	if s.ownsGroup(r.group) && !s.ownsGroup(text(of.GroupId)) {
		what += fmt.Sprintf(" of %s (%s)", text(of.GroupId), text(of.GroupName))
		s.dependents.namings = append(s.dependents.namings, naming{r.group, what})
	}
}

// removesRule reports whether destroy removes an inbound rule of a group that is not ours.
func (s *state) removesRule(g types.SecurityGroup, r rule) bool {
	if s.groups.shared != nil && text(s.groups.shared.GroupId) == text(g.GroupId) {
		return r.group == s.frontID()
	}
	return slices.ContainsFunc(s.groups.former, func(f formerRule) bool {
		return f.ours && f.rule == r && text(f.group.GroupId) == text(g.GroupId)
	})
}

// namingConflicts has one conflict for each group of ours that such rules name.
func (s *state) namingConflicts() []Change {
	var changes []Change
	for _, g := range s.groups.owned {
		var rules []string
		for _, r := range s.dependents.namings {
			if r.names == text(g.GroupId) {
				rules = append(rules, r.what)
			}
		}
		if len(rules) > 0 {
			changes = append(changes, Change{
				Resource: "security group", Name: text(g.GroupName), Action: Conflict, Before: text(g.GroupId),
				Why: fmt.Sprintf("it is named by %s: the interfaces that have the group would no longer be let through, and EC2 keeps a group that a rule names. Let it name another group, or remove it, first", commaList(rules)),
			})
		}
	}
	return changes
}

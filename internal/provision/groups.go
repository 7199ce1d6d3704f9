package provision

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// groups are the security groups: front is the balancer's, back the coordinators'.
// With coordinators.security_group there is shared instead of back.
type groups struct {
	front, back, shared *types.SecurityGroup  // nil: not there
	owned               []types.SecurityGroup // with our tag, any name; read by Destroy
	unowned             []types.SecurityGroup // with our names, without our tag, in any VPC; read by Destroy
	former              []formerRule          // in groups that are none of these
}

// groupID is a group's id, or later if it does not exist yet.
func groupID(g *types.SecurityGroup, later string) string {
	if g == nil {
		return later
	}
	return text(g.GroupId)
}

func (s *state) frontID() string { return groupID(s.groups.front, frontGroupVar) }
func (s *state) backID() string  { return groupID(s.groups.back, backGroupVar) }

// readGroups reads all groups of the VPC: EC2's names are case-insensitive, but its
// filter is not.
func (s *state) readGroups(ctx context.Context) error {
	all, err := s.describeGroups(ctx, filter("vpc-id", s.network.vpc()))
	if err != nil {
		return err
	}
	s.groups = groups{}
	for i := range all {
		g := &all[i]
		switch {
		case strings.EqualFold(text(g.GroupName), s.spec.FrontGroup()):
			s.groups.front = g
		case strings.EqualFold(text(g.GroupName), s.spec.BackGroup()):
			s.groups.back = g
		}
		if id := s.spec.Coordinators.SecurityGroup; id != "" && id == text(g.GroupId) {
			s.groups.shared = g
		}
	}
	return s.readFormerRules(ctx, all)
}

func (s *state) describeGroups(ctx context.Context, by ...types.Filter) ([]types.SecurityGroup, error) {
	var all []types.SecurityGroup
	err := EachPage(ctx, ec2.NewDescribeSecurityGroupsPaginator(s.cloud.EC2, &ec2.DescribeSecurityGroupsInput{Filters: by}), func(page *ec2.DescribeSecurityGroupsOutput) {
		all = append(all, page.SecurityGroups...)
	})
	return all, err
}

func (s *state) groupChanges() []Change {
	front := s.groupRow(s.groups.front, s.spec.FrontGroup(), "allows clients to reach the load balancer", "FRONT_GROUP")
	changes := []Change{front}
	back := s.backRow()
	changes = append(changes, back)
	if front.Action != Conflict {
		changes = append(changes, s.ruleChanges(s.spec.FrontGroup(), s.groups.front, s.frontID(), s.frontRules(), allRules)...)
	}
	switch {
	case back.Stops():
	case s.spec.Coordinators.SecurityGroup != "":
		changes = append(changes, s.ruleChanges(back.Name, s.groups.shared, back.Name, s.backRules(), rulesFrom(s.frontID()))...)
	default:
		changes = append(changes, s.ruleChanges(s.spec.BackGroup(), s.groups.back, s.backID(), s.backRules(), allRules)...)
	}
	if !front.Stops() && !back.Stops() {
		changes = append(changes, s.egressChanges()...)
		changes = append(changes, s.groupTags(s.groups.front)...)
		changes = append(changes, s.groupTags(s.groups.back)...)
	}
	return changes
}

// groupTags adds missing tags to a group of ours.
func (s *state) groupTags(g *types.SecurityGroup) []Change {
	if g == nil || !s.ownsEC2(g.Tags) {
		return nil
	}
	have := map[string]string{}
	for _, t := range g.Tags {
		have[text(t.Key)] = text(t.Value)
	}
	lacking := s.lackingTags(have)
	if len(lacking) == 0 {
		return nil
	}
	in := ec2.CreateTagsInput{Resources: []string{text(g.GroupId)}, Tags: tagList(lacking, ec2Tag)}
	c := Change{Resource: "security group's tags", Name: text(g.GroupName), Action: Update, Before: tagsText(have), After: "with " + tagsText(lacking)}
	c = writes(c, s.cloud.EC2.CreateTags, &in)
	return []Change{withDryRun(c, s.cloud.EC2.CreateTags, in, func(in *ec2.CreateTagsInput) { in.DryRun = aws.Bool(true) })}
}

// backRow is the coordinators' group: ours, or the shared one.
func (s *state) backRow() Change {
	id := s.spec.Coordinators.SecurityGroup
	if id == "" {
		return s.groupRow(s.groups.back, s.spec.BackGroup(), "allows the load balancer to reach coordinators", "BACK_GROUP")
	}
	c := noChange("security group", id, "the coordinators' own")
	if s.groups.shared == nil {
		return blocked(c, "it is not in %s", s.network.vpc())
	}
	return c
}

func (s *state) groupRow(have *types.SecurityGroup, name, description, keeps string) Change {
	c := Change{Resource: "security group", Name: name}
	switch {
	case have == nil:
		c.Action, c.After, c.Why = Create, "in "+s.network.vpc(), description
		in := ec2.CreateSecurityGroupInput{
			GroupName: aws.String(name), Description: aws.String("Impala: " + description), VpcId: aws.String(s.network.vpc()),
			TagSpecifications: s.ec2Tags(types.ResourceTypeSecurityGroup),
		}
		c = writes(c, s.cloud.EC2.CreateSecurityGroup, &in).storedIn(keeps, "GroupId")
		return withDryRun(c, s.cloud.EC2.CreateSecurityGroup, in, func(in *ec2.CreateSecurityGroupInput) { in.DryRun = aws.Bool(true) })
	case !s.ownsEC2(have.Tags):
		c.Action, c.Before = Conflict, text(have.GroupId)
		c.Why = "a group of this name exists (" + text(have.GroupName) + ") without our tag " + ownerTag + "=" + s.identity.owner
		return c
	}
	return noChange("security group", name, text(have.GroupId))
}

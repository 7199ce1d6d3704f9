package provision

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// members are the network interfaces that have or need the back group.
type members struct {
	interfaces []networkInterface
	balancers  []networkInterface // the balancer's own; read by Destroy
}

// networkInterface has its groups from DescribeNetworkInterfaces: those from
// DescribeInstances may be older.
type networkInterface struct {
	id, instance, owner string // owner: the instance's account; "amazon-elb" for a balancer
	description         string // "ELB NAME" of a balancer's
	groups              []string
}

// readMembers reads the coordinators' primary interfaces and every interface
// that has the back group, which former coordinators still have.
func (s *state) readMembers(ctx context.Context) error {
	s.members = members{}
	inputs := []*ec2.DescribeNetworkInterfacesInput{
		{NetworkInterfaceIds: mapSlice(s.network.coordinators, func(c coordinator) string { return c.primary })},
	}
	if s.groups.back != nil && s.ownsEC2(s.groups.back.Tags) {
		inputs = append(inputs, &ec2.DescribeNetworkInterfacesInput{Filters: []types.Filter{filter("group-id", s.backID())}})
	}
	for _, in := range inputs {
		found, err := s.describeInterfaces(ctx, in)
		if err != nil {
			return err
		}
		for _, n := range found {
			if !slices.ContainsFunc(s.members.interfaces, func(have networkInterface) bool { return have.id == n.id }) {
				s.members.interfaces = append(s.members.interfaces, n)
			}
		}
	}
	return nil
}

func (s *state) describeInterfaces(ctx context.Context, in *ec2.DescribeNetworkInterfacesInput) ([]networkInterface, error) {
	var all []networkInterface
	err := EachPage(ctx, ec2.NewDescribeNetworkInterfacesPaginator(s.cloud.EC2, in), func(page *ec2.DescribeNetworkInterfacesOutput) {
		all = append(all, mapSlice(page.NetworkInterfaces, newInterface)...)
	})
	slices.SortFunc(all, func(a, b networkInterface) int { return strings.Compare(a.instance+a.id, b.instance+b.id) })
	return all, err
}

func newInterface(n types.NetworkInterface) networkInterface {
	out := networkInterface{id: text(n.NetworkInterfaceId), description: text(n.Description), groups: mapSlice(n.Groups, func(g types.GroupIdentifier) string { return text(g.GroupId) })}
	if n.Attachment != nil {
		out.instance, out.owner = text(n.Attachment.InstanceId), text(n.Attachment.InstanceOwnerId)
	}
	return out
}

// memberChanges appends the back group to the primary interface of each
// coordinator, to which a Classic load balancer sends. With
// coordinators.security_group it only checks that each has that one.
func (s *state) memberChanges() []Change {
	if shared := s.spec.Coordinators.SecurityGroup; shared != "" {
		return alone(mapSlice(s.network.coordinators, func(i coordinator) Change { return s.sharedMember(i, shared) }))
	}
	var changes []Change
	now := &groupBatch{describe: s.describeInterfaces}
	for _, i := range s.network.coordinators {
		n := s.members.find(i.primary)
		c := noChange("coordinator's group", i.id, commaList(n.groups))
		switch {
		case len(n.groups) == 0:
			c = blocked(c, "its primary network interface %s was not found, or has no group", i.primary)
		case slices.Contains(n.groups, s.backID()):
		case s.quotas.groups > 0 && len(n.groups) >= s.quotas.groups:
			c = blocked(c, "%s has %d security groups, and the account's quota is %d: set coordinators.security_group to one that it already has, or ask AWS to raise the quota", n.id, len(n.groups), s.quotas.groups)
		default:
			c = s.setGroups(c, n, now, func(is []string) []string { return append(slices.Clone(is), s.backID()) })
		}
		changes = append(changes, c)
	}
	return alone(changes)
}

// unreachable lists coordinators that the balancer cannot be let in to, for now. They
// are not registered.
func (s *state) unreachable() []string {
	var ids []string
	for i, c := range s.memberChanges() { // one a coordinator
		if c.Action == Blocked {
			ids = append(ids, s.network.coordinators[i].id)
		}
	}
	return ids
}

func (s *state) sharedMember(i coordinator, shared string) Change {
	n := s.members.find(i.primary)
	c := noChange("coordinator's group", i.id, commaList(n.groups))
	if !slices.Contains(n.groups, shared) {
		return blocked(c, "its primary network interface %s does not have %s, so the load balancer could not reach it: attach that group to it, or name another in coordinators.security_group", i.primary, shared)
	}
	return c
}

func (m members) find(id string) networkInterface {
	for _, n := range m.interfaces {
		if n.id == id {
			return n
		}
	}
	return networkInterface{id: id}
}

// formerMemberChanges detaches the back group from former coordinators.
func (s *state) formerMemberChanges() []Change {
	var changes []Change
	now := &groupBatch{describe: s.describeInterfaces}
	for _, n := range s.members.interfaces {
		wanted := s.spec.Coordinators.SecurityGroup == "" &&
			slices.ContainsFunc(slices.Concat(s.network.coordinators, s.network.stopped), func(c coordinator) bool { return c.primary == n.id })
		if !wanted && slices.Contains(n.groups, s.backID()) {
			changes = append(changes, s.detachGroup(n, now, n.instance+" is not a coordinator of this load balancer"))
		}
	}
	return changes
}

// memberRemovals detaches the back group from every interface.
func (s *state) memberRemovals() []Change {
	var changes []Change
	now := &groupBatch{describe: s.describeInterfaces}
	for _, n := range s.members.interfaces {
		if slices.Contains(n.groups, s.backID()) {
			changes = append(changes, s.detachGroup(n, now, "the load balancer is being removed"))
		}
	}
	return changes
}

// detachGroup removes the back group from an interface, which must keep another.
func (s *state) detachGroup(n networkInterface, now *groupBatch, why string) Change {
	back := s.backID()
	c := Change{Resource: "coordinator's group", Name: n.id, Action: Delete, Before: commaList(n.groups), Why: why}
	if len(n.groups) == 1 {
		return blocked(c, "%s is its only security group, and it must keep one: attach another first", back)
	}
	return s.setGroups(c, n, now, func(is []string) []string {
		return slices.DeleteFunc(slices.Clone(is), func(g string) bool { return g == back })
	})
}

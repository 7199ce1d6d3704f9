package provision

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// egressChanges lets the balancer out to the coordinators' group, where its own
// group no longer does: a new group allows everything, and some organizations take
// that rule away. Wider rules are left as they are.
func (s *state) egressChanges() []Change {
	front := s.groups.front
	if front == nil {
		return nil
	}
	back := s.backID()
	if s.spec.Coordinators.SecurityGroup != "" {
		back = s.spec.Coordinators.SecurityGroup
	}
	have := rulesIn(front.IpPermissionsEgress)
	var changes []Change
	for _, port := range s.spec.Ports() {
		if slices.ContainsFunc(have, func(r rule) bool { return r.opens(port) && s.reachesCoordinators(r, back) }) {
			continue
		}
		changes = append(changes, s.authorizeOut(rule{protocol: "tcp", from: int32(port), to: int32(port), group: back}))
	}
	return changes
}

func (r rule) opens(port uint16) bool {
	return r.protocol == "-1" || r.protocol == "tcp" && r.from <= int32(port) && int32(port) <= r.to
}

// reachesCoordinators reports whether a rule's destination is the coordinators' group
// or contains every coordinator's address.
func (s *state) reachesCoordinators(r rule, back string) bool {
	if r.cidr == "" {
		return r.group == back
	}
	prefix, err := netip.ParsePrefix(r.cidr)
	return err == nil && !slices.ContainsFunc(s.network.coordinators, func(c coordinator) bool {
		address, err := netip.ParseAddr(c.address)
		return err != nil || !prefix.Contains(address)
	})
}

func (s *state) authorizeOut(r rule) Change {
	c := Change{
		Resource: "outbound rule", Name: fmt.Sprintf("%s: %s %d to %s", s.spec.FrontGroup(), r.protocol, r.from, r.group), Action: Create,
		After: fmt.Sprintf("%s %d to %s", r.protocol, r.from, r.group), Why: "the load balancer's group lets nothing out to the coordinators on this port",
	}
	in := ec2.AuthorizeSecurityGroupEgressInput{
		GroupId: aws.String(s.frontID()), IpPermissions: []types.IpPermission{r.permission()},
		TagSpecifications: s.ec2Tags(types.ResourceTypeSecurityGroupRule),
	}
	c = writes(c, s.cloud.EC2.AuthorizeSecurityGroupEgress, &in)
	if r.group == backGroupVar {
		return c // no dry run until the group exists
	}
	return withDryRun(c, s.cloud.EC2.AuthorizeSecurityGroupEgress, in, func(in *ec2.AuthorizeSecurityGroupEgressInput) { in.DryRun = aws.Bool(true) })
}

// revokeOut removes an outbound rule that names a group which is to be deleted.
func (s *state) revokeOut(g types.SecurityGroup, r rule) Change {
	is := fmt.Sprintf("%s %d-%d to %s", r.protocol, r.from, r.to, r.group)
	c := Change{Resource: "outbound rule", Name: text(g.GroupName) + ": " + is, Action: Delete, Before: is}
	return writes(c, s.cloud.EC2.RevokeSecurityGroupEgress,
		&ec2.RevokeSecurityGroupEgressInput{GroupId: g.GroupId, IpPermissions: []types.IpPermission{r.permission()}})
}

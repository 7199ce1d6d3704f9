package provision

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
)

// dependents are resources that are not ours and use resources that are. Ownership
// is decided by each resource's own tag, but a load balancer works through several
// of them: one that lost its tag still needs the groups, the certificate and the
// bucket policy that kept theirs, and removing those would take it out of service.
type dependents struct {
	balancerUses []string           // resources of ours that the unowned balancer of our name uses
	interfaces   []networkInterface // with our front group, and not of our balancer
	admitted     []string           // rules of our back group that let others in to the coordinators
}

func (s *state) readDependents(ctx context.Context) error {
	s.dependents = dependents{}
	if err := s.kind.read(ctx); err != nil {
		return err
	}
	if err := s.readOwnedGroups(ctx); err != nil {
		return err
	}
	if b := s.kind.found(); b.exists && !b.owned {
		if err := s.readBalancerUses(ctx, b); err != nil {
			return err
		}
	}
	if err := s.readAdmitted(ctx); err != nil || s.groups.front == nil {
		return err
	}
	found, err := s.describeInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{Filters: []ec2types.Filter{filter("group-id", s.frontID())}})
	s.dependents.interfaces = slices.DeleteFunc(found, s.isBalancerInterface)
	return err
}

// readAdmitted finds rules of our back group that are not ours and that somebody may
// reach a coordinator by: the source is a network, or a group that something has which
// is not our balancer.
func (s *state) readAdmitted(ctx context.Context) error {
	others := slices.DeleteFunc(rulesOf(s.groups.back), func(r rule) bool { return s.ownsGroup(r.group) })
	if len(others) == 0 {
		return nil
	}
	members, err := s.describeInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{Filters: []ec2types.Filter{filter("group-id", s.backID())}})
	if err != nil || len(members) == 0 {
		return err
	}
	for _, r := range others {
		used := true
		if r.group != "" {
			found, err := s.describeInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{Filters: []ec2types.Filter{filter("group-id", r.group)}})
			if err != nil {
				return err
			}
			used = slices.ContainsFunc(found, func(n networkInterface) bool { return !s.ownsBalancer() || !s.isBalancerInterface(n) })
		}
		if used {
			s.dependents.admitted = append(s.dependents.admitted, r.String())
		}
	}
	return nil
}

// isBalancerInterface reports whether an interface belongs to a balancer of our name.
func (s *state) isBalancerInterface(n networkInterface) bool {
	return describes(n.description, s.kind.interfaceDescription())
}

// readBalancerUses finds the resources of ours that the unowned balancer uses.
func (s *state) readBalancerUses(ctx context.Context, b found) error {
	uses := &s.dependents.balancerUses
	*uses = append(*uses, b.uses...)
	for _, g := range s.groups.owned {
		if slices.Contains(b.groups, text(g.GroupId)) {
			*uses = append(*uses, "our security group "+text(g.GroupName))
		}
	}
	for _, g := range s.groups.unowned { // the front group lost its tag too: the balancer works through the back group
		if slices.Contains(b.groups, text(g.GroupId)) && s.groups.back != nil {
			*uses = append(*uses, "our security group "+text(s.groups.back.GroupName)+" (through "+text(g.GroupName)+")")
		}
	}
	if err := s.readOwnedCertificates(ctx); err != nil {
		return err
	}
	for _, arn := range s.certificate.owned {
		if slices.Contains(b.certificates, arn) {
			*uses = append(*uses, "our certificate "+arn)
		}
	}
	logs, err := s.logsByOurStatement(ctx)
	if logs {
		*uses = append(*uses, "our statement in the policy of bucket "+s.spec.AccessLogs.Bucket)
	}
	return err
}

// logsByOurStatement reports whether our statement in the bucket policy permits the
// balancer's access log.
func (s *state) logsByOurStatement(ctx context.Context) (bool, error) {
	if !s.managesBucket() {
		return false, nil
	}
	if bucket, err := s.kind.logBucket(ctx); err != nil || bucket != s.spec.AccessLogs.Bucket {
		return false, err
	}
	if err := s.readBucket(ctx); err != nil {
		return false, err
	}
	_, had, err := removeStatements(s.bucket.policy, sidsOf(s.kind.logStatements()))
	return had && err == nil, nil // an unreadable policy stops destroy anyway
}

// dependentConflicts lists the dependents as conflicts, which stop destroy.
func (s *state) dependentConflicts() []Change {
	changes := s.kind.obstacles()
	if uses := s.dependents.balancerUses; len(uses) > 0 {
		changes = append(changes, Change{
			Resource: "load balancer", Name: s.spec.Balancer(), Action: Conflict, Before: s.kind.found().dns,
			Why: fmt.Sprintf("it does not carry our tag %s=%s and depends on %s: add the tag to have it removed too, or remove the dependency", ownerTag, s.identity.owner, commaList(uses)),
		})
	}
	if others := s.dependents.interfaces; len(others) > 0 {
		names := mapSlice(others, func(n networkInterface) string {
			return strings.TrimSpace(n.id + " " + n.instance + " " + n.description)
		})
		changes = append(changes, Change{
			Resource: "security group", Name: text(s.groups.front.GroupName), Action: Conflict, Before: s.frontID(),
			Why: fmt.Sprintf("it is used by %s, which would no longer reach the coordinators: detach it there first", commaList(names)),
		})
	}
	if rules := s.dependents.admitted; len(rules) > 0 {
		changes = append(changes, Change{
			Resource: "security group", Name: text(s.groups.back.GroupName), Action: Conflict, Before: s.backID(),
			Why: fmt.Sprintf("it also lets in %s, from where the coordinators would no longer be reached: give them another group with such a rule and remove it here, or run apply, which removes it", commaList(rules)),
		})
	}
	return changes
}

// withoutTag is why a resource with one of our names is kept.
const withoutTag = "it does not carry our tag"

// unowned lists resources with our names but without our tag. They are kept.
func (s *state) unowned() []Leftover {
	left := s.kind.foreign()
	if b := s.kind.found(); b.exists && !b.owned {
		left = append(left, Leftover{Resource: "load balancer", Name: s.spec.Balancer(), Why: cmp.Or(b.kept, withoutTag), Kept: true})
	}
	for _, g := range s.groups.unowned {
		left = append(left, Leftover{Resource: "security group", Name: text(g.GroupName) + " (" + text(g.GroupId) + ")", Why: withoutTag + "; rules that name it are kept too", Kept: true})
	}
	for _, arn := range s.certificate.foreign {
		left = append(left, Leftover{Resource: "certificate", Name: arn, Why: withoutTag, Kept: true})
	}
	return left
}

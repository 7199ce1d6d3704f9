package provision

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	acmtypes "github.com/aws/aws-sdk-go-v2/service/acm/types"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// releaseTimeout is how long AWS may take to release the groups and the certificate
// of a deleted balancer: its network interfaces take minutes.
const releaseTimeout = 10 * time.Minute

// removals lists the resources to remove, in the order of removal. Their changes
// are what is left to do. They are found by our tag, so neither the VPC nor the
// coordinators need exist any more.
func (s *state) removals(purge bool) []resource {
	groups := &reader{s.readOwnedGroups}
	return slices.Concat([]resource{
		{name: "kind", read: &reader{s.readOtherKind}, changes: s.otherKindChanges, prerequisite: true},
		{name: "dependents", read: &reader{s.readDependents}, changes: s.dependentConflicts, prerequisite: true},
	}, s.kind.removals(), []resource{
		{name: "load balancer's interfaces", read: &reader{s.readBalancerInterfaces}, changes: s.interfaceRemovals, prerequisite: true},
	}, s.kind.released(), []resource{
		{name: "coordinators' group", read: &reader{s.readOwnedMembers}, changes: s.memberRemovals},
		{name: "rules", read: groups, changes: s.ruleRemovals},
		{name: "security groups", read: groups, changes: s.groupRemovals, timeout: releaseTimeout},
		{name: "certificate", read: &reader{s.readOwnedCertificates}, changes: s.certificateRemovals, timeout: releaseTimeout},
		{name: "bucket", read: &reader{s.readLogs}, changes: func() []Change { return s.bucketRemovals(purge) }},
	})
}

// deregistering are the instances that this run has deregistered.
type deregistering struct {
	ids      []string
	draining []string // still with open connections
}

// drainingText is AWS's description of an instance that is being drained; its state
// is still InService.
const drainingText = "deregistration currently in progress"

func (s *state) readDeregistering(ctx context.Context) error {
	if err := s.readBalancer(ctx); err != nil || !s.ownsBalancer() {
		return err
	}
	for _, id := range s.registered() {
		if !slices.Contains(s.deregistering.ids, id) {
			s.deregistering.ids = append(s.deregistering.ids, id)
		}
	}
	s.deregistering.draining = nil
	if len(s.registered()) > 0 || s.balancer.attributes.ConnectionDraining == nil || !s.balancer.attributes.ConnectionDraining.Enabled {
		return nil
	}
	for _, id := range s.deregistering.ids { // one a call: AWS answers with an error for one that has been removed
		out, err := s.cloud.ELB.DescribeInstanceHealth(ctx, &elb.DescribeInstanceHealthInput{LoadBalancerName: s.balancerName(), Instances: instances([]string{id})})
		if code(err) == "InvalidInstance" {
			continue
		} else if err != nil {
			return err
		}
		for _, st := range out.InstanceStates {
			if strings.Contains(text(st.Description), drainingText) {
				s.deregistering.draining = append(s.deregistering.draining, id)
			}
		}
	}
	return nil
}

func (s *state) instanceRemovals() []Change {
	switch have := s.registered(); {
	case !s.ownsBalancer():
		return nil
	case len(have) > 0:
		return []Change{s.deregister(have, nil, "")}
	case len(s.deregistering.draining) > 0:
		return []Change{{Resource: "draining", Name: s.spec.Balancer(), Action: Wait, Why: commaList(s.deregistering.draining) + " still have connections"}}
	}
	return nil
}

func (s *state) balancerRemovals() []Change {
	if !s.ownsBalancer() {
		return nil
	}
	c := Change{Resource: "load balancer", Name: s.spec.Balancer(), Action: Delete, Before: text(s.balancer.description.DNSName)}
	return []Change{writes(c, s.cloud.ELB.DeleteLoadBalancer, &elb.DeleteLoadBalancerInput{LoadBalancerName: s.balancerName()})}
}

// readBalancerInterfaces finds the balancer's own network interfaces by the
// description that AWS gives them. AWS removes them after the balancer.
func (s *state) readBalancerInterfaces(ctx context.Context) error {
	found, err := s.describeInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{Filters: []types.Filter{filter("description", s.kind.interfaceDescription())}})
	s.members.balancers = slices.DeleteFunc(found, func(n networkInterface) bool { return n.owner != "" && n.owner != "amazon-elb" })
	return err
}

func (s *state) interfaceRemovals() []Change {
	if len(s.members.balancers) == 0 || s.kind.found().exists {
		return nil // of an existing balancer: to be deleted, or not ours
	}
	ids := mapSlice(s.members.balancers, func(n networkInterface) string { return n.id })
	return []Change{{Resource: "load balancer's interfaces", Name: s.spec.Balancer(), Action: Wait, Why: "AWS has not removed " + commaList(ids) + " yet"}}
}

func (s *state) readOwnedGroups(ctx context.Context) error {
	owned, err := s.describeGroups(ctx, filter("tag:"+ownerTag, s.identity.owner))
	if err != nil {
		return err
	}
	named, err := s.describeGroups(ctx, filter("group-name", s.spec.FrontGroup(), s.spec.BackGroup()))
	if err != nil {
		return err
	}
	s.groups = groups{owned: owned, unowned: slices.DeleteFunc(named, func(g types.SecurityGroup) bool { return s.ownsEC2(g.Tags) })}
	for i := range owned {
		switch name := text(owned[i].GroupName); {
		case strings.EqualFold(name, s.spec.FrontGroup()):
			s.groups.front = &owned[i]
		case strings.EqualFold(name, s.spec.BackGroup()):
			s.groups.back = &owned[i]
		}
	}
	if id := s.spec.Coordinators.SecurityGroup; id != "" {
		shared, err := s.describeGroups(ctx, filter("group-id", id))
		if err != nil {
			return err
		}
		if len(shared) == 1 {
			s.groups.shared = &shared[0]
		}
	}
	if s.groups.front == nil {
		return nil
	}
	referring, err := s.describeGroups(ctx, filter("ip-permission.group-id", s.frontID()))
	if err != nil {
		return err
	}
	return s.readFormerRules(ctx, referring)
}

// readOwnedMembers finds every interface with the back group.
func (s *state) readOwnedMembers(ctx context.Context) error {
	if err := s.readOwnedGroups(ctx); err != nil {
		return err
	}
	s.members.interfaces = nil
	if s.groups.back == nil {
		return nil
	}
	found, err := s.describeInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{Filters: []types.Filter{filter("group-id", s.backID())}})
	s.members.interfaces = found
	return err
}

// ruleRemovals removes the rules that name a group of ours: EC2 does not delete a
// group that another group's rule names.
func (s *state) ruleRemovals() []Change {
	var changes []Change
	revoke := func(g types.SecurityGroup, r rule) {
		c := s.revoke(text(g.GroupName), text(g.GroupId), r)
		c.Why = ""
		changes = append(changes, c)
	}
	for _, g := range s.groups.owned {
		for _, r := range rulesOf(&g) {
			if s.ownsGroup(r.group) && r.group != text(g.GroupId) {
				revoke(g, r)
			}
		}
		for _, r := range rulesIn(g.IpPermissionsEgress) {
			if s.ownsGroup(r.group) && r.group != text(g.GroupId) {
				changes = append(changes, s.revokeOut(g, r))
			}
		}
	}
	if s.groups.front == nil {
		return changes
	}
	for _, r := range rulesOf(s.groups.shared) {
		if r.group == s.frontID() {
			revoke(*s.groups.shared, r)
		}
	}
	for _, r := range s.groups.former {
		if r.ours {
			changes = append(changes, s.revokeFormer(r, ""))
		}
	}
	return changes
}

// ownsGroup reports whether a security group that was read for a removal is ours.
func (s *state) ownsGroup(id string) bool {
	return slices.ContainsFunc(s.groups.owned, func(g types.SecurityGroup) bool { return text(g.GroupId) == id })
}

func (s *state) groupRemovals() []Change {
	return mapSlice(s.groups.owned, func(g types.SecurityGroup) Change { return s.deleteGroup(g, "") })
}

// readOwnedCertificates reads every certificate: lb.yaml may no longer have its
// domain.
func (s *state) readOwnedCertificates(ctx context.Context) error {
	s.certificate.owned, s.certificate.foreign = nil, nil
	var all []acmtypes.CertificateSummary
	err := EachPage(ctx, acm.NewListCertificatesPaginator(s.cloud.ACM, &acm.ListCertificatesInput{}), func(page *acm.ListCertificatesOutput) {
		all = append(all, page.CertificateSummaryList...)
	})
	if err != nil {
		return err
	}
	for _, c := range all {
		tags, err := s.cloud.ACM.ListTagsForCertificate(ctx, &acm.ListTagsForCertificateInput{CertificateArn: c.CertificateArn})
		if code(err) == "ResourceNotFoundException" {
			continue // deleted between the two calls
		} else if err != nil {
			return err
		}
		switch t := s.spec.TLS; {
		case s.ownsACM(tags.Tags):
			s.certificate.owned = append(s.certificate.owned, text(c.CertificateArn))
		case t != nil && strings.EqualFold(text(c.DomainName), t.Domain):
			s.certificate.foreign = append(s.certificate.foreign, text(c.CertificateArn))
		}
	}
	return nil
}

func (s *state) certificateRemovals() []Change {
	return mapSlice(s.certificate.owned, func(arn string) Change {
		c := Change{Resource: "certificate", Name: arn, Action: Delete}
		return writes(c, s.cloud.ACM.DeleteCertificate, &acm.DeleteCertificateInput{CertificateArn: aws.String(arn)})
	})
}

// bucketRemovals removes our statement from the bucket policy, and with purge the
// bucket itself if it is ours and was not adopted.
func (s *state) bucketRemovals(purge bool) []Change {
	if !s.managesBucket() || !s.bucket.exists || s.bucket.inaccessible {
		return nil
	}
	name, owner := s.bucketName(), s.bucketOwner()
	var changes []Change
	rest, had, err := removeStatements(s.bucket.policy, sidsOf(s.kind.logStatements()))
	c := Change{Resource: "bucket policy", Name: *name, Action: Delete, Before: "allows Elastic Load Balancing to write access logs"}
	switch {
	case err != nil:
		changes = append(changes, blocked(c, "its policy could not be read: %v", err))
	case had && rest == "":
		changes = append(changes, writes(c, s.cloud.S3.DeleteBucketPolicy, &s3.DeleteBucketPolicyInput{Bucket: name, ExpectedBucketOwner: owner}))
	case had:
		c.After = "other statements, which are kept"
		changes = append(changes, writes(c, s.cloud.S3.PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: name, ExpectedBucketOwner: owner, Policy: aws.String(rest)}))
	}
	if purge && s.ownsS3(s.bucket.tags) && !s.spec.AccessLogs.Adopt {
		if s.bucket.testFile != "" {
			c := Change{Resource: "access log's test file", Name: s.bucket.testFile, Action: Delete}
			changes = append(changes, writes(c, s.cloud.S3.DeleteObject, &s3.DeleteObjectInput{Bucket: name, ExpectedBucketOwner: owner, Key: aws.String(s.bucket.testFile)}))
		}
		c := Change{Resource: "bucket", Name: *name, Action: Delete, Before: "access logs"}
		changes = append(changes, writes(c, s.cloud.S3.DeleteBucket, &s3.DeleteBucketInput{Bucket: name, ExpectedBucketOwner: owner}))
	}
	return changes
}

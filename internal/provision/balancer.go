package provision

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// balancer is a Classic load balancer with its attributes, policies and health.
type balancer struct {
	description *types.LoadBalancerDescription // nil: not there
	tags        []types.Tag
	attributes  types.LoadBalancerAttributes
	policies    []types.PolicyDescription
	health      []types.InstanceState
}

func (s *state) balancerName() *string { return aws.String(s.spec.Balancer()) }

func (s *state) readBalancer(ctx context.Context) error {
	s.balancer = balancer{}
	out, err := s.cloud.ELB.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerNames: []string{s.spec.Balancer()}})
	if code(err) == "LoadBalancerNotFound" {
		return nil
	} else if err != nil {
		return err
	}
	if len(out.LoadBalancerDescriptions) == 0 {
		return nil
	}
	b := balancer{description: &out.LoadBalancerDescriptions[0]}
	tags, err := s.cloud.ELB.DescribeTags(ctx, &elb.DescribeTagsInput{LoadBalancerNames: []string{s.spec.Balancer()}})
	if err != nil {
		return err
	}
	for _, t := range tags.TagDescriptions {
		b.tags = append(b.tags, t.Tags...)
	}
	if s.ownsELB(b.tags) {
		if err := s.readBalancerParts(ctx, &b); err != nil {
			return err
		}
	}
	s.balancer = b
	return nil
}

// readBalancerParts reads what is only needed of a balancer that we own.
func (s *state) readBalancerParts(ctx context.Context, b *balancer) error {
	attributes, err := s.cloud.ELB.DescribeLoadBalancerAttributes(ctx, &elb.DescribeLoadBalancerAttributesInput{LoadBalancerName: s.balancerName()})
	if err != nil {
		return err
	}
	if attributes.LoadBalancerAttributes != nil {
		b.attributes = *attributes.LoadBalancerAttributes
	}
	if len(b.description.Instances) > 0 {
		health, err := s.cloud.ELB.DescribeInstanceHealth(ctx, &elb.DescribeInstanceHealthInput{LoadBalancerName: s.balancerName()})
		if err != nil {
			return err
		}
		b.health = health.InstanceStates
	}
	if !s.spec.Secure() && len(b.description.BackendServerDescriptions) == 0 {
		return nil
	}
	policies, err := s.cloud.ELB.DescribeLoadBalancerPolicies(ctx, &elb.DescribeLoadBalancerPoliciesInput{LoadBalancerName: s.balancerName()})
	if err != nil {
		return err
	}
	b.policies = policies.PolicyDescriptions
	return nil
}

func (s *state) balancerChanges() []Change {
	c := Change{Resource: "load balancer", Name: s.spec.Balancer()}
	b := s.balancer.description
	switch {
	case b == nil && s.otherKind.title != "":
		return []Change{s.nameTaken(c)}
	case b == nil && s.network.crowded(s.network.subnetIDs()) != "":
		return []Change{blocked(c, "%s", s.network.crowded(s.network.subnetIDs()))}
	case b == nil && s.quotas.balancers > 0 && s.quotas.existing >= s.quotas.balancers:
		return exceeds(s.kind.title()+"s in "+s.cloud.Region, s.quotas.existing+1, s.quotas.balancers)
	case b == nil:
		return []Change{s.createBalancer(c)}
	case !s.ownsBalancer():
		c.Action, c.Before = Conflict, text(b.DNSName)
		c.Why = "a load balancer of this name exists without our tag " + ownerTag + "=" + s.identity.owner
		return []Change{c}
	case schemeOf(b) != string(s.spec.Scheme):
		return []Change{blocked(noChange(c.Resource, c.Name, schemeOf(b)), "it is %s, which cannot be changed: destroy it to build it %s", schemeOf(b), s.spec.Scheme)}
	case text(b.VPCId) != "" && text(b.VPCId) != s.network.vpc():
		return []Change{blocked(noChange(c.Resource, c.Name, text(b.VPCId)), "it is in %s, which cannot be changed", text(b.VPCId))}
	}
	changes := append([]Change{noChange(c.Resource, c.Name, text(b.DNSName))}, s.subnetChanges()...)
	changes = append(changes, s.balancerTags()...)
	if have := b.SecurityGroups; !slices.Equal(have, []string{s.frontID()}) {
		c := Change{Resource: "load balancer's groups", Name: c.Name, Action: Update, Before: commaList(have), After: s.frontID()}
		changes = append(changes, writes(c, s.cloud.ELB.ApplySecurityGroupsToLoadBalancer,
			&elb.ApplySecurityGroupsToLoadBalancerInput{LoadBalancerName: s.balancerName(), SecurityGroups: []string{s.frontID()}}))
	}
	return changes
}

// balancerTags adds missing tags.
func (s *state) balancerTags() []Change {
	have := map[string]string{}
	for _, t := range s.balancer.tags {
		have[text(t.Key)] = text(t.Value)
	}
	lacking := s.lackingTags(have)
	if len(lacking) == 0 {
		return nil
	}
	c := Change{Resource: "load balancer's tags", Name: s.spec.Balancer(), Action: Update, Before: tagsText(have), After: "with " + tagsText(lacking)}
	return []Change{writes(c, s.cloud.ELB.AddTags, &elb.AddTagsInput{LoadBalancerNames: []string{s.spec.Balancer()}, Tags: tagList(lacking, elbTag)})}
}

// schemeOf is a balancer's scheme; AWS leaves it out of some answers for
// internet-facing, its default.
func schemeOf(b *types.LoadBalancerDescription) string {
	if text(b.Scheme) == "" {
		return "internet-facing"
	}
	return text(b.Scheme)
}

// createBalancer creates it with TCP listeners, and with the owner's tags in the
// same call: if one with this name and configuration exists, AWS answers as if it
// had been created, and the tag rules that out for one that is not ours.
func (s *state) createBalancer(c Change) Change {
	in := &elb.CreateLoadBalancerInput{
		LoadBalancerName: s.balancerName(),
		Subnets:          s.network.subnetIDs(),
		SecurityGroups:   []string{s.frontID()},
		Tags:             tagged(s, elbTag),
	}
	if s.spec.Scheme == "internal" {
		in.Scheme = aws.String("internal") // the API has no other value: internet-facing is the default
	}
	for _, port := range s.spec.Listeners {
		in.Listeners = append(in.Listeners, listener(port, "TCP", "TCP", ""))
	}
	c.Action, c.After = Create, fmt.Sprintf("%s, listeners TCP %s", s.spec.Scheme, ports(s.spec.Listeners))
	return writes(c, s.cloud.ELB.CreateLoadBalancer, in)
}

func ports(list []uint16) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(list)), ", "), "[]")
}

// subnetChanges attaches before it detaches, since a balancer needs a subnet. A
// zone takes only one, so within a zone it detaches first.
func (s *state) subnetChanges() []Change {
	have, want := s.balancer.description.Subnets, s.network.subnetIDs()
	missing := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return slices.Contains(have, id) })
	extra := slices.DeleteFunc(slices.Clone(have), func(id string) bool { return slices.Contains(want, id) })
	c := Change{Resource: "load balancer's subnets", Name: s.spec.Balancer(), Action: Update, Before: commaList(have), After: commaList(want)}
	attach := func() Change {
		c.Name += " +" + commaList(missing)
		return writes(c, s.cloud.ELB.AttachLoadBalancerToSubnets,
			&elb.AttachLoadBalancerToSubnetsInput{LoadBalancerName: s.balancerName(), Subnets: missing})
	}
	detach := func() Change {
		c.Name = s.spec.Balancer() + " -" + commaList(extra)
		return writes(c, s.cloud.ELB.DetachLoadBalancerFromSubnets,
			&elb.DetachLoadBalancerFromSubnetsInput{LoadBalancerName: s.balancerName(), Subnets: extra})
	}
	crowded := slices.ContainsFunc(s.network.subnets, func(n subnet) bool {
		return slices.Contains(missing, n.id) && slices.Contains(s.balancer.description.AvailabilityZones, n.zone)
	})
	switch {
	case len(missing) == 0 && len(extra) == 0:
		return nil
	case s.network.crowded(missing) != "":
		return []Change{blocked(c, "%s", s.network.crowded(missing))}
	case len(missing) == 0:
		return []Change{detach()}
	case len(extra) == 0:
		return []Change{attach()}
	case crowded && len(extra) == len(have):
		return []Change{blocked(c, "%s is in the same zone as the balancer's subnets, and the balancer must keep one: attach a subnet of another zone first", commaList(missing))}
	case crowded:
		return []Change{detach(), attach()}
	}
	return []Change{attach(), detach()}
}

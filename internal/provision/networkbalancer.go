package provision

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"
)

// netBalancer is a network load balancer with its attributes and listeners.
type netBalancer struct {
	description *types.LoadBalancer // nil: not there
	tags        map[string]string
	attributes  map[string]string
	listeners   []netListener
}

func (b netBalancer) arn() string {
	if b.description == nil {
		return balancerVar
	}
	return text(b.description.LoadBalancerArn)
}

func (s netKind) readBalancer(ctx context.Context) error {
	s.net = netBalancer{}
	out, err := s.cloud.ELBv2.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{Names: []string{s.spec.Balancer()}})
	if code(err) == "LoadBalancerNotFound" || err == nil && len(out.LoadBalancers) == 0 {
		return nil
	} else if err != nil {
		return err
	}
	b := netBalancer{description: &out.LoadBalancers[0]}
	tags, err := s.tagsOf(ctx, []string{b.arn()})
	if err != nil {
		return err
	}
	b.tags = tags[b.arn()]
	if b.listeners, err = s.readListeners(ctx, b.arn()); err != nil {
		return err
	}
	if b.attributes, err = s.readAttributes(ctx, b.arn()); err != nil {
		return err
	}
	s.net = b
	return nil
}

// maxTagged is how many resources DescribeTags takes.
const maxTagged = 20

// tagsOf reads the tags of resources of Elastic Load Balancing, by ARN.
func (s *state) tagsOf(ctx context.Context, arns []string) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	for some := range slices.Chunk(arns, maxTagged) {
		out, err := s.cloud.ELBv2.DescribeTags(ctx, &elbv2.DescribeTagsInput{ResourceArns: some})
		if err != nil {
			return nil, err
		}
		for _, d := range out.TagDescriptions {
			tags := map[string]string{}
			for _, t := range d.Tags {
				tags[text(t.Key)] = text(t.Value)
			}
			all[text(d.ResourceArn)] = tags
		}
	}
	return all, nil
}

// typeTitle names a load balancer of the API of 2015-12-01.
func typeTitle(t types.LoadBalancerTypeEnum) string {
	if t == "" {
		t = types.LoadBalancerTypeEnumNetwork
	}
	return string(t) + " load balancer"
}

// withArticle is "an application load balancer", or "a network load balancer".
func withArticle(title string) string {
	if strings.HasPrefix(title, "a") {
		return "an " + title
	}
	return "a " + title
}

// isNetwork reports whether a load balancer of that API is of our kind: application and
// gateway load balancers are not.
func isNetwork(b types.LoadBalancer) bool {
	return b.Type == "" || b.Type == types.LoadBalancerTypeEnumNetwork
}

// notBuilt is what to do about a load balancer with our tag that is not of our kinds.
const notBuilt = "carries our tag " + ownerTag + ", and provision neither builds nor removes one: take the tag off or delete it, or give the new one another cluster"

func (s netKind) balancerChanges() []Change {
	c := Change{Resource: "load balancer", Name: s.spec.Balancer()}
	b := s.net.description
	switch {
	case b == nil && s.otherKind.title != "":
		return []Change{s.nameTaken(c)}
	case b == nil && s.network.crowded(s.network.subnetIDs()) != "":
		return []Change{blocked(c, "%s", s.network.crowded(s.network.subnetIDs()))}
	case b == nil && s.quotas.balancers > 0 && s.quotas.existing >= s.quotas.balancers:
		return exceeds(s.title()+"s in "+s.cloud.Region, s.quotas.existing+1, s.quotas.balancers)
	case b == nil:
		return []Change{s.createBalancer(c)}
	case !s.ownsBalancer():
		c.Action, c.Before = Conflict, text(b.DNSName)
		c.Why = withArticle(typeTitle(b.Type)) + " of this name exists without our tag " + ownerTag + "=" + s.identity.owner
		if s.ownedBy(s.net.tags) {
			c.Why = withArticle(typeTitle(b.Type)) + " of this name " + notBuilt
		}
		return []Change{c}
	}
	if why := s.unchangeable(); why != "" {
		return []Change{blocked(noChange(c.Resource, c.Name, text(b.DNSName)), "%s: destroy it, and apply builds another", why)}
	}
	changes := append([]Change{noChange(c.Resource, c.Name, text(b.DNSName))}, s.subnetChanges()...)
	return slices.Concat(changes, s.groupsOfBalancer(), s.tagChanges("load balancer's tags", c.Name, s.net.arn(), s.net.tags))
}

// unchangeable says what differs from lb.yaml that AWS cannot change; "": nothing.
func (s netKind) unchangeable() string {
	switch b := s.net.description; {
	case string(b.Scheme) != string(s.spec.Scheme):
		return fmt.Sprintf("it is %s and lb.yaml says %s, which cannot be changed", b.Scheme, s.spec.Scheme)
	case text(b.VpcId) != "" && text(b.VpcId) != s.network.vpc():
		return "it is in " + text(b.VpcId) + ", which cannot be changed"
	case len(b.SecurityGroups) == 0:
		return "it was created without a security group, and AWS lets it never get one: everybody who reaches it may connect"
	}
	return ""
}

// createBalancer creates it with the owner's tags in the same call: AWS answers an
// equal creation with success, and has no token that would tell whose it is.
func (s netKind) createBalancer(c Change) Change {
	in := &elbv2.CreateLoadBalancerInput{
		Name: aws.String(s.spec.Balancer()), Type: types.LoadBalancerTypeEnumNetwork, Scheme: types.LoadBalancerSchemeEnum(s.spec.Scheme),
		Subnets: s.network.subnetIDs(), SecurityGroups: []string{s.frontID()}, Tags: tagged(s.state, elbv2Tag),
	}
	c.Action, c.After = Create, fmt.Sprintf("%s, with the security group that it cannot get later", s.spec.Scheme)
	return writes(c, s.cloud.ELBv2.CreateLoadBalancer, in).storedIn(variableName(balancerVar), "LoadBalancers[0].LoadBalancerArn")
}

func (s netKind) subnets() []string {
	var ids []string
	if s.net.description != nil {
		ids = mapSlice(s.net.description.AvailabilityZones, func(z types.AvailabilityZone) string { return text(z.SubnetId) })
	}
	slices.Sort(ids)
	return ids
}

// subnetChanges sets all subnets in one call, which is how this API takes them.
func (s netKind) subnetChanges() []Change {
	have, want := s.subnets(), slices.Sorted(slices.Values(s.network.subnetIDs()))
	if slices.Equal(have, want) {
		return nil
	}
	c := Change{Resource: "load balancer's subnets", Name: s.spec.Balancer(), Action: Update, Before: commaList(have), After: commaList(want)}
	missing := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return slices.Contains(have, id) })
	if tight := s.network.crowded(missing); tight != "" {
		return []Change{blocked(c, "%s", tight)}
	}
	return []Change{writes(c, s.cloud.ELBv2.SetSubnets, &elbv2.SetSubnetsInput{LoadBalancerArn: aws.String(s.net.arn()), Subnets: want})}
}

func (s netKind) groupsOfBalancer() []Change {
	have := s.net.description.SecurityGroups
	if slices.Equal(have, []string{s.frontID()}) {
		return nil
	}
	c := Change{Resource: "load balancer's groups", Name: s.spec.Balancer(), Action: Update, Before: commaList(have), After: s.frontID()}
	return []Change{writes(c, s.cloud.ELBv2.SetSecurityGroups,
		&elbv2.SetSecurityGroupsInput{LoadBalancerArn: aws.String(s.net.arn()), SecurityGroups: []string{s.frontID()}})}
}

// tagChanges adds missing tags to a resource of ours.
func (s netKind) tagChanges(resource, name, arn string, have map[string]string) []Change {
	lacking := s.lackingTags(have)
	if len(lacking) == 0 {
		return nil
	}
	c := Change{Resource: resource, Name: name, Action: Update, Before: tagsText(have), After: "with " + tagsText(lacking)}
	return []Change{writes(c, s.cloud.ELBv2.AddTags, &elbv2.AddTagsInput{ResourceArns: []string{arn}, Tags: tagList(lacking, elbv2Tag)})}
}

// stateChanges waits until the load balancer can have listeners. The SDK's waiter goes
// on after it has failed, until its time is over.
func (s netKind) stateChanges() []Change {
	c := noChange("load balancer's state", s.spec.Balancer(), string(types.LoadBalancerStateEnumActive))
	if !s.ownsBalancer() {
		c.Action, c.Before = Wait, ""
		c.CLI = []string{"aws", "elbv2", "wait", "load-balancer-available", "--load-balancer-arns", s.net.arn()}
		return []Change{c}
	}
	is, why := s.balancerState()
	c.Before = string(is)
	switch is {
	case types.LoadBalancerStateEnumActive:
	case types.LoadBalancerStateEnumActiveImpaired: // it serves
		c.After = c.Before
	case types.LoadBalancerStateEnumFailed:
		return []Change{blocked(c, "AWS could not set it up (%s): destroy it, and apply builds another", orUnsaid(why))}
	default:
		c.Action, c.Why = Wait, "it is "+c.Before
		c.CLI = []string{"aws", "elbv2", "wait", "load-balancer-available", "--load-balancer-arns", s.net.arn()}
	}
	return []Change{c}
}

func (s netKind) balancerState() (is types.LoadBalancerStateEnum, reason string) {
	if b := s.net.description; b != nil && b.State != nil {
		return b.State.Code, text(b.State.Reason)
	}
	return types.LoadBalancerStateEnumProvisioning, ""
}

func orUnsaid(reason string) string {
	if reason == "" {
		return "AWS does not say why"
	}
	return reason
}

package provision

import (
	"context"
	"fmt"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// otherKind is a load balancer of our name that is not of lb.yaml's kind.
type otherKind struct {
	title string      // "Classic load balancer"; "": there is none
	kind  lbfile.Kind // "": provision builds none of its type
	owned bool
	dns   string
}

// readOtherKind looks for it in the other API of Elastic Load Balancing.
func (s *state) readOtherKind(ctx context.Context) error {
	s.otherKind = otherKind{}
	if s.spec.Kind == lbfile.NetworkBalancer {
		return s.readClassicOfOurName(ctx)
	}
	return s.readNetworkOfOurName(ctx)
}

func (s *state) readClassicOfOurName(ctx context.Context) error {
	out, err := s.cloud.ELB.DescribeLoadBalancers(ctx, &elb.DescribeLoadBalancersInput{LoadBalancerNames: []string{s.spec.Balancer()}})
	if code(err) == "LoadBalancerNotFound" || err == nil && len(out.LoadBalancerDescriptions) == 0 {
		return nil
	} else if err != nil {
		return err
	}
	s.otherKind = otherKind{title: "Classic load balancer", kind: lbfile.Classic, dns: text(out.LoadBalancerDescriptions[0].DNSName)}
	tags, err := s.cloud.ELB.DescribeTags(ctx, &elb.DescribeTagsInput{LoadBalancerNames: []string{s.spec.Balancer()}})
	if err != nil {
		return err
	}
	for _, t := range tags.TagDescriptions {
		s.otherKind.owned = s.otherKind.owned || s.ownsELB(t.Tags)
	}
	return nil
}

func (s *state) readNetworkOfOurName(ctx context.Context) error {
	out, err := s.cloud.ELBv2.DescribeLoadBalancers(ctx, &elbv2.DescribeLoadBalancersInput{Names: []string{s.spec.Balancer()}})
	if code(err) == "LoadBalancerNotFound" || err == nil && len(out.LoadBalancers) == 0 {
		return nil
	} else if err != nil {
		return err
	}
	b := out.LoadBalancers[0]
	s.otherKind = otherKind{title: typeTitle(b.Type), dns: text(b.DNSName)}
	if isNetwork(b) {
		s.otherKind.kind = lbfile.NetworkBalancer
	}
	tags, err := s.tagsOf(ctx, []string{text(b.LoadBalancerArn)})
	s.otherKind.owned = s.ownedBy(tags[text(b.LoadBalancerArn)])
	return err
}

// otherKindChanges refuses to exchange one of ours by one of another kind: that would
// close its ports, and give it another name. It refuses to remove what one of the
// other kind works through, too.
func (s *state) otherKindChanges() []Change {
	o := s.otherKind
	if !o.owned {
		return nil
	}
	if o.kind == "" {
		return []Change{blocked(noChange("kind", s.spec.Balancer(), o.title), "%s (%s) of this name %s", withArticle(o.title), o.dns, notBuilt)}
	}
	return []Change{blocked(noChange("kind", s.spec.Balancer(), o.title),
		"lb.yaml says kind: %s, and %s was built as a %s (%s): one cannot become the other. Set kind: %s again, or remove it with provision destroy and kind: %[5]s first, or give the new one another cluster",
		s.spec.Kind, s.spec.Balancer(), o.title, o.dns, o.kind)}
}

// nameTaken is a conflict where somebody's load balancer of another kind has the name
// of ours, which is to be created.
func (s *state) nameTaken(c Change) Change {
	c.Action, c.Before = Conflict, s.otherKind.dns
	c.Why = fmt.Sprintf("%s of this name exists without our tag %s=%s", withArticle(s.otherKind.title), ownerTag, s.identity.owner)
	return c
}

package provision

import (
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// reference is the attribute of a policy that names the predefined one.
const reference = "Reference-Security-Policy"

// policyChanges creates tls.policy in the balancer under a name of ours and sets it
// for each listener. A new listener has AWS's default.
func (s *state) policyChanges() []Change {
	changes := []Change{s.policyOfBalancer()}
	if changes[0].Stops() {
		return changes
	}
	for _, port := range s.spec.Listeners {
		changes = append(changes, s.policyOfListener(port))
	}
	return changes
}

func (s *state) policyOfBalancer() Change {
	name, want := s.spec.SSLPolicy(), s.spec.TLS.Policy
	for _, p := range s.balancer.policies {
		if text(p.PolicyName) != name {
			continue
		}
		is := "no predefined policy" // but ciphers of its own
		for _, a := range p.PolicyAttributeDescriptions {
			if text(a.AttributeName) == reference {
				is = text(a.AttributeValue)
			}
		}
		if is != want {
			return blocked(noChange("TLS policy", name, is), "a policy of this name exists and refers to %s", is)
		}
		return noChange("TLS policy", name, want)
	}
	return writes(Change{Resource: "TLS policy", Name: name, Action: Create, After: want}, s.cloud.ELB.CreateLoadBalancerPolicy,
		&elb.CreateLoadBalancerPolicyInput{
			LoadBalancerName: s.balancerName(), PolicyName: aws.String(name), PolicyTypeName: aws.String("SSLNegotiationPolicyType"),
			PolicyAttributes: []types.PolicyAttribute{{AttributeName: aws.String(reference), AttributeValue: aws.String(want)}},
		})
}

func (s *state) policyOfListener(port uint16) Change {
	name := s.spec.SSLPolicy()
	var have []string
	if s.balancer.description != nil {
		for _, d := range s.balancer.description.ListenerDescriptions {
			if d.Listener != nil && d.Listener.LoadBalancerPort == int32(port) {
				have = d.PolicyNames
			}
		}
	}
	c := noChange("listener's TLS policy", fmt.Sprint(port), name)
	if slices.Equal(have, []string{name}) {
		return c
	}
	c.Action, c.Before = Update, commaList(have)
	return writes(c, s.cloud.ELB.SetLoadBalancerPoliciesOfListener,
		&elb.SetLoadBalancerPoliciesOfListenerInput{LoadBalancerName: s.balancerName(), LoadBalancerPort: int32(port), PolicyNames: []string{name}})
}

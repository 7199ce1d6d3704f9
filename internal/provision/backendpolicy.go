package provision

import (
	"fmt"
	"slices"

	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// proxyProtocol is the type of a policy with which the balancer begins every
// connection with a line that Impala does not understand.
const proxyProtocol = "ProxyProtocolPolicyType"

// backendPolicyChanges takes such policies off the coordinators' ports. Others, which
// verify a coordinator's certificate, are left.
func (s *state) backendPolicyChanges() []Change {
	if s.balancer.description == nil {
		return nil
	}
	var changes []Change
	for _, d := range s.balancer.description.BackendServerDescriptions {
		keep := slices.DeleteFunc(slices.Clone(d.PolicyNames), s.isProxyProtocol)
		if len(keep) == len(d.PolicyNames) || d.InstancePort == nil {
			continue
		}
		c := Change{
			Resource: "coordinators' port policies", Name: fmt.Sprint(*d.InstancePort), Action: Update,
			Before: commaList(d.PolicyNames), After: commaList(keep), Why: "Impala does not understand the proxy protocol: every session fails",
		}
		changes = append(changes, writes(c, s.cloud.ELB.SetLoadBalancerPoliciesForBackendServer,
			&elb.SetLoadBalancerPoliciesForBackendServerInput{LoadBalancerName: s.balancerName(), InstancePort: d.InstancePort, PolicyNames: keep}))
	}
	return changes
}

func (s *state) isProxyProtocol(name string) bool {
	return slices.ContainsFunc(s.balancer.policies, func(p types.PolicyDescription) bool {
		return text(p.PolicyName) == name && text(p.PolicyTypeName) == proxyProtocol
	})
}

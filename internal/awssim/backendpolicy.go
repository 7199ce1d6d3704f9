package awssim

import (
	"maps"
	"slices"
)

// proxyProtocolType is the type of a policy that a balancer has for an instance's
// port instead of a listener's.
const proxyProtocolType = "ProxyProtocolPolicyType"

type setBackendPolicies struct {
	LoadBalancerName string
	InstancePort     int32
	PolicyNames      []string
}

// setBackendPolicies replaces the policies of an instance port.
func (r *region) setBackendPolicies(in setBackendPolicies) (none, error) {
	b, err := r.balancer(in.LoadBalancerName)
	if err != nil {
		return none{}, err
	}
	if !slices.ContainsFunc(b.Listeners, func(l Listener) bool { return l.InstancePort == in.InstancePort }) { // guess: the code
		return none{}, refuseAs(409, "InvalidConfigurationRequest", "There is no listener with the instance port %d", in.InstancePort)
	}
	for _, name := range in.PolicyNames {
		if b.policy(name) == nil {
			return none{}, policyMissing(name)
		}
	}
	if b.BackendPolicies == nil {
		b.BackendPolicies = map[int32][]string{}
	}
	b.BackendPolicies[in.InstancePort] = slices.Clone(in.PolicyNames)
	if len(in.PolicyNames) == 0 {
		delete(b.BackendPolicies, in.InstancePort)
	}
	return none{}, nil
}

type xmlBackend struct {
	InstancePort int32
	PolicyNames  members[string]
}

func encodeBackends(b *Balancer) members[xmlBackend] {
	return list(slices.Sorted(maps.Keys(b.BackendPolicies)), func(port int32) xmlBackend {
		return xmlBackend{port, list(b.BackendPolicies[port], identity)}
	})
}

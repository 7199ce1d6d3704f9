package provision

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	elb "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// registrationChanges registers missing coordinators that can be reached, and
// deregisters every other instance: the balancer is ours, and an instance without
// Impala takes connections from those with it. A coordinator that is stopped stays: it
// gets no connections, and serves again once it runs.
func (s *state) registrationChanges() []Change {
	want := s.network.instanceIDs()
	have := s.registered()
	cannot, stopped := s.unreachable(), s.network.stoppedIDs()
	missing := slices.DeleteFunc(slices.Clone(want), func(id string) bool { return slices.Contains(have, id) || slices.Contains(cannot, id) })
	extra := slices.DeleteFunc(slices.Clone(have), func(id string) bool { return slices.Contains(want, id) || slices.Contains(stopped, id) })
	if len(missing) == 0 && len(extra) == 0 {
		return []Change{noChange("registration", s.spec.Balancer(), commaList(have))}
	}
	var changes []Change
	if len(missing) > 0 {
		c := Change{Resource: "registration", Name: commaList(missing), Action: Create, Before: commaList(have), After: commaList(want)}
		changes = append(changes, writes(c, s.cloud.ELB.RegisterInstancesWithLoadBalancer,
			&elb.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: s.balancerName(), Instances: instances(missing)}))
	}
	if len(extra) > 0 {
		changes = append(changes, s.deregister(extra, want, "not in lb.yaml"))
	}
	return changes
}

func (s *state) deregister(extra, remain []string, why string) Change {
	c := Change{Resource: "registration", Name: commaList(extra), Action: Delete, Before: commaList(s.registered()), After: commaList(remain), Why: why}
	return writes(c, s.cloud.ELB.DeregisterInstancesFromLoadBalancer,
		&elb.DeregisterInstancesFromLoadBalancerInput{LoadBalancerName: s.balancerName(), Instances: instances(extra)})
}

// registered lists the balancer's instances, sorted, without duplicates.
func (s *state) registered() []string {
	if s.balancer.description == nil {
		return nil
	}
	ids := mapSlice(s.balancer.description.Instances, func(i types.Instance) string { return text(i.InstanceId) })
	slices.Sort(ids)
	return slices.Compact(ids)
}

func instances(ids []string) []types.Instance {
	return mapSlice(ids, func(id string) types.Instance { return types.Instance{InstanceId: aws.String(id)} })
}

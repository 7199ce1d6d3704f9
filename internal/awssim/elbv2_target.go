package awssim

import (
	"net/netip"
	"slices"
)

type targetsIn struct {
	TargetGroupArn string
	Targets        []targetIn
}

type targetIn struct {
	Id               string
	Port             int32
	AvailabilityZone string
}

// leavingTarget is one that was deregistered and still drains.
type leavingTarget struct {
	Target
	looks int // calls of DescribeTargetHealth that showed it
}

// is compares a target of a group with one of a request: a port that is not given is the
// group's.
func (t Target) is(g *TargetGroup, id string, port int32) bool {
	return t.ID == id && t.port(g) == Target{Port: port}.port(g)
}

func (t Target) port(g *TargetGroup) int32 {
	if t.Port == 0 {
		return g.Port
	}
	return t.Port
}

// registerTargets adds targets, all or none; one that is there stays as it is.
func (r *region) registerTargets(in targetsIn) (none, error) {
	g, err := r.targetGroupOf(in.TargetGroupArn)
	if err != nil {
		return none{}, err
	}
	next := slices.Clone(g.Targets)
	for _, one := range in.Targets {
		zone, err := r.targetZone(g, one)
		if err != nil {
			return none{}, err
		}
		t := Target{ID: one.Id, Port: one.Port, Zone: zone}
		if !slices.ContainsFunc(next, func(o Target) bool { return o.is(g, t.ID, t.Port) }) {
			next = append(next, t)
		}
	}
	switch {
	case len(in.Targets) == 0:
		return none{}, refuse("ValidationError", "Targets is required")
	case len(next) > r.aws.quotas.targets():
		return none{}, refuse("TooManyTargets", "The maximum number of targets has been reached in target group '%s'", g.ARN)
	}
	g.Targets = next
	g.leaving = slices.DeleteFunc(g.leaving, func(l leavingTarget) bool {
		return slices.ContainsFunc(next, func(t Target) bool { return l.is(g, t.ID, t.Port) })
	})
	return none{}, nil
}

// targetZone refuses what a group cannot have as a target, and tells the zone of an
// address.
func (r *region) targetZone(g *TargetGroup, in targetIn) (string, error) {
	if in.Port < 0 || in.Port > 65535 {
		return "", between("targets.port", in.Port, 1, 65535)
	}
	if g.Kind == "ip" {
		return r.addressZone(g, in)
	}
	i := r.instance(in.Id)
	switch {
	case in.AvailabilityZone != "":
		return "", refuse("ValidationError", "You cannot specify an Availability Zone for a target by instance")
	case i == nil:
		return "", refuse("InvalidTarget", "The following targets are not valid instances: '%s'", in.Id)
	case r.vpcOf(i.Subnet) != g.VPC:
		return "", refuse("InvalidTarget", "The following targets are not in the target group VPC '%s': '%s'", g.VPC, in.Id)
	case i.State != "running":
		return "", refuse("InvalidTarget", "The following targets are not in a running state and cannot be registered: '%s'", in.Id)
	}
	return "", nil
}

// addressZone: an address in the VPC has its subnet's zone, another private one needs one
// said, which is simulated for all zones only.
func (r *region) addressZone(g *TargetGroup, in targetIn) (string, error) {
	address, err := netip.ParseAddr(in.Id)
	if err != nil || !address.Is4() {
		return "", refuse("ValidationError", "The IP address '%s' is not a valid IPv4 address", in.Id)
	}
	for _, s := range r.subnets {
		if prefix, err := netip.ParsePrefix(s.CIDR); err == nil && s.VPC == g.VPC && prefix.Contains(address) {
			if in.AvailabilityZone != "" && in.AvailabilityZone != s.Zone {
				return "", refuse("ValidationError", "The Availability Zone of '%s' is '%s'", in.Id, s.Zone)
			}
			return s.Zone, nil
		}
	}
	if in.AvailabilityZone != "all" || !address.IsPrivate() {
		return "", refuse("ValidationError", "The IP address '%s' is not within the VPC '%s': it must be a private one, with the Availability Zone 'all'", in.Id, g.VPC)
	}
	return in.AvailabilityZone, nil
}

// deregisterTargets succeeds for what is no target. One in use drains.
func (r *region) deregisterTargets(in targetsIn) (none, error) {
	g, err := r.targetGroupOf(in.TargetGroupArn)
	if err != nil {
		return none{}, err
	}
	drains := r.aws.config.DrainLag > 0 && len(r.users(g)) > 0 && g.attributes()["deregistration_delay.timeout_seconds"] != "0"
	g.Targets = slices.DeleteFunc(g.Targets, func(t Target) bool {
		gone := slices.ContainsFunc(in.Targets, func(one targetIn) bool { return t.is(g, one.Id, one.Port) })
		if gone && drains {
			g.leaving = append(g.leaving, leavingTarget{Target: t})
		}
		return gone
	})
	return none{}, nil
}

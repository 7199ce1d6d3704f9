package awssim

import (
	"slices"
	"strconv"
)

type describeTargetHealth struct {
	TargetGroupArn string
	Targets        []targetIn
}

// describeTargetHealth shows the targets of a group, the draining ones too, or those that
// are asked for, registered or not.
func (r *region) describeTargetHealth(in describeTargetHealth) ([]targetView, error) {
	g, err := r.targetGroupOf(in.TargetGroupArn)
	if err != nil {
		return nil, err
	}
	all := r.targetsSeen(g)
	if len(in.Targets) == 0 {
		return all, nil
	}
	var out []targetView
	for _, want := range in.Targets {
		i := slices.IndexFunc(all, func(v targetView) bool { return v.is(g, want.Id, want.Port) })
		if i < 0 {
			out = append(out, g.view(Target{ID: want.Id, Port: want.Port}, "unused", "Target.NotRegistered"))
			continue
		}
		out = append(out, all[i])
	}
	return out, nil
}

// targetsSeen are the targets as one call shows them, which counts as one look at each.
func (r *region) targetsSeen(g *TargetGroup) []targetView {
	var out []targetView
	used := len(r.users(g)) > 0
	for i := range g.Targets {
		t := &g.Targets[i]
		state, reason := r.targetHealth(g, *t)
		if used {
			t.checks++
		}
		out = append(out, g.view(*t, state, reason))
	}
	for i := range g.leaving {
		g.leaving[i].looks++
		out = append(out, g.view(g.leaving[i].Target, "draining", "Target.DeregistrationInProgress"))
	}
	g.leaving = slices.DeleteFunc(g.leaving, func(l leavingTarget) bool { return l.looks >= r.aws.config.DrainLag })
	return out
}

// targetView is a target as DescribeTargetHealth shows it.
type targetView struct {
	Target
	checked string // port of the health check
}

// view fills in what AWS would say of a target without a State.
func (g *TargetGroup) view(t Target, state, reason string) targetView {
	t.Port = t.port(g)
	if t.State == "" {
		t.State, t.Reason = state, reason
	}
	t.Override = orText(t.Override, "no_override")
	return targetView{t, orText(g.Check.Port, "traffic-port")}
}

// targetHealth: unused where no listener forwards to the group or the zone is not
// enabled, or where the instance does not run; initial while the balancer is provisioned
// and until it was looked at often enough; otherwise what the health check says.
func (r *region) targetHealth(g *TargetGroup, t Target) (state, reason string) {
	users := r.users(g)
	if len(users) == 0 {
		return "unused", "Target.NotInUse"
	}
	b := users[0]
	i := r.targetInstance(g, t)
	zone := t.Zone
	if i != nil {
		zone = r.zoneOf(i.Subnet)
	}
	switch {
	case i != nil && i.State != "running":
		return "unused", "Target.InvalidState"
	case zone != "" && zone != "all" && !slices.Contains(r.zones(b.Subnets), zone):
		return "unused", "Target.NotInUse"
	case t.checks == 0 && r.aws.config.HealthLag > 0 || r.provisioning(b):
		return "initial", "Elb.RegistrationInProgress"
	case t.checks < r.aws.config.HealthLag:
		return "initial", "Elb.InitialHealthChecking"
	case !r.passes(b, g, t, i):
		return "unhealthy", "Target.FailedHealthChecks"
	}
	return "healthy", ""
}

// targetInstance is the machine behind a target; nil: an address that is no machine's.
func (r *region) targetInstance(g *TargetGroup, t Target) *Instance {
	if g.Kind != "ip" {
		return r.instance(t.ID)
	}
	e := find(r.interfaces, func(e *Interface) bool { return e.Address == t.ID })
	if e == nil {
		return nil
	}
	return r.instance(e.Instance)
}

// passes: the health check reaches the target. An address that is no machine's passes
// (guess).
func (r *region) passes(b *NetworkBalancer, g *TargetGroup, t Target, i *Instance) bool {
	if i == nil {
		return g.Kind == "ip"
	}
	if i.health != nil {
		return i.health.state == inService.state
	}
	port := t.port(g)
	if n, err := strconv.ParseInt(g.Check.Port, 10, 32); err == nil {
		port = int32(n)
	}
	return r.reaches(origin{b.path(), b.Groups}, i, port)
}

package provision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	elbv2 "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// healthy is the state in which a target receives connections.
const healthy = string(types.TargetHealthStateEnumHealthy)

// targetID is how a coordinator is registered.
func (s netKind) targetID(c coordinator) string {
	if s.spec.Targets == lbfile.ByAddress {
		return c.address
	}
	return c.id
}

// isDraining reports whether a target was deregistered.
func isDraining(t types.TargetHealthDescription) bool {
	return t.TargetHealth != nil && t.TargetHealth.State == types.TargetHealthStateEnumDraining
}

// registered are a group's targets but those that are draining.
func (g targetGroup) registered() []types.TargetDescription {
	var list []types.TargetDescription
	for _, t := range g.targets {
		if t.Target != nil && !isDraining(t) {
			list = append(list, *t.Target)
		}
	}
	return list
}

// targetsText formats targets with their ports.
func targetsText(list []types.TargetDescription) string {
	return commaList(mapSlice(list, func(t types.TargetDescription) string {
		if t.Port == nil {
			return text(t.Id)
		}
		return fmt.Sprintf("%s:%d", text(t.Id), *t.Port)
	}))
}

// targetChanges registers missing coordinators that can be reached, on the group's
// port, and deregisters all else: a target twice would get a double share. One that is
// stopped stays.
func (s netKind) targetChanges() []Change {
	var changes []Change
	for _, port := range s.spec.Listeners {
		changes = append(changes, s.targetsOf(port)...)
	}
	return changes
}

func (s netKind) targetsOf(port uint16) []Change {
	g, _ := s.targetGroup(port)
	have, cannot := g.registered(), s.unreachable()
	isOn := func(t types.TargetDescription, id string) bool {
		return text(t.Id) == id && aws.ToInt32(t.Port) == int32(port)
	}
	var missing, extra []types.TargetDescription
	for _, c := range s.network.coordinators {
		there := slices.ContainsFunc(have, func(t types.TargetDescription) bool { return isOn(t, s.targetID(c)) })
		if !there && !slices.Contains(cannot, c.id) {
			missing = append(missing, types.TargetDescription{Id: aws.String(s.targetID(c))})
		}
	}
	for _, t := range have {
		wanted := slices.ContainsFunc(slices.Concat(s.network.coordinators, s.network.stopped), func(c coordinator) bool { return isOn(t, s.targetID(c)) })
		if !wanted {
			extra = append(extra, t)
		}
	}
	name := fmt.Sprintf("%d: ", port)
	var changes []Change
	if len(missing) > 0 {
		c := Change{Resource: "targets", Name: name + targetsText(missing), Action: Create, Before: targetsText(have), After: commaList(mapSlice(s.network.coordinators, s.targetID))}
		changes = append(changes, writes(c, s.cloud.ELBv2.RegisterTargets, &elbv2.RegisterTargetsInput{TargetGroupArn: aws.String(s.targetGroupARN(port)), Targets: missing}))
	}
	if len(extra) > 0 {
		changes = append(changes, s.deregisterTargets(g, name, extra, "not in lb.yaml"))
	}
	if len(changes) == 0 {
		changes = append(changes, noChange("targets", fmt.Sprint(port), targetsText(have)))
	}
	return changes
}

func (s netKind) deregisterTargets(g targetGroup, name string, list []types.TargetDescription, why string) Change {
	c := Change{Resource: "targets", Name: name + targetsText(list), Action: Delete, Before: targetsText(g.registered()), Why: why}
	targets := mapSlice(list, func(t types.TargetDescription) types.TargetDescription {
		return types.TargetDescription{Id: t.Id, Port: t.Port}
	})
	return writes(c, s.cloud.ELBv2.DeregisterTargets, &elbv2.DeregisterTargetsInput{TargetGroupArn: g.TargetGroupArn, Targets: targets})
}

// healthyChanges waits until every coordinator is healthy behind every listener, and
// reports AWS's reason for each that is not. It comes after the listeners: without one
// a target is unused, and is not checked.
func (s netKind) healthyChanges() []Change {
	cannot := s.unreachable()
	var out []string
	ready, all := 0, 0
	for _, h := range s.health()[:len(s.network.coordinators)] {
		if slices.Contains(cannot, h.ID) && h.State == "" {
			continue
		}
		all++
		if h.Serves() {
			ready++
		} else {
			out = append(out, h.String())
		}
	}
	c := Change{Resource: "in service", Name: s.spec.Balancer(), Action: Wait, Before: fmt.Sprintf("%d of %d", ready, all), After: fmt.Sprintf("%d of %d", all, all)}
	if len(out) == 0 {
		return []Change{noChange(c.Resource, c.Name, c.After)}
	}
	if s.ownsBalancer() {
		c.Why = strings.Join(out, "; ")
	}
	waits := []Change{}
	for i, port := range s.spec.Listeners { // the CLI waits for one group
		w := c
		if i > 0 {
			w.Why = "" // said once
		}
		w.Name = fmt.Sprintf("%s %d", c.Name, port)
		w.CLI = []string{"aws", "elbv2", "wait", "target-in-service", "--target-group-arn", s.targetGroupARN(port)}
		waits = append(waits, w)
	}
	return waits
}

// health is that of each coordinator, behind the listener where it is worst, and then of
// every other target.
func (s netKind) health() []InstanceHealth {
	list := mapSlice(s.network.coordinators, func(c coordinator) InstanceHealth {
		worst := InstanceHealth{}
		for i, port := range s.spec.Listeners {
			if h := s.healthOn(port, c); i == 0 || worst.Serves() || h.State == "" {
				worst = h
			}
		}
		return worst
	})
	for _, port := range s.spec.Listeners {
		g, _ := s.targetGroup(port)
		for _, t := range g.targets {
			id := ""
			if t.Target != nil {
				id = text(t.Target.Id)
			}
			known := slices.ContainsFunc(s.network.coordinators, func(c coordinator) bool { return s.targetID(c) == id })
			if !known && !isDraining(t) {
				list = append(list, targetHealth(InstanceHealth{ID: id}, port, t))
			}
		}
	}
	return list
}

// healthOn is a coordinator's health behind a listener.
func (s netKind) healthOn(port uint16, c coordinator) InstanceHealth {
	h := InstanceHealth{ID: c.id, DNS: c.dns, Zone: c.zone}
	g, _ := s.targetGroup(port)
	for _, t := range g.targets {
		if t.Target != nil && text(t.Target.Id) == s.targetID(c) && aws.ToInt32(t.Target.Port) == int32(port) && !isDraining(t) {
			return targetHealth(h, port, t)
		}
	}
	return h
}

func targetHealth(h InstanceHealth, port uint16, t types.TargetHealthDescription) InstanceHealth {
	if t.TargetHealth == nil {
		return h
	}
	h.State, h.Reason, h.Description = string(t.TargetHealth.State), string(t.TargetHealth.Reason), text(t.TargetHealth.Description)
	if !h.Serves() {
		h.Description = strings.TrimSpace(fmt.Sprintf("on port %d. %s", port, h.Description))
	}
	return h
}

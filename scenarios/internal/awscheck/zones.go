package awscheck

import (
	"fmt"
	"maps"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// InService is how AWS calls a target that gets connections.
func InService(t scenarios.AuditTarget) bool { return t.State == "healthy" || t.State == "inservice" }

// leaving reports whether somebody is taking a target out.
func leaving(t scenarios.AuditTarget) bool { return t.State == "draining" }

// targetName is an instance or an address, with its port where it has one of its own.
func targetName(t scenarios.AuditTarget) string {
	if t.Port == 0 {
		return t.ID
	}
	return fmt.Sprintf("%s:%d", t.ID, t.Port)
}

// Crosses reports whether a group's targets get connections from every zone: of a
// network load balancer the group's own value goes before the load balancer's.
func Crosses(a scenarios.Audited, g scenarios.AuditTargets) (on, known bool) {
	if a.Type == scenarios.BalancerClassic {
		return isOn(a.Attributes, classicCross)
	}
	if own := g.Attributes[crossZone]; own != "" && own != crossInherited {
		return isOn(g.Attributes, crossZone)
	}
	return isOn(a.Attributes, crossZone)
}

// zonesKnown reports whether the zone of every target is known.
func zonesKnown(g scenarios.AuditTargets) bool {
	return !slices.ContainsFunc(g.Targets, func(t scenarios.AuditTarget) bool { return t.Zone == "" })
}

// unzoned is the outcome where the zones of targets are not known.
func (a asked) unzoned(g scenarios.AuditTargets) outcome {
	if why := a.missing("ec2:DescribeInstances"); why != "" {
		return unknown("%s", why)
	}
	return unknown("AWS does not say in which zones the targets of %s are", g.Name)
}

// byZone counts targets in each enabled zone.
func (a asked) byZone(g scenarios.AuditTargets, counts func(scenarios.AuditTarget) bool) map[string]int {
	out := map[string]int{}
	for _, zone := range a.Zones {
		out[zone] = 0
	}
	for _, t := range g.Targets {
		if _, enabled := out[t.Zone]; enabled && counts(t) {
			out[t.Zone]++
		}
	}
	return out
}

func anyTarget(scenarios.AuditTarget) bool { return true }

// hotShare is how many times its fair share a target may get before it fails.
const hotShare = 1.5

// judgeCrossZone looks for targets that get more than others: without cross-zone
// balancing each zone gets an equal part, whatever number of targets it has.
func judgeCrossZone(a asked) outcome {
	worst := good("every target gets connections from every zone")
	for _, g := range a.Groups {
		on, known := Crosses(*a.Audited, g)
		switch {
		case !known:
			return unsaid(crossZone)
		case on:
			continue
		case !zonesKnown(g):
			return a.unzoned(g)
		}
		if o := a.shares(g); worst.status == scenarios.StatusPass && (o.status == scenarios.StatusFail || worst.note == "") {
			worst = o
		}
	}
	return worst
}

// shares judges a group whose targets get connections from their own zone alone.
func (a asked) shares(g scenarios.AuditTargets) outcome {
	zones, total, used := a.byZone(g, anyTarget), 0, 0
	fewest := 0
	for _, n := range zones {
		if n > 0 {
			used++
			total += n
			if fewest == 0 || n < fewest {
				fewest = n
			}
		}
	}
	if total == 0 {
		return unwise("cross-zone balancing is off, and no enabled zone has a target of %s", g.Name)
	}
	times := float64(total) / float64(used*fewest) // share of a target in the smallest zone, by the fair one
	text := fmt.Sprintf("cross-zone balancing of %s is off, and its targets are %s", g.Name, zoneCounts(zones))
	var o outcome
	switch {
	case times > hotShare:
		o = bad("%s: one gets %.2g times its fair share, more than %g times", text, times, hotShare)
	case times > 1:
		o = unwise("%s: one gets %.2g times its fair share", text, times)
	default:
		o = good("%s: all get the same", text)
	}
	o.observed, o.limit = phrase.Num(times), phrase.Num(hotShare)
	return o
}

// zoneCounts is "1 in eu-west-1a, 2 in eu-west-1b".
func zoneCounts(zones map[string]int) string {
	var parts []string
	for _, zone := range slices.Sorted(maps.Keys(zones)) {
		parts = append(parts, fmt.Sprintf("%d in %s", zones[zone], zone))
	}
	return phrase.List(parts)
}

func judgeEmptyZones(a asked) outcome {
	for _, g := range a.Groups {
		on, known := Crosses(*a.Audited, g)
		switch {
		case !known:
			return unsaid(crossZone)
		case on:
			continue
		case !zonesKnown(g):
			return a.unzoned(g)
		}
		zones := a.byZone(g, InService)
		for _, zone := range a.Zones {
			if zones[zone] == 0 {
				return bad("the zone %s is enabled and has no target of %s in service, and cross-zone balancing is off", zone, g.Name)
			}
		}
	}
	return good("every enabled zone has a target in service, or cross-zone balancing is on: %s", phrase.List(a.Zones))
}

func judgeDisabledZones(a asked) outcome {
	var out []string
	for _, g := range a.Groups {
		for _, t := range g.Targets {
			elsewhere := t.Zone != "" && t.Zone != "all" && !slices.Contains(a.Zones, t.Zone)
			if elsewhere || t.Reason == "Target.NotInUse" {
				out = append(out, fmt.Sprintf("%s (%s)", targetName(t), t.Zone))
			}
		}
		if len(out) == 0 && !zonesKnown(g) {
			return a.unzoned(g)
		}
	}
	if len(out) > 0 {
		return bad("in a zone that is not enabled: %s; enabled: %s", phrase.List(out), phrase.List(a.Zones))
	}
	return good("every target is in an enabled zone: %s", phrase.List(a.Zones))
}

// anyZone is the routing policy of DNS under which every client sees every zone.
const anyZone = "any_availability_zone"

// AnswersAllZones reports whether the name of a network load balancer is known to lead
// every client to every zone that can serve.
func AnswersAllZones(a scenarios.Audited) bool {
	if a.Attributes[routingPolicy] != anyZone {
		return false
	}
	for _, g := range a.Groups {
		if slices.ContainsFunc(g.Targets, shifted) {
			return false
		}
	}
	return true
}

// shifted reports whether the zone of a target gets no traffic for now.
func shifted(t scenarios.AuditTarget) bool {
	return t.Override == "zonal_shift_active" || t.Override == "zonal_shift_delegated_to_dns"
}

func judgeAffinity(a asked) outcome {
	policy := a.Attributes[routingPolicy]
	if policy == "" {
		return unsaid(routingPolicy)
	}
	if policy == anyZone {
		return good("%s is %s", routingPolicy, policy)
	}
	for _, g := range a.Groups {
		if on, known := Crosses(*a.Audited, g); !known || !on {
			return unwise("%s is %s, and cross-zone balancing of %s is off", routingPolicy, policy, g.Name)
		}
	}
	return good("%s is %s, with cross-zone balancing on", routingPolicy, policy)
}

func judgeShift(a asked) outcome {
	said := false
	for _, g := range a.Groups {
		for _, t := range g.Targets {
			said = said || t.Override != ""
			if shifted(t) {
				return unwise("the zone of %s is shifted away from (%s)", targetName(t), t.Override)
			}
		}
	}
	if !said {
		return unknown("AWS does not say whether a zonal shift is active")
	}
	return good("no zone is shifted away from")
}

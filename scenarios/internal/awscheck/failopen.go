package awscheck

import (
	"fmt"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// routingMinimum begins the least number and the least percentage of healthy targets of a
// group; "off" is none. With fewer, connections go to all targets, dead ones too.
const routingMinimum = "target_group_health.unhealthy_state_routing.minimum_healthy_targets."

// least is how many of a group's targets must be in service, and by which attribute.
func least(g scenarios.AuditTargets, all int) (n int, by string) {
	n, by = 1, routingMinimum+"count"
	if count, err := strconv.Atoi(g.Attributes[by]); err == nil && count > n {
		n = count
	}
	if share, err := strconv.Atoi(g.Attributes[routingMinimum+"percentage"]); err == nil && share <= 100 && (share*all+99)/100 > n {
		return (share*all + 99) / 100, routingMinimum + "percentage"
	}
	return n, by
}

// inService counts the targets of a group that are, and all but those that are leaving.
func inService(g scenarios.AuditTargets) (serving, all int) {
	for _, t := range g.Targets {
		if InService(t) {
			serving++
		}
		if !leaving(t) {
			all++
		}
	}
	return serving, all
}

// FailsOpen reports whether so few targets of a group are in service that connections go
// to all of them.
func FailsOpen(a scenarios.Audited, g scenarios.AuditTargets) bool {
	serving, all := inService(g)
	n, _ := least(g, all)
	return a.Type == scenarios.BalancerNetwork && serving < n
}

// opened is the outcome where a group that has targets in service, less some that may be
// lost, sends connections to all the same; nil where none does. That nobody else is left
// is no setting's fault.
func (a asked) opened(lost int) *outcome {
	if a.Type != scenarios.BalancerNetwork {
		return nil
	}
	for _, g := range a.Groups {
		serving, all := inService(g)
		left := serving - lost
		n, by := least(g, all)
		if left < 1 || left >= n {
			continue
		}
		text := fmt.Sprintf("with %d of %s of %s in service connections go to all of them, dead ones too: %s asks for %d", left, phrase.Count(all, "target"), g.Name, by, n)
		o := bad("%s", text)
		if lost > 0 {
			o = unwise("%s", text)
		}
		o.observed, o.limit, o.mend = phrase.Num(float64(left)), phrase.Num(float64(n)), &routeToHealthy
		return &o
	}
	return nil
}

// routeToHealthy has connections go to healthy targets as long as there is one.
var routeToHealthy = mend{
	cli("aws elbv2 modify-target-group-attributes", "target-group-arn", "TARGET_GROUP_ARN", "attributes", "Key="+routingMinimum+"count,Value=1 Key="+routingMinimum+"percentage,Value=off"),
	"unhealthy_state_routing in target_group_health of aws_lb_target_group",
}

package audit_test

import (
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A target group that asks for as many healthy targets as it has sends sessions to a dead
// coordinator as soon as there is one.
func TestChecks_LeastHealthyTargets(t *testing.T) {
	const count, percentage = "target_group_health.unhealthy_state_routing.minimum_healthy_targets.count", "target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage"
	for name, c := range map[string]struct {
		key, value string
		says       string // of two targets
	}{
		"as AWS has it":           {count, "1", ""},
		"all of them":             {count, "2", "with 1 of 2 targets of impala-hs2 in service connections go to all of them, dead ones too: " + count + " asks for 2"},
		"half of them":            {percentage, "50", ""},
		"a little more than half": {percentage, "51", percentage + " asks for 2"},
		"no percentage":           {percentage, "off", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t)
			a.attribute(c.key, c.value)
			f := a.judged(t, networkName)["audit.health.any"]
			if f.Status != scenarios.StatusPass || (f.Note != "") != (c.says != "") || !strings.Contains(f.Message, c.says) {
				t.Errorf("both in service: %s %q, note %q", f.Status, f.Message, f.Note)
			}
			if c.says != "" && (*f.Observed != 1 || *f.Limit != 2 || len(f.Fix) != 2 || !strings.Contains(f.Fix[0].Why, count+",Value=1")) {
				t.Errorf("observed %v, limit %v, fix %+v", f.Observed, f.Limit, f.Fix)
			}
			a.group(func(g *awssim.TargetGroup) { g.Targets[0].State = "unhealthy" })
			f = a.judged(t, networkName)["audit.health.any"]
			if f.Status != scenarios.StatusFail || !strings.Contains(f.Message, c.says) || !strings.Contains(f.Message, "is unhealthy") {
				t.Errorf("one is dead: %s %q", f.Status, f.Message)
			}
		})
	}
}

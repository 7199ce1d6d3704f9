package provision

import (
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// TestNetwork_ResetsHowManyMustBeHealthy: changed by hand, healthy coordinators would not
// be the only ones that get connections.
func TestNetwork_ResetsHowManyMustBeHealthy(t *testing.T) {
	t.Parallel()
	for key, value := range map[string]string{minHealthyTargets: "2", minHealthyTargetsPercent: "50", minHealthyDNS: "off", minHealthyDNSPercent: "100"} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{}), networkFile(t)
			mustApply(t, c, spec)
			handOnAttribute(key, value)(c, &spec)
			p, err := MakePlan(t.Context(), c.cloudHere(t), spec)
			if err != nil || !slices.EqualFunc(actions(p.Changes), []string{"update target group's attributes impala-lb-21050-"}, strings.HasPrefix) {
				t.Errorf("the plan is %q, %v", actions(p.Changes), err)
			}
			mustApply(t, c, spec)
			for _, g := range c.TargetGroups() {
				if is, set := g.Attributes[key]; set && is != groupHealth[key] {
					t.Errorf("%s has %s", g.Name, is)
				}
			}
			if p, err = MakePlan(t.Context(), c.cloudHere(t), spec); err != nil || len(actions(p.Changes)) > 0 {
				t.Errorf("afterwards the plan is %q, %v", actions(p.Changes), err)
			}
		})
	}
}

package provision

import (
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
	"github.com/impala-lbcheck/impala-lbcheck/internal/provision/lbfile"
)

// shareGroup adds a group that every coordinator has.
func (c *cluster) shareGroup(name string) string {
	id := c.AddGroup(awssim.Group{Name: name, VPC: c.vpc})
	for _, n := range c.ENIs() {
		if n.Instance != "" {
			c.SetInterfaceGroups(n.ID, append(n.Groups, id)...)
		}
	}
	return id
}

func (c *cluster) rulesIn(id string) []awssim.Rule {
	i := slices.IndexFunc(c.Groups(), func(g awssim.Group) bool { return g.ID == id })
	return c.Groups()[i].Rules
}

// TestSecurityGroup_FormerLosesOurRules: the file names another group, or none, and
// the former one keeps only what is not ours.
func TestSecurityGroup_FormerLosesOurRules(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		before, after func(*cluster, *lbfile.Spec) // what the file says
		destroy       bool                         // without an apply in between
	}{
		"another group": {
			before: func(_ *cluster, s *lbfile.Spec) { s.Coordinators.SecurityGroup = "first" },
			after:  func(_ *cluster, s *lbfile.Spec) { s.Coordinators.SecurityGroup = "second" },
		},
		"no group": {
			before: func(_ *cluster, s *lbfile.Spec) { s.Coordinators.SecurityGroup = "first" },
			after:  func(_ *cluster, s *lbfile.Spec) { s.Coordinators.SecurityGroup = "" },
		},
		"no group, and destroyed at once": {
			before:  func(_ *cluster, s *lbfile.Spec) { s.Coordinators.SecurityGroup = "first" },
			after:   func(_ *cluster, s *lbfile.Spec) { s.Coordinators.SecurityGroup = "" },
			destroy: true,
		},
		"ours before": {
			before: func(_ *cluster, s *lbfile.Spec) { s.Coordinators.SecurityGroup = "" },
			after:  func(_ *cluster, s *lbfile.Spec) { s.Coordinators.SecurityGroup = "second" },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, spec := newCluster(t, awssim.Config{VisibleLag: 1}), plainFile(t)
			ids := map[string]string{"first": c.shareGroup("first"), "second": c.shareGroup("second")}
			resolve := func() { spec.Coordinators.SecurityGroup = ids[spec.Coordinators.SecurityGroup] }
			tc.before(c, &spec)
			resolve()
			mustApply(t, c, spec)
			front := c.group(spec.FrontGroup()).ID
			theirs := awssim.Rule{Protocol: "tcp", From: 22, To: 22, Group: front} // by hand, without our tag
			c.SetGroup(ids["first"], func(g *awssim.Group) { g.Rules = append(g.Rules, theirs) })
			tc.after(c, &spec)
			resolve()
			if !tc.destroy {
				report, err := Status(t.Context(), c.cloudHere(t), spec)
				if err != nil || !slices.ContainsFunc(actions(report.Drift), func(a string) bool { return strings.HasPrefix(a, "delete ") }) {
					t.Errorf("drift %q, %v", actions(report.Drift), err)
				}
				mustApply(t, c, spec)
				before := len(c.Calls())
				if report := mustApply(t, c, spec); len(report.Drift) > 0 || len(c.writesSince(before)) > 0 {
					t.Errorf("drift %q, writes %q", actions(report.Drift), c.writesSince(before))
				}
				if (c.group(spec.BackGroup()).ID != "") != (spec.Coordinators.SecurityGroup == "") {
					t.Errorf("back group %+v", c.group(spec.BackGroup()))
				}
				if left := c.rulesIn(ids["first"]); len(left) != 1 || left[0].From != 22 {
					t.Errorf("rules in the former group %+v", left)
				}
			} else if _, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{}); err == nil || !strings.Contains(err.Error(), "named by the rule tcp 22 from "+front+" of "+ids["first"]+" (first): ") {
				t.Errorf("a rule that is not ours names the front group, and destroy says %v", err)
			}
			c.SetGroup(ids["first"], func(g *awssim.Group) {
				g.Rules = slices.DeleteFunc(g.Rules, func(r awssim.Rule) bool { return r.From == 22 })
			})
			if _, err := Destroy(t.Context(), c.cloudHere(t), spec, DestroyOptions{PurgeLogs: true}); err != nil {
				t.Error(err)
			}
			if left := append(c.tagged(), mapSlice(append(c.rulesIn(ids["first"]), c.rulesIn(ids["second"])...), awssim.Rule.String)...); len(left) > 0 {
				t.Errorf("left %q", left)
			}
		})
	}
}

// TestSecurityGroup_CoordinatorsMustHaveIt: without it they would never be in service.
func TestSecurityGroup_CoordinatorsMustHaveIt(t *testing.T) {
	t.Parallel()
	c, spec := newCluster(t, awssim.Config{}), plainFile(t)
	spec.Coordinators.SecurityGroup = c.shareGroup("workers")
	for _, n := range c.ENIs() {
		c.SetInterfaceGroups(n.ID, n.Groups[0])
	}
	_, err := Apply(t.Context(), c.cloudHere(t), spec, Options{})
	if err == nil || !strings.Contains(err.Error(), c.ENIs()[0].ID+" does not have "+spec.Coordinators.SecurityGroup) || c.Writes() > 0 {
		t.Errorf("%d writes, %v", c.Writes(), err)
	}
}

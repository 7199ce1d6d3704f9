package provision

import (
	"errors"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/awssim"
)

// TestDestroy_StopsForRulesThatNameOurGroups: without our group, what has it would no
// longer be let through, and EC2 would keep the group. Nothing is written, and the
// conflict names our group, the other one and the rule.
func TestDestroy_StopsForRulesThatNameOurGroups(t *testing.T) {
	t.Parallel()
	inbound := func(g *awssim.Group, r awssim.Rule) { g.Rules = append(g.Rules, r) }
	outbound := func(g *awssim.Group, r awssim.Rule) { g.Egress = append(g.Egress, r) }
	for name, tc := range map[string]struct {
		add  func(*awssim.Group, awssim.Rule)
		back bool // it names the back group, not the front group
		says string
	}{
		"back group":            {inbound, true, "the rule tcp 5432 from "},
		"front group":           {inbound, false, "the rule tcp 5432 from "},
		"back group, outbound":  {outbound, true, "the outbound rule tcp 5432 to "},
		"front group, outbound": {outbound, false, "the outbound rule tcp 5432 to "},
	} {
		for _, among := range []neighbourhood{classicAmong, sharedAmong, networkAmong} {
			if tc.back && among == sharedAmong {
				continue // there is no such group
			}
			t.Run(name+"; "+string(among), func(t *testing.T) {
				t.Parallel()
				n := newNeighbours(t, among)
				id, ours := n.ourFront, n.spec.FrontGroup()
				if tc.back {
					id, ours = n.ourBack, n.spec.BackGroup()
				}
				appdb := n.AddGroup(awssim.Group{Name: "appdb", VPC: n.vpc})
				n.SetGroup(appdb, func(g *awssim.Group) {
					tc.add(g, awssim.Rule{Protocol: "tcp", From: 5432, To: 5432, Group: id})
				})
				says := `security group "` + ours + `": conflict: it is named by ` + tc.says + id + " of " + appdb + " (appdb): "
				p, err := ListOwned(t.Context(), n.cloudHere(t), n.spec, DestroyOptions{})
				if err != nil || len(p.Stops()) != 1 {
					t.Errorf("the list stops for %q, %v", actions(p.Stops()), err)
				}
				before := len(n.Calls())
				_, err = Destroy(t.Context(), n.cloudHere(t), n.spec, DestroyOptions{})
				if _, ok := errors.AsType[*StoppedError](err); !ok || !strings.Contains(err.Error(), says) {
					t.Errorf("%v, want %s", err, says)
				}
				if wrote := n.writesSince(before); len(wrote) > 0 {
					t.Errorf("it wrote %q", wrote)
				}
				n.SetGroup(appdb, func(g *awssim.Group) { g.Rules, g.Egress = nil, nil })
				if _, err := Destroy(t.Context(), n.cloudHere(t), n.spec, DestroyOptions{PurgeLogs: true}); err != nil {
					t.Errorf("without the rule: %v", err)
				}
			})
		}
	}
}

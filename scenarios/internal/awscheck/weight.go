package awscheck

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Weight is that of one of a listener's target groups: its part of the listener's
// connections is this of the sum of all. It is 1 where AWS says none.
func Weight(l scenarios.AuditListener, group string) int {
	if w, said := l.Weights[group]; said {
		return w
	}
	return 1
}

// Served are the names of the target groups that get a listener's connections: a group
// of weight 0 gets none. Where all have the weight 0, it is not known which do.
func Served(l scenarios.AuditListener) []string {
	out := slices.DeleteFunc(slices.Clone(l.Groups), func(name string) bool { return Weight(l, name) == 0 })
	if len(out) == 0 {
		return l.Groups
	}
	return out
}

// withoutUnserved leaves out the target groups that no listener sends connections to:
// what is wrong with these harms no session.
func withoutUnserved(a *scenarios.Audited) *scenarios.Audited {
	out := *a
	out.Groups = slices.DeleteFunc(slices.Clone(a.Groups), func(g scenarios.AuditTargets) bool {
		used := func(l scenarios.AuditListener) bool { return slices.Contains(l.Groups, g.Name) }
		served := func(l scenarios.AuditListener) bool { return slices.Contains(Served(l), g.Name) }
		return slices.ContainsFunc(a.Listeners, used) && !slices.ContainsFunc(a.Listeners, served)
	})
	return &out
}

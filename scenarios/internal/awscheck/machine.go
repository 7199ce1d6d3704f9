package awscheck

import (
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// sameMachine reports whether two targets are one machine: by its instance, or by the
// address of that.
func sameMachine(x, y scenarios.AuditTarget) bool {
	return x.ID != "" && x.ID == y.ID || x.Address != "" && x.Address == y.Address
}

// machines counts those that some targets are.
func machines(targets []scenarios.AuditTarget) int {
	var found []scenarios.AuditTarget
	for _, t := range targets {
		if !slices.ContainsFunc(found, func(f scenarios.AuditTarget) bool { return sameMachine(f, t) }) {
			found = append(found, t)
		}
	}
	return len(found)
}

// judgeDoubles looks at what gets the connections of one listener: a machine that serves
// two listeners is in a target group of each.
func judgeDoubles(a asked) outcome {
	for _, l := range a.Listeners {
		var seen []scenarios.AuditTarget
		var names []string
		groups := a.groupsOf(l)
		for _, g := range groups {
			for _, t := range g.Targets {
				name := targetName(t)
				if len(groups) > 1 {
					name += " of " + g.Name
				}
				if i := slices.IndexFunc(seen, func(s scenarios.AuditTarget) bool { return sameMachine(s, t) }); i >= 0 {
					return unwise("%s has %s, which are one machine", listenerName(l), phrase.List([]string{names[i], name}))
				}
				seen, names = append(seen, t), append(names, name)
			}
		}
	}
	return good("no machine is registered twice")
}

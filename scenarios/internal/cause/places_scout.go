package cause

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// nodeOfScout: a run that ended early has failures at one node alone, where the scout
// failed, too, and others got in elsewhere. That is too few to exclude an accident: it
// says where, and leaves why to the reasons.
func nodeOfScout(f facts) (match, bool) {
	nodes := nodesOf(f.left)
	if len(nodes) != 1 || f.e.Stopped == nil || countGood(f.good, at(nodes[0])) > 0 || countFailed(f.failures, notAt(nodes)) > 0 {
		return match{}, false
	}
	here, elsewhere := false, 0
	for _, s := range f.e.Scouts {
		switch {
		case s.Address == nodes[0]:
			here = s.Outcome == scenarios.OutcomeFailed
		case scoutGotIn(s):
			elsewhere++
		}
	}
	if !here || elsewhere == 0 {
		return match{}, false
	}
	failed := countFailed(f.left, nil)
	return match{
		says:    fmt.Sprintf("%s to %s failed, as did the scout before, and scouts got in over %d other node%s", allOf(failed, "session"), nodes[0], elsewhere, plural(elsewhere)),
		subject: nodes[0].String(),
	}, true
}

package cause

import (
	"fmt"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// nodeOfScout: the few failures of a run are at one node alone, where the scout failed,
// too, and others got in elsewhere. The sessions alone are too few to exclude an
// accident: it says where, and leaves why to the reasons, but for a node that is not there.
func nodeOfScout(f facts) (match, bool) {
	nodes := nodesOf(f.left)
	if len(nodes) != 1 || countGood(f.good, at(nodes[0])) > 0 || countFailed(f.failures, notAt(nodes)) > 0 {
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
	m := match{
		says:    fmt.Sprintf("%s to %s failed, as did the scout before, and scouts got in over %d other node%s", allOf(failed, "session"), nodes[0], elsewhere, plural(elsewhere)),
		subject: nodes[0].String(),
	}
	if fix := f.absentNodeFix(); fix != "" {
		m.fix = phrase.Try(fix)
	}
	return m, true
}

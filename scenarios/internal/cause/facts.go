package cause

import (
	"math"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/batch"
)

// facts are the evidence as the patterns read it: the groups of all looks, failures
// of this machine's own left out.
type facts struct {
	e        scenarios.Measured
	good     []scenarios.SuccessGroup
	failures []scenarios.FailureGroup
	left     []scenarios.FailureGroup // of failures, those to be explained
	errors   []scenarios.ErrorGroup   // most frequent first, with the client's hints
	expected batch.CoordinatorSet
	suspect  string // the coordinator that a place names without a session that it answered; "": none
}

func factsOf(e scenarios.Measured) facts {
	looks := batch.Pool(e.Looks)
	f := facts{e: e, errors: batch.ServiceErrors(looks), expected: batch.MatchExpected(e.Scenario, looks)}
	for _, l := range e.Looks {
		if len(l.Successes) == 0 && len(l.Failures) == 0 {
			l = withGroups(l)
		}
		f.good = scenarios.MergeSuccesses(f.good, l.Successes...)
		f.failures = scenarios.MergeFailures(f.failures, l.Failures...)
	}
	f.failures = slices.DeleteFunc(f.failures, func(g scenarios.FailureGroup) bool { return g.Class.IsLocal() })
	return f
}

// withGroups gives a look of an earlier version what its cells and errors tell: who
// answered good sessions, and how many failed, but neither where nor when.
func withGroups(l scenarios.Look) scenarios.Look {
	for _, c := range l.All() {
		if c.OK > 0 {
			l.Successes = scenarios.MergeSuccesses(l.Successes, scenarios.SuccessGroup{
				Place: scenarios.Place{Node: c.Node, Coordinator: c.Coordinator, Part: scenarios.PartParallel}, Extent: scenarios.Extent{Count: c.OK},
			})
		}
	}
	for _, g := range l.Errors {
		l.Failures = scenarios.MergeFailures(l.Failures, scenarios.FailureGroup{
			Class: g.Class, Place: scenarios.Place{Coordinator: g.Coordinator, Part: scenarios.PartParallel}, Extent: scenarios.Extent{Count: g.Count},
		})
	}
	return l
}

// of are the facts without the failures of classes that are none.
func (f facts) of(some func(scenarios.Class) bool) facts {
	f.failures = slices.DeleteFunc(f.failures, func(g scenarios.FailureGroup) bool { return !some(g.Class) })
	f.errors = slices.DeleteFunc(f.errors, func(g scenarios.ErrorGroup) bool { return !some(g.Class) })
	f.left = f.failures
	return f
}

// countGood adds up the sessions of the groups that a condition holds for; nil: of all.
func countGood(groups []scenarios.SuccessGroup, of func(scenarios.Place) bool) int {
	n := 0
	for _, g := range groups {
		if of == nil || of(g.Place) {
			n += g.Count
		}
	}
	return n
}

func countFailed(groups []scenarios.FailureGroup, of func(scenarios.Place) bool) int {
	n := 0
	for _, g := range groups {
		if of == nil || of(g.Place) {
			n += g.Count
		}
	}
	return n
}

func at(node netip.AddrPort) func(scenarios.Place) bool {
	return func(p scenarios.Place) bool { return p.Node == node }
}

func notAt(nodes []netip.AddrPort) func(scenarios.Place) bool {
	return func(p scenarios.Place) bool { return !slices.Contains(nodes, p.Node) }
}

func in(parts ...scenarios.Part) func(scenarios.Place) bool {
	return func(p scenarios.Place) bool { return slices.Contains(parts, p.Part) }
}

// nodes are the nodes that sessions were sent to, sorted.
func (f facts) nodes() []netip.AddrPort {
	var out []netip.AddrPort
	for _, g := range f.good {
		out = append(out, g.Node)
	}
	for _, g := range f.failures {
		out = append(out, g.Node)
	}
	slices.SortFunc(out, netip.AddrPort.Compare)
	out = slices.Compact(out)
	return slices.DeleteFunc(out, func(n netip.AddrPort) bool { return !n.IsValid() })
}

// nodesOf are the nodes of failures, sorted.
func nodesOf(groups []scenarios.FailureGroup) []netip.AddrPort {
	return facts{failures: groups}.nodes()
}

// extent is where the failures to be explained stand among all sessions.
func (f facts) extent() (first, last, firstFailed int) {
	first, firstFailed = math.MaxInt, math.MaxInt
	for _, g := range f.good {
		first, last = min(first, g.First), max(last, g.Last)
	}
	for _, g := range f.failures {
		first, last = min(first, g.First), max(last, g.Last)
	}
	for _, g := range f.left {
		firstFailed = min(firstFailed, g.First)
	}
	return first, last, firstFailed
}

// waits are the shortest and the longest that the failures to be explained waited.
func (f facts) waits() (shortest, longest scenarios.Seconds) {
	for i, g := range f.left {
		if i == 0 {
			shortest = g.MinWait
		}
		shortest, longest = min(shortest, g.MinWait), max(longest, g.MaxWait)
	}
	return shortest, longest
}

// every reports whether there are failures to be explained, and a condition holds
// for all.
func (f facts) every(holds func(scenarios.FailureGroup) bool) bool {
	return len(f.left) > 0 && !slices.ContainsFunc(f.left, func(g scenarios.FailureGroup) bool { return !holds(g) })
}

// gotIn reports whether a session logged in at the nodes of the failures, or, where
// these are not known, anywhere.
func (f facts) gotIn() bool {
	nodes := nodesOf(f.left)
	if len(nodes) == 0 {
		return f.anyGotIn()
	}
	for _, n := range nodes {
		if countGood(f.good, at(n)) > 0 || f.openedAt(n) || slices.ContainsFunc(f.e.Scouts, func(s scenarios.Scout) bool { return s.Address == n && scoutGotIn(s) }) {
			return true
		}
	}
	return false
}

func scoutGotIn(s scenarios.Scout) bool { return s.Outcome == scenarios.OutcomeOK }

// openedAt reports whether a session at a node failed only after it was open.
func (f facts) openedAt(n netip.AddrPort) bool {
	return slices.ContainsFunc(f.failures, func(g scenarios.FailureGroup) bool { return g.Node == n && !g.Class.Phase.UntilOpen() })
}

// anyGotIn reports whether a session logged in anywhere, with the settings of all.
func (f facts) anyGotIn() bool {
	_, ok, _, _ := f.e.Pooled().Total()
	return ok > 0 || slices.ContainsFunc(f.e.Scouts, scoutGotIn) || slices.ContainsFunc(f.errors, func(g scenarios.ErrorGroup) bool { return !g.Class.Phase.UntilOpen() })
}

// chanceAmong is the chance that all of some failures are among n sessions of total,
// where who fails does not depend on which it is.
func chanceAmong(failed, n, total int) float64 {
	p := 1.
	for i := range failed {
		if n-i <= 0 {
			return 0
		}
		p *= float64(n-i) / float64(total-i)
	}
	return p
}

// unlikely is below which chance a pattern is not an accident.
const unlikely = .01

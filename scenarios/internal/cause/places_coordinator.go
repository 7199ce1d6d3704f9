package cause

import (
	"fmt"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/internal/phrase"
)

// namedCoordinator: the sessions that failed said who had answered.
func namedCoordinator(f facts) (match, bool) {
	var names []string
	for _, g := range f.left {
		if g.Coordinator != "" && !slices.Contains(names, g.Coordinator) {
			names = append(names, g.Coordinator)
		}
	}
	if len(names) == 0 {
		return match{}, false
	}
	slices.Sort(names)
	m := match{takes: func(g scenarios.FailureGroup) bool { return g.Coordinator != "" }}
	on := func(p scenarios.Place) bool { return slices.Contains(names, p.Coordinator) }
	elsewhere := func(p scenarios.Place) bool { return p.Coordinator != "" && !on(p) }
	failed, good, others := countFailed(f.left, on), countGood(f.good, on), countGood(f.good, elsewhere)
	where := phrase.List(names)
	if len(names) > 1 && others == 0 {
		where = "all of the " + phrase.Count(len(names), "coordinator") + " that answered"
	}
	m.says = fmt.Sprintf("%d of %d on %s failed", failed, failed+good, where)
	if good == 0 {
		m.says = fmt.Sprintf("%s on %s failed", allOf(failed, "session"), where)
	}
	if others > 0 {
		m.says += fmt.Sprintf(", none of %d on the others", others)
	}
	if len(names) == 1 {
		m.subject = names[0]
	}
	return m, true
}

// suspect is below which chance a coordinator that did not answer is named, where
// sessions failed meanwhile: they are evidence that one went away.
const suspect = .05

// goneCoordinator: one coordinator, and no other, answered until the first failure and
// not since. Where others did not either, it is not known which of them went away.
func goneCoordinator(f facts) (match, bool) {
	_, last, begin := f.extent()
	begin += f.overlap(begin)
	latest := map[string]int{}
	for _, g := range f.good {
		if g.Coordinator != "" {
			latest[g.Coordinator] = max(latest[g.Coordinator], g.Last)
		}
	}
	var gone []string
	for name, seq := range latest {
		if seq < begin {
			gone = append(gone, name)
		}
	}
	since := last - begin + 1
	k := max(len(latest), f.expected.Declared)
	if len(gone) != 1 || k < 2 || stats.MissProbability(1/float64(k), float64(since)) > suspect {
		return match{}, false
	}
	return match{
		says:    fmt.Sprintf("%s answered until about the first failure, and none of %d sessions since", gone[0], since),
		subject: gone[0],
	}, true
}

// overlap is how many sessions may have started after the one that failed first and
// yet have been answered before it.
func (f facts) overlap(first int) int {
	for _, g := range f.left {
		if g.First == first && g.Part != scenarios.PartOrdered {
			return f.e.Scenario.Load.Concurrency
		}
	}
	return len(f.nodes())
}

// unseenCoordinator: one that is declared was never seen, and as many sessions failed
// as it would have had.
func unseenCoordinator(f facts) (match, bool) {
	cs := f.expected
	unseen, names, k := cs.Unseen(), cs.Missing(), len(cs.Slots)
	failed, sessions := countFailed(f.left, nil), countFailed(f.left, nil)+countGood(f.good, nil)
	if unseen == 0 || unseen == k || failed < 2 {
		return match{}, false
	}
	m := match{says: fmt.Sprintf("never seen: %d of %d (seen: %s)", unseen, k, phrase.List(cs.Present()))}
	if len(names) > 0 {
		m.says = "never seen: " + phrase.List(names)
	}
	if len(names) == 1 {
		m.subject = names[0]
	}
	if cs.Declared > 1 && stats.MissProbability(1/float64(k), float64(sessions)) <= suspect && consistentWith(failed, sessions, unseen, k) {
		m.says = fmt.Sprintf("consistent with %s broken of %s, %s", phrase.Number(unseen), phrase.Number(k), m.says)
	} else {
		m.takes = func(scenarios.FailureGroup) bool { return false } // it may be due to something else
	}
	return m, true
}

// consistentWith reports whether the number of failures is what broken coordinators
// out of all would give: neither tail is below 2.5 %.
func consistentWith(failed, sessions, broken, of int) bool {
	p := float64(broken) / float64(of)
	return stats.BinomialAtLeast(failed, sessions, p) > .025 && stats.BinomialAtMost(failed, sessions, p) > .025
}

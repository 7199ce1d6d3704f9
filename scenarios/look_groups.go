package scenarios

import (
	"fmt"
	"net/netip"
)

// where is who answered sessions, and over which node.
type where struct {
	node        netip.AddrPort
	coordinator string
}

// checkGroups compares the groups of a look with its cells and its errors; a result of an
// earlier version has none.
func (l Look) checkGroups(all outcomeCounts) error {
	if len(l.Successes) == 0 && len(l.Failures) == 0 {
		return nil
	}
	ok, failed := 0, 0
	for _, g := range l.Successes {
		ok += g.Count
	}
	for _, g := range l.Failures {
		if g.Heard > g.Count || g.MinWait > g.MaxWait {
			return fmt.Errorf("failures: %s on %s contradicts itself", g.Class, g.Node)
		}
		failed += g.Count
	}
	if ok != all.ok || failed != all.failed {
		return fmt.Errorf("its groups have %d ok and %d failed, but the cells %d and %d", ok, failed, all.ok, all.failed)
	}
	if err := l.checkClasses(); err != nil {
		return err
	}
	return l.checkPlaces()
}

// checkClasses compares the classes of the groups with those of the errors. Both have as
// many sessions, so that no error is of a class which no group has.
func (l Look) checkClasses() error {
	groups, failures := map[Class]int{}, map[Class]int{}
	for _, g := range l.Failures {
		groups[g.Class] += g.Count
	}
	for _, g := range l.Errors {
		failures[g.Class] += g.Count
	}
	for _, g := range l.Failures {
		if n := failures[g.Class]; n != groups[g.Class] {
			return fmt.Errorf("its groups have %d %s, but its errors %d", groups[g.Class], g.Class, n)
		}
	}
	return nil
}

// checkPlaces compares the places of the groups with the cells. Both have as many sessions,
// so that no group is where no cell is. Of groups that were too many, some have no place.
func (l Look) checkPlaces() error {
	ok, failed := map[where]int{}, map[where]int{}
	for _, g := range l.Successes {
		if !g.Node.IsValid() {
			return nil
		}
		ok[where{g.Node, g.Coordinator}] += g.Count
	}
	for _, g := range l.Failures {
		if !g.Node.IsValid() {
			return nil
		}
		failed[where{g.Node, g.Coordinator}] += g.Count
	}
	for _, c := range l.All() {
		if n := ok[where{c.Node, c.Coordinator}]; n != c.OK {
			return fmt.Errorf("its groups have %d ok on %.100q over %s, but the cells %d", n, c.Coordinator, c.Node, c.OK)
		}
		if n := failed[where{c.Node, c.Coordinator}]; n != c.Failed {
			return fmt.Errorf("its groups have %d failed on %.100q over %s, but the cells %d", n, c.Coordinator, c.Node, c.Failed)
		}
	}
	return nil
}

// checkSeen fails where a coordinator was seen that no session met.
func (l Look) checkSeen() error {
	met := l.All().ByCoordinator()
	for _, s := range l.Seen {
		if met[s.Coordinator] == 0 {
			return fmt.Errorf("%.100q was seen, but has no sessions", s.Coordinator)
		}
	}
	return nil
}

package scenarios

import (
	"fmt"
	"net/netip"
)

// checkOrder fails where the order of a look's sessions does not have the sessions
// of its tally: every identified one, and of the others all but those that this
// machine could not open.
func (l Look) checkOrder() error {
	if err := l.Sequence.check(); err != nil {
		return fmt.Errorf("sequence: %w", err)
	}
	if len(l.Sequence.Steps) == 0 && l.Blocks.IsZero() {
		return nil // of an earlier version
	}
	type place struct {
		node        netip.AddrPort
		coordinator string
	}
	due := map[place]int{}
	for _, c := range l.Tally {
		due[place{c.Node, c.Coordinator}] += c.Sessions()
	}
	for s := range l.Sequence.All() {
		due[place{s.Node, s.Coordinator}]--
	}
	for _, block := range l.Blocks.List {
		for _, c := range block {
			due[place{c.Node, c.Coordinator}] -= c.Sessions
		}
	}
	left := 0
	for at, n := range due {
		if n < 0 || n > 0 && at.coordinator != "" {
			return fmt.Errorf("its tally and its order differ by %d sessions of %s on %q", n, at.node, at.coordinator)
		}
		left += n
	}
	if local := l.Local(); left > local {
		return fmt.Errorf("its order lacks %d sessions of the tally, but only %d failed on this machine", left, local)
	}
	return nil
}

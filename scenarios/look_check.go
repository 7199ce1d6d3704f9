package scenarios

import (
	"errors"
	"fmt"
)

// checkOrder fails where the order of a look's sessions does not have the sessions
// of its tally: every identified one, and of the others all but those that this
// machine could not open.
func (l Look) checkOrder() error {
	if err := l.checkSequences(); err != nil {
		return err
	}
	if l.Ordered() == 0 && l.Blocks.IsZero() {
		return nil // of an earlier version
	}
	due := map[where]int{}
	for _, c := range l.Tally {
		due[where{c.Node, c.Coordinator}] += c.Sessions()
	}
	for _, order := range l.Orders() {
		for s := range order.All() {
			due[where{s.Node, s.Coordinator}]--
		}
	}
	for _, block := range l.Blocks.List {
		for _, c := range block {
			due[where{c.Node, c.Coordinator}] -= c.Sessions
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

// checkSequences fails where one of the orders is none that a run can have had, or
// where it is unclear which of them are meant.
func (l Look) checkSequences() error {
	if err := l.Sequence.check(); err != nil {
		return fmt.Errorf("sequence: %w", err)
	}
	switch {
	case len(l.Sequence.Steps) > 0 && len(l.Sequences) > 0:
		return errors.New("it has both a sequence and sequences")
	case len(l.Sequences) > max(1, l.Clients):
		return fmt.Errorf("it has %d sequences of %d clients", len(l.Sequences), max(1, l.Clients))
	}
	for i, s := range l.Sequences {
		if err := s.check(); err != nil {
			return fmt.Errorf("sequences[%d]: %w", i, err)
		}
	}
	return nil
}

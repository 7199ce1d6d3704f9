package scenarios

import (
	"fmt"
	"net/netip"
)

// sum is what became of some sessions.
type sum struct{ ok, failed, unknown int }

func (s sum) sessions() int { return s.ok + s.failed + s.unknown }

func (s sum) String() string {
	return fmt.Sprintf("%d ok, %d failed and %d unknown", s.ok, s.failed, s.unknown)
}

func (s *sum) add(c Cell) {
	s.ok += c.OK
	s.failed += c.Failed
	s.unknown += c.Unknown
}

// sums are the cells of all looks, added up in every way in which a result does.
type sums struct {
	all   sum
	nodes map[netip.AddrPort]*NodeTally
	names map[string]*sum
}

// conserved fails where sessions came from nowhere or were lost: every count of
// a result is a sum over the cells of its looks.
func (r Result) conserved() error {
	s := r.Sessions
	if s.Attempted != s.OK+s.Failed+s.Unknown {
		return fmt.Errorf("sessions: %d attempted are not %s", s.Attempted, sum{s.OK, s.Failed, s.Unknown})
	}
	in := sums{nodes: map[netip.AddrPort]*NodeTally{}, names: map[string]*sum{}}
	for _, l := range r.Looks {
		if err := in.look(l); err != nil {
			return err
		}
	}
	if want := (sum{s.OK, s.Failed, s.Unknown}); in.all != want {
		return fmt.Errorf("looks: their cells hold %s, and sessions says %s", in.all, want)
	}
	if n := errorsIn(r.Errors); n != s.Failed {
		return fmt.Errorf("errors: %d are not the %d failed sessions", n, s.Failed)
	}
	if err := in.checkNodes(r.Nodes); err != nil {
		return err
	}
	return in.checkNames(r.Coords)
}

// look adds a look's cells.
func (in *sums) look(l Look) error {
	var all sum
	for _, t := range []Tally{l.Tally, l.Burst} {
		for _, c := range t {
			all.add(c)
			in.all.add(c)
			in.cell(c)
		}
	}
	if n := errorsIn(l.Errors); n != all.failed {
		return fmt.Errorf("looks: %d failed sessions, and %d errors of theirs", all.failed, n)
	}
	return nil
}

func (in *sums) cell(c Cell) {
	n := in.nodes[c.Node]
	if n == nil {
		n = &NodeTally{Coordinators: map[string]int{}}
		in.nodes[c.Node] = n
	}
	n.Sessions += c.Sessions()
	n.Failed += c.Failed
	if c.Coordinator == "" {
		n.Unattributed += c.Sessions()
		return
	}
	n.Coordinators[c.Coordinator] += c.Sessions()
	if in.names[c.Coordinator] == nil {
		in.names[c.Coordinator] = &sum{}
	}
	in.names[c.Coordinator].add(c)
}

// checkNodes holds the nodes' tallies against the cells.
func (in *sums) checkNodes(nodes []NodeTally) error {
	for _, n := range nodes {
		have := in.nodes[n.Address]
		delete(in.nodes, n.Address)
		if have == nil {
			have = &NodeTally{}
		}
		if n.Sessions != have.Sessions || n.Failed != have.Failed || n.Unattributed != have.Unattributed {
			return fmt.Errorf("nodes: %s has %d sessions (%d failed, %d of nobody), and the looks' cells %d (%d, %d)",
				n.Address, n.Sessions, n.Failed, n.Unattributed, have.Sessions, have.Failed, have.Unattributed)
		}
		for name, count := range n.Coordinators {
			if count != have.Coordinators[name] {
				return fmt.Errorf("nodes: %s has %d sessions of %q, and the looks' cells %d", n.Address, count, name, have.Coordinators[name])
			}
			delete(have.Coordinators, name)
		}
		for name, count := range have.Coordinators {
			if count > 0 {
				return fmt.Errorf("nodes: %s has no session of %q, and the looks' cells %d", n.Address, name, count)
			}
		}
	}
	for node, n := range in.nodes {
		if n.Sessions > 0 {
			return fmt.Errorf("nodes: %s is not listed, and the looks' cells have %d sessions of it", node, n.Sessions)
		}
	}
	return nil
}

// checkNames holds the coordinators' tallies against the cells.
func (in *sums) checkNames(coords []CoordTally) error {
	for _, c := range coords {
		have := in.names[c.Name]
		delete(in.names, c.Name)
		if have == nil {
			have = &sum{}
		}
		if c.Sessions != have.sessions() || c.Failed != have.failed {
			return fmt.Errorf("coordinators: %q has %d sessions (%d failed), and the looks' cells %d (%d)",
				c.Name, c.Sessions, c.Failed, have.sessions(), have.failed)
		}
	}
	for name, s := range in.names {
		if s.sessions() > 0 {
			return fmt.Errorf("coordinators: %q is not listed, and the looks' cells have %d sessions of it", name, s.sessions())
		}
	}
	return nil
}

func errorsIn(groups []ErrorGroup) int {
	n := 0
	for _, g := range groups {
		n += g.Count
	}
	return n
}

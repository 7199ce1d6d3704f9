package scenarios

import (
	"cmp"
	"net/netip"
	"slices"
)

// Cell counts the sessions that one node handed to one coordinator.
type Cell struct {
	Node        netip.AddrPort `json:"node"`
	Coordinator string         `json:"coordinator"` // "": unidentified
	OK          int            `json:"ok"`
	Failed      int            `json:"failed,omitempty"`
	Unknown     int            `json:"unknown,omitempty"`
}

// Sessions is the number of sessions in the cell, however they ended.
func (c Cell) Sessions() int { return c.OK + c.Failed + c.Unknown }

// Tally counts sessions by node and coordinator, sorted by both. The zero
// value is empty and ready to use; Add and Merge are its only writers.
type Tally []Cell

// Add counts one session. A coordinator "" is one that was never learned.
func (t *Tally) Add(node netip.AddrPort, coordinator string, outcome Outcome) {
	c := t.cell(node, coordinator)
	switch outcome {
	case OutcomeOK:
		c.OK++
	case OutcomeFailed:
		c.Failed++
	default:
		c.Unknown++
	}
}

// Merge adds every cell of other.
func (t *Tally) Merge(other Tally) {
	for _, o := range other {
		c := t.cell(o.Node, o.Coordinator)
		c.OK += o.OK
		c.Failed += o.Failed
		c.Unknown += o.Unknown
	}
}

// cell returns the cell of node and coordinator, and adds it where it is missing.
func (t *Tally) cell(node netip.AddrPort, coordinator string) *Cell {
	i, found := slices.BinarySearchFunc(*t, Cell{Node: node, Coordinator: coordinator}, byNodeAndCoordinator)
	if !found {
		*t = slices.Insert(*t, i, Cell{Node: node, Coordinator: coordinator})
	}
	return &(*t)[i]
}

func byNodeAndCoordinator(a, b Cell) int {
	return cmp.Or(a.Node.Compare(b.Node), cmp.Compare(a.Coordinator, b.Coordinator))
}

// Total returns all sessions, and of them the ones that were OK, failed, or
// ended unknown: total = ok + failed + unknown.
func (t Tally) Total() (total, ok, failed, unknown int) {
	for _, c := range t {
		ok += c.OK
		failed += c.Failed
		unknown += c.Unknown
	}
	return ok + failed + unknown, ok, failed, unknown
}

// ByCoordinator counts the attributed sessions, failed ones included: a
// session that was identified before it failed shows where it was sent.
func (t Tally) ByCoordinator() map[string]int {
	n := map[string]int{}
	for _, c := range t {
		if c.Coordinator != "" {
			n[c.Coordinator] += c.Sessions()
		}
	}
	return n
}

// Unidentified counts the sessions whose coordinator is not known.
func (t Tally) Unidentified() int {
	n := 0
	for _, c := range t {
		if c.Coordinator == "" {
			n += c.Sessions()
		}
	}
	return n
}

// Coordinators lists the names seen, sorted, without "".
func (t Tally) Coordinators() []string {
	return sortedSet(t, func(c Cell) (string, bool) { return c.Coordinator, c.Coordinator != "" }, cmp.Compare[string])
}

// Nodes lists the nodes dialled, sorted.
func (t Tally) Nodes() []netip.AddrPort {
	return sortedSet(t, func(c Cell) (netip.AddrPort, bool) { return c.Node, true }, netip.AddrPort.Compare)
}

func sortedSet[T comparable](t Tally, of func(Cell) (T, bool), compare func(T, T) int) []T {
	var out []T
	for _, c := range t {
		if v, ok := of(c); ok {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, compare)
	return slices.Compact(out)
}

package scenarios

import (
	"cmp"
	"net/netip"
	"slices"
	"time"
)

// Sessions that ended alike are one group: where they were sent, in which part of
// the run, and between which of its sessions. Causes are told from that.

// Place is where a session was sent, and when in the run.
type Place struct {
	Node        netip.AddrPort `json:"node"`        // the zero value, "": groups were too many to keep apart
	Coordinator string         `json:"coordinator"` // "": unidentified
	Part        Part           `json:"part"`
}

func (p Place) compare(q Place) int {
	return cmp.Or(p.Node.Compare(q.Node), cmp.Compare(p.Coordinator, q.Coordinator), cmp.Compare(p.Part, q.Part))
}

// Extent counts sessions and says which they were. First and Last are the numbers
// that observations have as seq, in the order of starting.
type Extent struct {
	Count   int `json:"count"`
	First   int `json:"first"`
	Last    int `json:"last"`
	MinOpen int `json:"min_open"` // how many sessions of the run were open when it opened, itself included, or failed
	MaxOpen int `json:"max_open"`
}

func extentOf(o Observation) Extent {
	return Extent{Count: 1, First: o.Seq, Last: o.Seq, MinOpen: o.Open, MaxOpen: o.Open}
}

// Merge adds the sessions of other; an empty one has neither first nor last.
func (e *Extent) Merge(other Extent) {
	switch {
	case other.Count == 0:
		return
	case e.Count == 0:
		*e = other
		return
	}
	e.Count += other.Count
	e.First, e.Last = min(e.First, other.First), max(e.Last, other.Last)
	e.MinOpen, e.MaxOpen = min(e.MinOpen, other.MinOpen), max(e.MaxOpen, other.MaxOpen)
}

// SuccessGroup is the good sessions of one place.
type SuccessGroup struct {
	Place
	Extent
}

// FailureGroup is the failed sessions of one place and one class.
type FailureGroup struct {
	Class Class `json:"class"`
	Place
	Extent
	MinWait Seconds `json:"min_wait_s"` // how long it waited in the phase in which it failed
	MaxWait Seconds `json:"max_wait_s"`
	Heard   int     `json:"heard"` // of them, those to which the other side had sent something
}

// maxGroups bounds the groups of one look and outcome, since coordinators name
// themselves; beyond it, sessions are counted without a place.
const maxGroups = 512

// MergeSuccesses adds groups to those of into, which is sorted by place, and stays so.
func MergeSuccesses(into []SuccessGroup, groups ...SuccessGroup) []SuccessGroup {
	at := func(g SuccessGroup) (int, bool) {
		return slices.BinarySearchFunc(into, g, func(a, b SuccessGroup) int { return a.compare(b.Place) })
	}
	for _, g := range groups {
		i, found := at(g)
		if !found && len(into) >= maxGroups {
			g.Place = Place{Part: g.Part}
			i, found = at(g)
		}
		if found {
			into[i].Merge(g.Extent)
		} else {
			into = slices.Insert(into, i, g)
		}
	}
	return into
}

// MergeFailures adds groups to those of into, which is sorted by class and place,
// and stays so.
func MergeFailures(into []FailureGroup, groups ...FailureGroup) []FailureGroup {
	at := func(g FailureGroup) (int, bool) {
		return slices.BinarySearchFunc(into, g, func(a, b FailureGroup) int {
			return cmp.Or(a.Class.Compare(b.Class), a.compare(b.Place))
		})
	}
	for _, g := range groups {
		i, found := at(g)
		if !found && len(into) >= maxGroups {
			g.Place = Place{Part: g.Part}
			i, found = at(g)
		}
		if !found {
			into = slices.Insert(into, i, g)
			continue
		}
		have := &into[i]
		have.Merge(g.Extent)
		have.MinWait, have.MaxWait = min(have.MinWait, g.MinWait), max(have.MaxWait, g.MaxWait)
		have.Heard += g.Heard
	}
	return into
}

// addToGroup counts a session where its like are.
func (l *Look) addToGroup(o Observation) {
	place := Place{Node: o.Node, Coordinator: o.Who.Coordinator, Part: o.Part}
	switch o.Outcome {
	case OutcomeOK:
		l.Successes = MergeSuccesses(l.Successes, SuccessGroup{place, extentOf(o)})
	case OutcomeFailed:
		wait := waitedOf(o)
		g := FailureGroup{Class: o.Class, Place: place, Extent: extentOf(o), MinWait: wait, MaxWait: wait}
		if o.BytesIn > 0 {
			g.Heard = 1
		}
		l.Failures = MergeFailures(l.Failures, g)
	}
}

// waitedOf is how long a session waited, to the millisecond.
func waitedOf(o Observation) Seconds {
	return SecondsOf(max(0, o.Waited).Truncate(time.Millisecond))
}

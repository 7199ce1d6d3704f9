package scenarios

import (
	"cmp"
	"slices"
)

// CloseTally is how closing the good sessions of one coordinator went. A session
// that had failed before is in none: that its close fails, too, says nothing more.
type CloseTally struct {
	Coordinator string `json:"coordinator"` // "": unidentified
	Closes      int    `json:"closes"`
	Failed      int    `json:"failed"`
	Class       Class  `json:"class,omitzero"`    // of the first failure
	Example     string `json:"example,omitempty"` // its text, untrusted
}

// MaxCloses is how many coordinators have a tally of their own; those beyond are counted
// as unidentified.
const MaxCloses = maxGroups

// MergeCloses adds tallies to those of into, which is sorted by coordinator, and
// stays so; the first failure of each is kept.
func MergeCloses(into []CloseTally, tallies ...CloseTally) []CloseTally {
	at := func(name string) (int, bool) {
		return slices.BinarySearchFunc(into, name, func(t CloseTally, name string) int { return cmp.Compare(t.Coordinator, name) })
	}
	for _, t := range tallies {
		i, found := at(t.Coordinator)
		if !found && len(into)-unidentified(into) >= MaxCloses {
			t.Coordinator = ""
			i, found = at("")
		}
		if !found {
			into = slices.Insert(into, i, t)
			continue
		}
		have := &into[i]
		if have.Failed == 0 {
			have.Class, have.Example = t.Class, t.Example
		}
		have.Closes += t.Closes
		have.Failed += t.Failed
	}
	return into
}

// unidentified is 1 where the tallies, which are sorted, begin with the one of sessions
// that nobody's name is known of.
func unidentified(sorted []CloseTally) int {
	if len(sorted) > 0 && sorted[0].Coordinator == "" {
		return 1
	}
	return 0
}

// CloseTallyOf is the close of one session; false where it had failed before, or
// was never opened.
func CloseTallyOf(o Observation) (CloseTally, bool) {
	if o.Outcome != OutcomeOK || o.Closed == OutcomeUnknown {
		return CloseTally{}, false
	}
	t := CloseTally{Coordinator: o.Who.Coordinator, Closes: 1}
	if o.Closed == OutcomeFailed {
		t.Failed, t.Class, t.Example = 1, o.CloseClass, o.CloseText
	}
	return t, true
}

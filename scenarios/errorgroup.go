package scenarios

import (
	"cmp"
	"slices"
)

// ErrorGroup counts the failed sessions of one class and one coordinator.
type ErrorGroup struct {
	Class       Class  `json:"class"`
	Coordinator string `json:"coordinator"` // "": it failed before it said who answered
	Count       int    `json:"count"`
	Example     string `json:"example"` // the first text, untrusted
	Hint        Fixes  `json:"hint,omitempty"`
}

// MergeErrors adds groups to those of into, which is sorted by class and then
// coordinator, and stays so; the first example and hint of each are kept. It
// changes into.
func MergeErrors(into []ErrorGroup, groups ...ErrorGroup) []ErrorGroup {
	for _, g := range groups {
		i, found := slices.BinarySearchFunc(into, g, func(a, b ErrorGroup) int {
			return cmp.Or(a.Class.Compare(b.Class), cmp.Compare(a.Coordinator, b.Coordinator))
		})
		if found {
			into[i].Count += g.Count
		} else {
			into = slices.Insert(into, i, g)
		}
	}
	return into
}

func (l *Look) addError(o Observation) {
	l.Errors = MergeErrors(l.Errors, ErrorGroup{
		Class: o.Class, Coordinator: o.Who.Coordinator, Count: 1, Example: o.Text, Hint: o.Hint,
	})
}

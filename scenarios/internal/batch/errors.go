package batch

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Failures counts the failed sessions of all looks.
func Failures(looks []Look) int {
	n := 0
	for _, l := range looks {
		n += l.Failed()
	}
	return n
}

// Errors pools the errors of all looks, most frequent first.
func Errors(looks []Look) []scenarios.ErrorGroup {
	var all []scenarios.ErrorGroup
	for _, l := range looks {
		all = scenarios.MergeErrors(all, l.errors...)
	}
	slices.SortStableFunc(all, func(a, b scenarios.ErrorGroup) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), a.Class.Compare(b.Class), cmp.Compare(a.Coordinator, b.Coordinator))
	})
	return all
}

// ServiceErrors are the classes that the service has to do with.
func ServiceErrors(looks []Look) []scenarios.ErrorGroup {
	return slices.DeleteFunc(Errors(looks), func(g scenarios.ErrorGroup) bool { return g.Class.IsLocal() })
}

// Texts are classes as they are printed.
func Texts(classes []scenarios.Class) []string {
	var out []string
	for _, c := range classes {
		out = append(out, c.String())
	}
	return out
}

package report

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// The most values that a label has. Prometheus keeps a series for each of them, and of
// the sessions one for each coordinator, node and outcome.
const (
	maxLabelCoordinators = 64
	maxLabelNodes        = 16
	maxLabelClasses      = 32
	maxLabelFindings     = 64
)

// other is the label of what is beyond these numbers.
const other = "other"

// metricLabels are the values that labels have.
type metricLabels struct {
	coordinators boundedLabel[string]
	nodes        boundedLabel[netip.AddrPort]
	classes      boundedLabel[scenarios.Class]
	findings     boundedLabel[string]
}

// labelsOf chooses those that a result shows by name: expected coordinators before
// others, since one that is missing is what people look for, and the most frequent
// first.
func labelsOf(r scenarios.Result) metricLabels {
	all := r.Pooled()
	return metricLabels{
		coordinators: boundLabel(maxLabelCoordinators, name, coordinatorsToShow(r, all)),
		nodes:        boundLabel(maxLabelNodes, address, nodesToShow(r, all)),
		classes:      boundLabel(maxLabelClasses, func(c scenarios.Class) string { return name(c.String()) }, classesToShow(r)),
		findings:     boundLabel(maxLabelFindings, name, findingsToShow(r)),
	}
}

func coordinatorsToShow(r scenarios.Result, all scenarios.Tally) []string {
	coords := slices.Clone(r.Coords)
	slices.SortStableFunc(coords, func(a, b scenarios.CoordTally) int {
		return cmp.Or(cmp.Compare(stats.Indicator(b.Expected != nil), stats.Indicator(a.Expected != nil)), b.Sessions-a.Sessions)
	})
	var out []string
	for _, c := range coords {
		out = append(out, c.Name)
	}
	return append(out, all.Coordinators()...)
}

func nodesToShow(r scenarios.Result, all scenarios.Tally) []netip.AddrPort {
	var out []netip.AddrPort
	for _, n := range r.Nodes {
		out = append(out, n.Address)
	}
	out = append(out, all.Nodes()...)
	for _, c := range r.TLS {
		out = append(out, c.Node)
	}
	return out
}

func classesToShow(r scenarios.Result) []scenarios.Class {
	counts := map[scenarios.Class]int{}
	for _, e := range r.Errors {
		counts[e.Class] += e.Count
	}
	return slices.SortedFunc(maps.Keys(counts), func(a, b scenarios.Class) int {
		return cmp.Or(counts[b]-counts[a], a.Compare(b))
	})
}

func findingsToShow(r scenarios.Result) []string {
	var out []string
	for _, f := range r.Findings {
		out = append(out, f.ID)
	}
	return out
}

// boundedLabel has the values of one label.
type boundedLabel[T comparable] struct {
	shown   map[T]string
	omitted int // beyond the bound
}

// boundLabel shows the first of all, up to a number. What is "" as a label is of no name
// and needs no place.
func boundLabel[T comparable](most int, text func(T) string, all []T) boundedLabel[T] {
	b := boundedLabel[T]{shown: map[T]string{}}
	counted := map[T]bool{}
	for _, v := range all {
		if counted[v] || text(v) == "" {
			continue
		}
		counted[v] = true
		if len(b.shown) < most {
			b.shown[v] = text(v)
		} else {
			b.omitted++
		}
	}
	return b
}

// of is a value as the label has it.
func (b boundedLabel[T]) of(v T) string {
	if text, ok := b.shown[v]; ok {
		return text
	}
	return other
}

// coordinator is the label of a coordinator, which may be unknown.
func (l metricLabels) coordinator(c string) string {
	if name(c) == "" {
		return unidentified
	}
	return l.coordinators.of(c)
}

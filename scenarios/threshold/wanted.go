package threshold

import (
	"cmp"
	"slices"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Wanted lists the times that a scenario's thresholds need and that a run
// records on request alone, each metric and tag once, sorted, without values:
// times by coordinator or node, and, by tag "", those of a metric that no
// single phase holds. A scenario whose thresholds cannot be read wants none.
func Wanted(s scenarios.Scenario) []scenarios.TagTimes {
	all, _ := parseAll(s)
	var out []scenarios.TagTimes
	for _, t := range all {
		if m := t.Metric; t.Agg != AggregateErrorRate && m.recordedBy() && !m.inQueries(s) {
			out = append(out, scenarios.TagTimes{Metric: m.Name, Tag: m.Tag})
		}
	}
	key := func(a, b scenarios.TagTimes) int {
		return cmp.Or(cmp.Compare(a.Metric, b.Metric), cmp.Compare(a.Tag, b.Tag))
	}
	slices.SortFunc(out, key)
	return slices.CompactFunc(out, func(a, b scenarios.TagTimes) bool { return key(a, b) == 0 })
}

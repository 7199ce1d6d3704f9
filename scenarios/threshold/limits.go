package threshold

import (
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// ErrorLimit is the limit that a load's stages set themselves on failed
// sessions: a load may be meant to find out how many fail.
func ErrorLimit(s scenarios.Scenario) (Threshold, bool) {
	all, err := parseAll(s)
	i := slices.IndexFunc(all, func(t Threshold) bool {
		return t.Metric.Name == sessionMetric && t.Agg == AggregateErrorRate && (t.Metric.Tag == "" || t.Metric.Value == each)
	})
	if err != nil || i < 0 {
		return Threshold{}, false
	}
	return all[i], true
}

// CountsDropped reports whether some threshold depends on sessions that were due and
// never started.
func CountsDropped(s scenarios.Scenario) bool {
	all, err := parseAll(s)
	return err == nil && slices.ContainsFunc(all, func(t Threshold) bool {
		atMost := strings.HasPrefix(t.Op, "<")
		return t.Metric.fromDue() && t.Agg.timed() && atMost || t.Agg == AggregateCount && !atMost
	})
}

// Timed reports whether some threshold is of a time.
func Timed(s scenarios.Scenario) bool {
	all, err := parseAll(s)
	return err == nil && slices.ContainsFunc(all, func(t Threshold) bool { return t.Agg.timed() })
}

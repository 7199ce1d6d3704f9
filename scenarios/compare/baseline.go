package compare

import (
	"fmt"
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Baseline is an earlier run as far as another of the scenario s is to be held against it by the
// limits. It fails where the two have no figures in common.
func Baseline(before scenarios.Result, s scenarios.Scenario, limits []Limit) (*scenarios.Baseline, error) {
	if err := inCommon(before.Scenario, s); err != nil {
		return nil, err
	}
	b := &scenarios.Baseline{Run: before.Run, Started: before.Started, Incomplete: !before.Complete}
	for _, d := range differences(before.Scenario, s) {
		b.Differs = append(b.Differs, d.String())
	}
	for _, l := range limits {
		f := figureOf(before.Measured, l)
		b.Figures = append(b.Figures, scenarios.BaselineFigure{
			Limit: l.String(), Count: f.count, Value: finite(f.value, f.count), Low: finite(f.low, f.count), High: finite(f.high, f.count),
		})
	}
	return b, nil
}

// inCommon fails where two scenarios have no figures in common.
func inCommon(before, after scenarios.Scenario) error {
	was, is := before.Kind.OrLooks(), after.Kind.OrLooks()
	switch {
	case was != is:
		return fmt.Errorf("a run of kind %s and one of kind %s have no figures in common", was, is)
	case kinds[is].none:
		return fmt.Errorf("a run of kind %s has no figures to compare", is)
	}
	return nil
}

// differences are the settings that may be why figures differ.
func differences(before, after scenarios.Scenario) []scenarios.Difference {
	return scenarios.Differences(before, after, "description", "seed", "thresholds", "inconclusive", "strict_errors")
}

// finite is a number that JSON can hold; nil: it is infinite, or there is none.
func finite(v float64, count int) *float64 {
	if count == 0 || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// figureBefore is a stored figure. What has no number has none to be compared with.
func figureBefore(b scenarios.BaselineFigure) figure {
	f := figure{count: b.Count, value: math.Inf(1), low: math.Inf(-1), high: math.Inf(1)}
	for _, n := range []struct {
		from *float64
		to   *float64
	}{{b.Value, &f.value}, {b.Low, &f.low}, {b.High, &f.high}} {
		if n.from != nil {
			*n.to = *n.from
		}
	}
	return f
}

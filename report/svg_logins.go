package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// percentile is a curve of the chart of logins.
type percentile struct {
	class, name string
	of          float64
}

var percentiles = []percentile{{"curve-p99", "p99", .99}, {"curve-p95", "p95", .95}, {"curve", "p50", .5}}

// knowsLogins reports whether the logins of some column are known.
func (t timeline) knowsLogins() bool {
	return slices.ContainsFunc(t.points, func(p scenarios.Point) bool { return !p.Logins.IsZero() })
}

// logins draws the percentiles of the logins of each interval, and the slowest.
func (t timeline) logins() *chart {
	var times []time.Duration
	for _, p := range t.points {
		if p.LoginMax > 0 {
			times = append(times, p.LoginMax.Duration())
		}
		if at, ok := p.Login(.5); ok {
			times = append(times, at)
		}
	}
	scale := logScaleOf(times)
	c := t.frame(chart{
		ID: "logins-over-time", Title: "Logins, from when they were due, in " + exactSeconds(t.width) + " each, on a logarithmic axis",
		Desc:   "The longest is " + short(slices.Max(times)) + ".",
		Legend: []legend{{"curve", "line", "p50"}, {"curve-p95", "line", "p95"}, {"curve-p99", "line", "p99"}, {"slowest", "line", "slowest"}},
	}, scale.fineTicks())
	y := func(d time.Duration) float64 { return plotEnd - scale.share(d)*plotHeight }
	for _, q := range percentiles {
		for _, run := range t.runs(func(p scenarios.Point) bool { return !p.Logins.IsZero() }) {
			c.Marks = append(c.Marks, t.steps(q.class, run, func(p scenarios.Point) float64 {
				at, _ := p.Login(q.of)
				return y(at)
			}))
		}
	}
	for i, p := range t.points {
		if p.LoginMax > 0 {
			c.Marks = append(c.Marks, line("slowest", t.x(i), y(p.LoginMax.Duration()), t.columnWidth(), 0))
		}
	}
	c.Marks = append(c.Marks, t.columns(loginsOf)...)
	return c
}

// loginsOf are the numbers of an interval, as one text; "": there are none.
func loginsOf(p scenarios.Point) string {
	if p.LoginMax == 0 {
		return ""
	}
	var b strings.Builder
	for _, q := range slices.Backward(percentiles) {
		if at, ok := p.Login(q.of); ok {
			fmt.Fprintf(&b, "%s %s, ", q.name, short(at))
		}
	}
	return b.String() + "slowest " + short(p.LoginMax.Duration())
}

// slowestLogins draws the longest login of each interval beside the percentiles of all: of
// a run of an earlier version no more is known; nil where there was none.
func (t timeline) slowestLogins(load *scenarios.LoadStats) *chart {
	longest := scenarios.Seconds(0)
	for _, p := range t.points {
		longest = max(longest, p.LoginMax)
	}
	if longest == 0 {
		return nil
	}
	c := t.frame(chart{
		ID: "slowest", Title: "Slowest login, from when it was due, in " + exactSeconds(t.width) + " each",
		Desc:   "The longest is " + short(longest.Duration()) + ".",
		Legend: []legend{{"curve", "line", "slowest login"}},
	}, linearTicks(float64(longest), func(s float64) string { return either(s == 0, "0", short(scenarios.Seconds(s).Duration())) }))
	y := func(s float64) float64 { return plotEnd - clamp(s/float64(longest), 0, 1)*plotHeight }
	for _, run := range t.runs(func(p scenarios.Point) bool { return p.LoginMax > 0 }) {
		c.Marks = append(c.Marks, t.steps("curve", run, func(p scenarios.Point) float64 { return y(float64(p.LoginMax)) }))
	}
	c.Marks = append(c.Marks, t.columns(loginsOf)...)
	if load == nil || load.Login.Count() == 0 {
		return c
	}
	for _, q := range slices.Backward(percentiles) {
		at := load.Login.Quantile(q.of)
		c.Marks = append(c.Marks, line("level-"+q.name, plotLeft, y(at.Seconds()), plotWidth, 0).standsFor(q.name, short(at)))
		c.Legend = append(c.Legend, legend{"level-" + q.name, "line", q.name + " of all, " + short(at)})
	}
	return c
}

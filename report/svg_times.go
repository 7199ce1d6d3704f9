package report

import (
	"fmt"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// timeRow is how long something took: the time that half of the sessions, and 95 and 99
// of a hundred did not exceed, and the longest. What is not known is 0.
type timeRow struct {
	name               string
	p50, p95, p99, max time.Duration
}

// percentilesOf is a row of a histogram.
func percentilesOf(name string, t scenarios.Times) timeRow {
	return timeRow{name, t.Quantile(.5), t.Quantile(.95), t.Quantile(.99), t.Max()}
}

// ofSpread is a row of times in short, in which 99 of a hundred are not known.
func ofSpread(row loginRow) timeRow {
	return timeRow{name: row.name, p50: row.P50.Duration(), p95: row.P95.Duration(), max: row.Max.Duration()}
}

// phasesChart draws how long each phase took; nil where there is none.
func phasesChart(_ *page, r scenarios.Result) *chart {
	var rows []timeRow
	for phase := range scenarios.NumPhases {
		if r.Phases.Count(phase) > 0 {
			rows = append(rows, percentilesOf(phase.String(), r.Phases.Times(phase)))
		}
	}
	return timesChart("times", "Time by phase, on a logarithmic axis", "phase", rows)
}

// loadChart draws how long logins took from when they were due, and how late they were.
func loadChart(_ *page, r scenarios.Result) *chart {
	if r.Load == nil {
		return nil
	}
	var rows []timeRow
	for _, n := range fromDue(*r.Load) {
		if n.times.Count() > 0 {
			rows = append(rows, percentilesOf(n.name, n.times))
		}
	}
	return timesChart("from-due", "Time from when sessions were due, on a logarithmic axis", "row", rows)
}

// loginsChart draws how long logins took by coordinator, and by node.
func loginsChart(p *page, r scenarios.Result) *chart {
	coordinators, nodes := p.loginRows(r)
	var rows []timeRow
	for _, half := range [][]loginRow{coordinators, nodes} {
		if len(half) < 2 {
			continue
		}
		for _, row := range half {
			rows = append(rows, ofSpread(row))
		}
	}
	return timesChart("login-times", "Time to log in by coordinator and node, on a logarithmic axis", "row", rows)
}

// timesChart draws a row for each of some times; nil where there are none.
func timesChart(id, title, noun string, all []timeRow) *chart {
	if len(all) == 0 {
		return nil
	}
	rows, beyond := firstRows(all, noun)
	var times []time.Duration
	withP99 := false
	for _, row := range rows {
		times = append(times, row.p50, row.max)
		withP99 = withP99 || row.p99 > 0
	}
	scale := logScaleOf(times)
	end := rowHeight * float64(len(rows))
	c := &chart{
		ID: id, Title: title, Beyond: beyond, Height: end + axisHeight, Marks: scale.axis(end),
		Desc:   fmt.Sprintf("A row for each of %s, from %s to %s: percentiles as marks along a line. The table has the numbers.", count(len(all), noun), powerOfTen(int(scale.low)), powerOfTen(int(scale.high))),
		Legend: []legend{{"p50", "p50", "p50"}, {"p95", "p95", "p95"}},
	}
	if withP99 {
		c.Legend = append(c.Legend, legend{"p99", "p99", "p99"})
	}
	c.Legend = append(c.Legend, legend{"max", "max", "max"})
	for i, row := range rows {
		c.Marks = append(c.Marks, timesRow(row, float64(i)*rowHeight, scale)...)
	}
	return c
}

// timesRow draws one row: each percentile has a shape of its own.
func timesRow(row timeRow, y float64, scale logScale) []mark {
	last, term := row.p99, "p99"
	if row.p99 == 0 {
		last, term = row.max, "max"
	}
	marks := rowLabels(y, row.name, fmt.Sprintf("p50 %s, %s %s", short(row.p50), term, short(last)))
	middle := y + barTop + barHeight/2
	x50, x95, xmax := scale.x(row.p50), scale.x(row.p95), scale.x(row.max)
	marks = append(marks, line("whisker", x50, middle, xmax-x50, 0), rect("band", x50, middle-3, x95-x50, 6))
	marks = append(marks, shapeAt("max", xmax, middle).standsFor(row.name+" max", short(row.max)))
	if row.p99 > 0 {
		marks = append(marks, shapeAt("p99", scale.x(row.p99), middle).standsFor(row.name+" p99", short(row.p99)))
	}
	return append(marks, shapeAt("p95", x95, middle).standsFor(row.name+" p95", short(row.p95)),
		shapeAt("p50", x50, middle).standsFor(row.name+" p50", short(row.p50)))
}

// shapes are the paths of marks around a point: a circle, a square, a triangle, a line.
var shapes = map[string]string{
	"p50": "m-6 0a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z",
	"p95": "m-5 -5h10v10h-10z",
	"p99": "m-6 5h12l-6 -11z",
	"max": "m0 -8v16",
}

func shapeAt(shape string, x, y float64) mark {
	return mark{Shape: "path", Class: shape, Path: fmt.Sprintf("M%g %g%s", px(clamp(x, 6, chartWidth-6)), px(y), shapes[shape])}
}

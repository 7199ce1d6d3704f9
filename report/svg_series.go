package report

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxColumns is how many columns a chart over time has at most.
const maxColumns = 80

// seriesCharts draws sessions over time, each measure on its own scale, with the events
// of a watch by their numbers.
func seriesCharts(p *page, r scenarios.Result) []*chart {
	if r.Series == nil || len(r.Series.Points) < minPoints {
		return nil
	}
	points, width := downsample(*r.Series, maxColumns)
	t := timeline{points: points, width: width}
	if r.Watch != nil {
		all := p.events(*r.Watch)
		t.events = all[:min(maxRows, len(all))]
	}
	if t.knowsLogins() {
		return []*chart{t.sessions(), t.open(), t.logins()}
	}
	return []*chart{t.sessions(), t.open(), t.slowestLogins(r.Load)}
}

// timeline is what charts over time share.
type timeline struct {
	points []scenarios.Point
	width  scenarios.Seconds // of a point
	events []event
}

// The measures of charts over time: their marks stand below the numbers of events and
// above the axis.
const (
	plotLeft   = 78.0 // right of the numbers of its scale
	plotWidth  = chartWidth - plotLeft
	plotTop    = 30.0
	plotHeight = 150.0
	plotEnd    = plotTop + plotHeight
)

// x is where a column begins.
func (t timeline) x(i int) float64 { return plotLeft + float64(i)/float64(len(t.points))*plotWidth }

// lasts is how long all columns are, in seconds.
func (t timeline) lasts() float64 { return float64(t.width) * float64(len(t.points)) }

// axisTick is a line across a chart, at a share of its axis, and what it stands for.
type axisTick struct {
	share float64
	label string
}

// linearTicks are round numbers up to the highest.
func linearTicks(highest float64, label func(float64) string) []axisTick {
	var out []axisTick
	for _, n := range ticks(highest) {
		out = append(out, axisTick{n / max(highest, 1e-12), label(n)})
	}
	return out
}

// countLabel is a number of sessions on an axis.
func countLabel(n float64) string { return fmt.Sprintf("%.4g", n) }

// frame is the chart without what it measures: its axes and events.
func (t timeline) frame(c chart, levels []axisTick) *chart {
	c.Height = plotEnd + axisHeight
	for _, tick := range levels {
		y := plotEnd - tick.share*plotHeight
		c.Marks = append(c.Marks, line("grid", plotLeft, y, plotWidth, 0), caption("tick", "end", plotLeft-8, y+5, tick.label))
	}
	for _, tick := range ticks(t.lasts())[1:] {
		x := plotLeft + tick/t.lasts()*plotWidth
		c.Marks = append(c.Marks, caption("tick", anchorAt(x), x, plotEnd+20, exactSeconds(scenarios.Seconds(tick))))
	}
	c.Marks = append(c.Marks, line("axis", plotLeft, plotEnd, plotWidth, 0))
	c.Marks = append(c.Marks, t.eventMarks()...)
	if len(t.events) > 0 {
		c.Legend = append(c.Legend, legend{"event", "line", "an event, by its number in the list"})
	}
	return &c
}

// eventMarks draws a line at each event, and its number; those that stand too close for
// that share one text.
func (t timeline) eventMarks() []mark {
	const apart = 44.0 // that numbers need
	var out []mark
	first, at := 0, 0.0
	for i, e := range t.events {
		x := plotLeft + clamp(float64(e.at)/t.lasts(), 0, 1)*plotWidth
		if i == 0 || x-at > apart {
			first, at = i, x
		}
		out = append(out, line("event", x, plotTop-8, 0, plotHeight+8))
		if next := i + 1; next < len(t.events) && plotLeft+clamp(float64(t.events[next].at)/t.lasts(), 0, 1)*plotWidth-at <= apart {
			continue
		}
		numbers := strconv.Itoa(i + 1)
		if i > first {
			numbers = strconv.Itoa(first+1) + "–" + numbers
		}
		out = append(out, caption("event-number", anchorAt(at), at, plotTop-12, numbers))
	}
	return out
}

// sessions draws how many started, and how many of them failed.
func (t timeline) sessions() *chart {
	highest, started, failed := 1, 0, 0
	for _, p := range t.points {
		highest = max(highest, p.Started)
		started, failed = started+p.Started, failed+p.Failed
	}
	c := t.frame(chart{
		ID: "started", Title: "Sessions started, in " + exactSeconds(t.width) + " each",
		Desc: fmt.Sprintf("%s started and %d of them failed; the most in %s are %d.", count(started, "session"), failed, exactSeconds(t.width), highest),
		Legend: []legend{
			{"bar", "rect", "started"}, {"failed", "rect", "of them failed"},
		},
	}, linearTicks(float64(highest), countLabel))
	w := t.columnWidth()
	for i, p := range t.points {
		h := func(n int) float64 { return float64(n) / float64(highest) * plotHeight }
		at := exactSeconds(t.width * scenarios.Seconds(i))
		if p.Started > 0 {
			c.Marks = append(c.Marks, rect("bar", t.x(i), plotEnd-h(p.Started), w*.85, h(p.Started)).standsFor(at, strconv.Itoa(p.Started)))
		}
		if p.Failed > 0 {
			c.Marks = append(c.Marks, rect("failed", t.x(i), plotEnd-max(2, h(p.Failed)), w*.85, max(2, h(p.Failed))).standsFor(at+", failed", strconv.Itoa(p.Failed)))
		}
	}
	return c
}

// open draws how many were open, or of a run of an earlier version, how many were held
// open; nil where there was none at the end of any column.
func (t timeline) open() *chart {
	title, of := "Sessions open", func(p scenarios.Point) int { return p.Open }
	if !slices.ContainsFunc(t.points, func(p scenarios.Point) bool { return p.Open > 0 }) {
		title, of = "Sessions held open", func(p scenarios.Point) int { return p.Held }
	}
	highest := 0
	for _, p := range t.points {
		highest = max(highest, of(p))
	}
	if highest == 0 {
		return nil
	}
	c := t.frame(chart{
		ID: "open", Title: title,
		Desc:   fmt.Sprintf("The most at the end of %s are %d.", exactSeconds(t.width), highest),
		Legend: []legend{{"curve", "line", "open at the end of each " + exactSeconds(t.width)}},
	}, linearTicks(float64(highest), countLabel))
	c.Marks = append(c.Marks, t.steps("curve", [2]int{0, len(t.points)}, func(p scenarios.Point) float64 {
		return plotEnd - float64(of(p))/float64(highest)*plotHeight
	}))
	c.Marks = append(c.Marks, t.columns(func(p scenarios.Point) string { return strconv.Itoa(of(p)) })...)
	return c
}

func (t timeline) columnWidth() float64 { return plotWidth / float64(len(t.points)) }

// columns are marks that nobody sees, one for each column that has numbers: they are shown
// by pointing at it.
func (t timeline) columns(numbers func(scenarios.Point) string) []mark {
	var out []mark
	for i, p := range t.points {
		if text := numbers(p); text != "" {
			out = append(out, rect("column", t.x(i), plotTop, t.columnWidth(), plotHeight).standsFor(exactSeconds(t.width*scenarios.Seconds(i)), text))
		}
	}
	return out
}

// steps is a curve that is level within each column of a run.
func (t timeline) steps(class string, run [2]int, y func(scenarios.Point) float64) mark {
	var points [][2]float64
	for i := run[0]; i < run[1]; i++ {
		at := y(t.points[i])
		points = append(points, [2]float64{t.x(i), at}, [2]float64{t.x(i + 1), at})
	}
	return polyline(class, points)
}

// runs are the columns in a row that have something: from one, to the one after the last.
func (t timeline) runs(has func(scenarios.Point) bool) [][2]int {
	var out [][2]int
	for i, p := range t.points {
		switch last := len(out) - 1; {
		case !has(p):
		case last >= 0 && out[last][1] == i:
			out[last][1]++
		default:
			out = append(out, [2]int{i, i + 1})
		}
	}
	return out
}

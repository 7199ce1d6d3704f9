package report

import (
	"fmt"
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
	return []*chart{t.sessions(), t.held(), t.logins(r.Load)}
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

// frame is the chart without what it measures: its axes and events.
func (t timeline) frame(c chart, highest float64, label func(float64) string) *chart {
	c.Height = plotEnd + axisHeight
	for _, tick := range ticks(highest) {
		y := plotEnd - tick/max(highest, 1e-12)*plotHeight
		c.Marks = append(c.Marks, line("grid", plotLeft, y, plotWidth, 0), caption("tick", "end", plotLeft-8, y+5, label(tick)))
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
	}, float64(highest), func(n float64) string { return fmt.Sprintf("%.4g", n) })
	w := plotWidth / float64(len(t.points))
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

// held draws how many were open; nil where none was kept open.
func (t timeline) held() *chart {
	highest := 0
	for _, p := range t.points {
		highest = max(highest, p.Held)
	}
	if highest == 0 {
		return nil
	}
	c := t.frame(chart{
		ID: "open", Title: "Sessions held open",
		Desc:   fmt.Sprintf("The most at once are %d.", highest),
		Legend: []legend{{"curve", "line", "open at the end of each " + exactSeconds(t.width)}},
	}, float64(highest), func(n float64) string { return fmt.Sprintf("%.4g", n) })
	var points [][2]float64
	for i, p := range t.points {
		y := plotEnd - float64(p.Held)/float64(highest)*plotHeight
		points = append(points, [2]float64{t.x(i), y}, [2]float64{t.x(i + 1), y})
	}
	c.Marks = append(c.Marks, polyline("curve", points).standsFor("most", strconv.Itoa(highest)))
	return c
}

// logins draws the longest login of each interval beside the percentiles of all.
func (t timeline) logins(load *scenarios.LoadStats) *chart {
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
	}, float64(longest), func(s float64) string { return either(s == 0, "0", short(scenarios.Seconds(s).Duration())) })
	y := func(s float64) float64 { return plotEnd - clamp(s/float64(longest), 0, 1)*plotHeight }
	for _, run := range t.withLogins() {
		var points [][2]float64
		for i := run[0]; i < run[1]; i++ {
			at := y(float64(t.points[i].LoginMax))
			points = append(points, [2]float64{t.x(i), at}, [2]float64{t.x(i + 1), at})
		}
		c.Marks = append(c.Marks, polyline("curve", points).standsFor("longest", short(longest.Duration())))
	}
	if load == nil || load.Login.Count() == 0 {
		return c
	}
	for _, q := range []struct {
		class string
		of    float64
	}{{"p50", .5}, {"p95", .95}, {"p99", .99}} {
		at := load.Login.Quantile(q.of)
		c.Marks = append(c.Marks, line("level-"+q.class, plotLeft, y(at.Seconds()), plotWidth, 0).standsFor(q.class, short(at)))
		c.Legend = append(c.Legend, legend{"level-" + q.class, "line", q.class + " of all, " + short(at)})
	}
	return c
}

// withLogins are the columns in a row in which sessions were opened: from one, to the one
// after the last.
func (t timeline) withLogins() [][2]int {
	var out [][2]int
	for i, p := range t.points {
		switch last := len(out) - 1; {
		case p.LoginMax == 0:
		case last >= 0 && out[last][1] == i:
			out[last][1]++
		default:
			out = append(out, [2]int{i, i + 1})
		}
	}
	return out
}

package report

import (
	"fmt"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/internal/stats"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// sharesChart draws each coordinator's share of the sessions, where it would lie but for
// chance, and the share that is expected. It is nil where there is none to compare.
func sharesChart(p *page, r scenarios.Result) *chart {
	total := 0
	for _, c := range r.Coords {
		total += c.Sessions
	}
	if !kindOf(r).balance || total == 0 {
		return nil
	}
	coords, beyond := firstRows(r.Coords, "coordinator")
	scale := shareScale(coords, total)
	c := &chart{
		ID: "shares", Title: "Share of the sessions by coordinator", Beyond: beyond,
		Desc: fmt.Sprintf("A bar for each of %s on a scale from 0 to %s, with its 95 %% interval and the share that is expected of it. The table has the numbers.",
			count(len(r.Coords), "coordinator"), percent(scale)),
		Legend: []legend{{"bar", "rect", "share of the sessions"}, {"interval", "line", "95 % interval"}},
	}
	x := func(share float64) float64 { return clamp(share, 0, scale) / scale * chartWidth }
	end := rowHeight * float64(len(coords))
	for _, tick := range ticks(scale) {
		c.Marks = append(c.Marks, line("grid", x(tick), 0, 0, end), caption("tick", anchorAt(x(tick)), x(tick), end+20, fmt.Sprintf("%.3g %%", 100*tick)))
	}
	expected := false
	for i, coord := range coords {
		c.Marks = append(c.Marks, shareRow(p, coord, total, float64(i)*rowHeight, x)...)
		expected = expected || coord.Expected != nil
	}
	if expected {
		c.Legend = append(c.Legend, legend{"expected", "line", "expected share"})
	}
	c.Height = end + axisHeight
	return c
}

// shareScale is the largest share that has to be drawn.
func shareScale(coords []scenarios.CoordTally, total int) float64 {
	scale := .05
	for _, c := range coords {
		_, high := stats.Interval(c.Sessions, total)
		scale = max(scale, high)
		if c.Expected != nil {
			scale = max(scale, clamp(*c.Expected, 0, 1))
		}
	}
	return min(1, scale*1.02)
}

// shareRow draws one coordinator.
func shareRow(p *page, c scenarios.CoordTally, total int, y float64, x func(float64) float64) []mark {
	share := float64(c.Sessions) / float64(total)
	low, high := stats.Interval(c.Sessions, total)
	marks := rowLabels(y, p.coordinator(c.Name), count(c.Sessions, "session")+", "+percent(share))
	middle := y + barTop + barHeight/2
	bar := rect("bar", 0, y+barTop, x(share), barHeight).standsFor(p.coordinator(c.Name), strconv.Itoa(c.Sessions))
	marks = append(marks, rect("track", 0, y+barTop, chartWidth, barHeight), bar,
		line("interval", x(low), middle, x(high)-x(low), 0), line("interval", x(low), middle-4, 0, 8), line("interval", x(high), middle-4, 0, 8))
	if c.Expected != nil {
		marks = append(marks, line("expected", x(*c.Expected), y+barTop-4, 0, barHeight+8))
	}
	return marks
}

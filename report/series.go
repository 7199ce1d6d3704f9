package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A course shorter than leastPoints is no picture; one column stands for one
// point or more.
const leastPoints = 5

// levels draw a share of the greatest value, in eighths begun; the first is nothing.
const levels = " .:-=+*#@"

// writeSeries draws how many sessions started, failed and were held over time.
func writeSeries(p *page, r scenarios.Result) {
	if r.Series == nil || len(r.Series.Points) < leastPoints {
		return
	}
	const beside = 36 // columns for the name and the scale
	points, width := squeezed(*r.Series, p.width-beside)
	p.title(fmt.Sprintf("Course of the run, %s a column", elapsed(width)))
	p.spark("started", points, func(t scenarios.Point) int { return t.Started }, " in "+elapsed(width))
	p.spark("failed", points, func(t scenarios.Point) int { return t.Failed }, " in "+elapsed(width))
	p.spark("held", points, func(t scenarios.Point) int { return t.Held }, "")
}

// squeezed is the series in at most so many points, and their width.
func squeezed(s scenarios.Series, most int) ([]scenarios.Point, scenarios.Seconds) {
	each := (len(s.Points) + most - 1) / most
	width := s.Width
	if width == 0 {
		width = 1
	}
	var out []scenarios.Point
	for i, t := range s.Points {
		if i%each == 0 {
			out = append(out, scenarios.Point{})
		}
		last := &out[len(out)-1]
		last.Started += t.Started
		last.Failed += t.Failed
		last.Held = t.Held // at the stretch's end
	}
	return out, width * scenarios.Seconds(each)
}

// spark writes one line, on a scale of its own that stands at its end; nothing
// where there never was any.
func (p *page) spark(term string, points []scenarios.Point, of func(scenarios.Point) int, per string) {
	most := 0
	for _, t := range points {
		most = max(most, of(t))
	}
	if most == 0 {
		return
	}
	var b strings.Builder
	for _, t := range points {
		b.WriteByte(level(of(t), most))
	}
	p.line(fmt.Sprintf("%s%-8s[%s] @ is %d%s", indent, term, b.String(), most, per))
}

// level is the character for n of most: only 0 is drawn as nothing.
func level(n, most int) byte {
	eighths := math.Ceil(float64(n) / float64(most) * float64(len(levels)-1))
	return levels[int(eighths)]
}

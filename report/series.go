package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A series of fewer points is not drawn. A column is one point or more.
const minPoints = 5

// levels draw a share of the max in eighths, rounded up; the first is zero.
const levels = " .:-=+*#@"

// writeSeries draws how many sessions started, failed and were held over time.
func writeSeries(p *page, r scenarios.Result) {
	if r.Series == nil || len(r.Series.Points) < minPoints {
		return
	}
	const beside = 36 // columns for the name and the scale
	points, width := downsample(*r.Series, p.width-beside)
	p.title(fmt.Sprintf("Over time, %s per column", exactSeconds(width)))
	p.spark("started", points, func(t scenarios.Point) int { return t.Started }, " in "+exactSeconds(width))
	p.spark("failed", points, func(t scenarios.Point) int { return t.Failed }, " in "+exactSeconds(width))
	p.spark("held", points, func(t scenarios.Point) int { return t.Held }, "")
}

// downsample returns the series in at most limit points, and their width.
func downsample(s scenarios.Series, limit int) ([]scenarios.Point, scenarios.Seconds) {
	each := (len(s.Points) + limit - 1) / limit
	width := s.Width
	if width == 0 {
		width = 1
	}
	var out []scenarios.Point
	for i, t := range s.Points {
		if i%each == 0 {
			out = append(out, scenarios.Point{})
		}
		out[len(out)-1].Follow(t)
	}
	return out, width * scenarios.Seconds(each)
}

// spark writes one line with its own scale at the end; nothing where all is zero.
func (p *page) spark(term string, points []scenarios.Point, of func(scenarios.Point) int, per string) {
	highest := 0
	for _, t := range points {
		highest = max(highest, of(t))
	}
	if highest == 0 {
		return
	}
	var b strings.Builder
	for _, t := range points {
		b.WriteByte(level(of(t), highest))
	}
	p.line(fmt.Sprintf("%s%-8s[%s] @ is %d%s", indent, term, b.String(), highest, per))
}

// level is the character for n on a scale up to highest: only 0 is a blank.
func level(n, highest int) byte {
	eighths := math.Ceil(float64(n) / float64(highest) * float64(len(levels)-1))
	return levels[int(eighths)]
}

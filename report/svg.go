package report

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// chart is a drawing, as wide as [chartWidth]. Its words say what it shows to those who
// do not see it; the numbers are in a table beside it, or in Desc.
type chart struct {
	ID     string
	Title  string
	Desc   string
	Height float64
	Marks  []mark
	Legend []legend
	Beyond string // what was left out; "": nothing
}

// legend explains a mark by one like it.
type legend struct {
	Class string
	Shape string // of the mark
	Text  string
}

// mark is one shape. What it stands for is in Name and Value, for whoever reads
// numbers off a page.
type mark struct {
	Shape      string // "rect", "line", "path", "text"
	Class      string
	X, Y, W, H float64 // of a line: from X, Y by W, H
	Path       string  // of a path
	Text       string
	Anchor     string // of a text: "start", "middle" or "end"
	Tip        string // shown by pointing at it
	Name       string
	Value      string
}

// The measures of charts, in units of their viewBox. The style sheet makes the text
// larger on narrow screens, which rows and margins leave room for.
const (
	chartWidth = 640.0
	rowHeight  = 46.0 // of a row with a name above its bar
	barTop     = 26.0 // of the bar in it
	barHeight  = 14.0
	axisHeight = 34.0
	maxLabel   = 34 // characters of a name over a bar
)

// px rounds to a tenth of a unit, so that pages are short.
func px(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return math.Round(10*x) / 10
}

func rect(class string, x, y, w, h float64) mark {
	return mark{Shape: "rect", Class: class, X: px(x), Y: px(y), W: px(max(0, w)), H: px(max(0, h))}
}

func line(class string, x, y, w, h float64) mark {
	return mark{Shape: "line", Class: class, X: px(x), Y: px(y), W: px(x + w), H: px(y + h)}
}

func caption(class, anchor string, x, y float64, s string) mark {
	return mark{Shape: "text", Class: class, Anchor: anchor, X: px(x), Y: px(y), Text: s}
}

// polyline is a path through points.
func polyline(class string, points [][2]float64) mark {
	var b strings.Builder
	for i, p := range points {
		fmt.Fprintf(&b, "%s%g %g", either(i == 0, "M", "L"), px(p[0]), px(p[1]))
	}
	return mark{Shape: "path", Class: class, Path: b.String()}
}

// standsFor says what a mark shows.
func (m mark) standsFor(name, value string) mark {
	m.Name, m.Value = name, value
	m.Tip = name + ": " + value
	return m
}

// rowLabels are the name and the numbers over a bar.
func rowLabels(y float64, name, numbers string) []mark {
	label := caption("label", "start", 0, y+18, shorten(name, maxLabel))
	if label.Text != name {
		label.Tip = name
	}
	return []mark{label, caption("numbers", "end", chartWidth, y+18, numbers)}
}

// ticks are round numbers from 0 to high, five at most.
func ticks(high float64) []float64 {
	if !(high > 0) || math.IsInf(high, 0) {
		return []float64{0}
	}
	step := math.Pow(10, math.Floor(math.Log10(high)))
	for _, part := range []float64{.1, .2, .25, .5, 1, 2, 2.5} {
		if high/(step*part) <= 4 {
			step *= part
			break
		}
	}
	var out []float64
	for i := 0; float64(i)*step <= high*1.0001 && i <= 12; i++ {
		out = append(out, float64(i)*step)
	}
	return out
}

// logScale maps times to a width, by their logarithm.
type logScale struct{ low, high float64 } // powers of ten, in seconds

// logScaleOf has all of some times in it.
func logScaleOf(times []time.Duration) logScale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, t := range times {
		s := clamp(t.Seconds(), 1e-6, maxSeconds)
		low, high = min(low, math.Floor(math.Log10(s))), max(high, math.Ceil(math.Log10(s)))
	}
	if math.IsInf(low, 0) {
		low, high = 0, 1
	}
	return logScale{low, max(high, low+1)}
}

func (l logScale) x(t time.Duration) float64 { return l.share(t) * chartWidth }

// share is how far along a time is, from 0 to 1.
func (l logScale) share(t time.Duration) float64 {
	at := math.Log10(clamp(t.Seconds(), 1e-6, maxSeconds))
	return clamp((at-l.low)/(l.high-l.low), 0, 1)
}

// ticks are the powers of ten.
func (l logScale) ticks() []axisTick {
	var out []axisTick
	for e := l.low; e <= l.high; e++ {
		out = append(out, axisTick{(e - l.low) / (l.high - l.low), powerOfTen(int(e))})
	}
	return out
}

// fineTicks are the powers of ten, with twice and five times each where there is room.
func (l logScale) fineTicks() []axisTick {
	out := l.ticks()
	if l.high-l.low > 2 {
		return out
	}
	for e := l.low; e < l.high; e++ {
		for _, n := range []float64{2, 5} {
			at := time.Duration(n * math.Pow10(int(e)) * float64(time.Second))
			out = append(out, axisTick{l.share(at), short(at)})
		}
	}
	return out
}

// axis draws a line at each power of ten down to y, and its name below.
func (l logScale) axis(y float64) []mark {
	var out []mark
	for _, t := range l.ticks() {
		x := t.share * chartWidth
		out = append(out, line("grid", x, 0, 0, y), caption("tick", anchorAt(x), x, y+20, t.label))
	}
	return out
}

// anchorAt keeps a text inside of the drawing.
func anchorAt(x float64) string {
	switch {
	case x < 20:
		return "start"
	case x > chartWidth-20:
		return "end"
	}
	return "middle"
}

// powerOfTen is a time as its axis has it: "100 ms".
func powerOfTen(e int) string {
	switch {
	case e < -3:
		return fmt.Sprintf("%d µs", int(math.Pow10(e+6)))
	case e < 0:
		return fmt.Sprintf("%d ms", int(math.Pow10(e+3)))
	}
	return fmt.Sprintf("%.0f s", math.Pow10(e))
}

// short is a time as a label has it, with three digits.
func short(d time.Duration) string {
	s := clamp(d.Seconds(), 0, maxSeconds)
	switch {
	case s < 1e-3:
		return fmt.Sprintf("%.0f µs", s*1e6)
	case s < 1:
		return fmt.Sprintf("%.3g ms", s*1e3)
	case s < 1000:
		return fmt.Sprintf("%.3g s", s)
	}
	return rounded(s)
}

// firstRows bounds what a chart draws, and says what it leaves out.
func firstRows[T any](rows []T, noun string) ([]T, string) {
	const most = 60
	if len(rows) <= most {
		return rows, ""
	}
	return rows[:most], "... and " + count(len(rows)-most, "more "+noun) + " that are not drawn"
}

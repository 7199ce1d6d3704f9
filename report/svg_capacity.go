package report

import (
	"fmt"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// capacityChart draws what each coordinator held, what it would hold with one of the
// others down, and its threads. It is nil where none held any.
func capacityChart(p *page, r scenarios.Result) *chart {
	if r.Capacity == nil || len(r.Capacity.Holders) == 0 {
		return nil
	}
	holders, beyond := firstRows(r.Capacity.Holders, "coordinator")
	oneDown := r.Capacity.HeldOneDown()
	longest := max(r.Capacity.Threads, oneDown, 1)
	for _, h := range holders {
		longest = max(longest, h.Held)
	}
	c := &chart{
		ID: "held", Title: "Sessions held by coordinator", Beyond: beyond,
		Desc:   fmt.Sprintf("A bar for each of %s on a scale from 0 to %s. The table has the numbers.", count(len(r.Capacity.Holders), "coordinator"), count(longest, "session")),
		Legend: []legend{{"bar", "rect", "held"}},
	}
	if oneDown > 0 {
		c.Legend = append(c.Legend, legend{"one-down", "rect", "what it would hold with one coordinator down"})
	}
	if r.Capacity.Threads > 0 {
		c.Legend = append(c.Legend, legend{"limit", "line", "its " + count(r.Capacity.Threads, "thread")})
	}
	const edge = 4.0 // so that a mark at the end of the scale is whole
	x := func(n int) float64 { return float64(n) / float64(longest) * (chartWidth - edge) }
	end := rowHeight * float64(len(holders))
	for _, tick := range ticks(float64(longest)) {
		if tick == float64(int(tick)) {
			at := x(int(tick))
			c.Marks = append(c.Marks, line("grid", at, 0, 0, end), caption("tick", anchorAt(at), at, end+20, strconv.Itoa(int(tick))))
		}
	}
	for i, h := range holders {
		c.Marks = append(c.Marks, holderRow(p, *r.Capacity, h, float64(i)*rowHeight, x)...)
	}
	c.Height = end + axisHeight
	return c
}

// holderRow draws one coordinator.
func holderRow(p *page, c scenarios.Capacity, h scenarios.Holder, y float64, x func(int) float64) []mark {
	who, oneDown := holderName(p.names, h), 0
	numbers := fmt.Sprintf("%d held", h.Held)
	if c.Full(h) {
		numbers += " (full)"
	}
	if h.Name != "" {
		oneDown = c.HeldOneDown()
	}
	if oneDown > 0 {
		numbers += fmt.Sprintf(", %d with one down", oneDown)
	}
	marks := append(rowLabels(y, who, numbers), rect("track", 0, y+barTop, chartWidth, barHeight))
	if oneDown > 0 {
		class := either(c.Threads > 0 && oneDown > c.Threads, "one-down over", "one-down")
		marks = append(marks, rect(class, 0, y+barTop-2, x(oneDown), barHeight+4))
	}
	class := either(c.Full(h), "bar full", "bar")
	marks = append(marks, rect(class, 0, y+barTop, x(h.Held), barHeight).standsFor(who, strconv.Itoa(h.Held)))
	if c.Threads > 0 && h.Name != "" {
		marks = append(marks, line("limit", x(c.Threads), y+barTop-5, 0, barHeight+10))
	}
	return marks
}

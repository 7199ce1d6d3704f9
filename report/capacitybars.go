package report

import (
	"fmt"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// heldBars draws the bars; nil where there is no room or nothing to draw.
func (p *page) heldBars(c scenarios.Capacity, oneDown, room int) []string {
	if p.collects {
		return nil // a chart has them
	}
	width := min(room, maxBar)
	longest := max(c.Threads, oneDown)
	for _, h := range c.Holders {
		longest = max(longest, h.Held)
	}
	if width < minBar || longest == 0 {
		return nil
	}
	at := func(n int) int { return int(float64(n)/float64(longest)*float64(width-1) + .5) }
	bars := make([]string, len(c.Holders))
	for i, h := range c.Holders {
		b := heldBar{held: at(h.Held), full: c.Full(h), limit: -1}
		if h.Name != "" {
			b.oneDown = at(oneDown)
			if c.Threads > 0 {
				b.limit = at(c.Threads)
			}
		}
		bars[i] = p.drawHeld(b)
	}
	return bars
}

// heldBar is one coordinator's bar, in columns.
type heldBar struct {
	held    int
	oneDown int  // what it would hold with one of the others down
	limit   int  // where its threads end; -1: not known
	full    bool // all threads are in use
}

// drawHeld draws a bar without spaces at its end.
func (p *page) drawHeld(b heldBar) string {
	var out strings.Builder
	part := func(from, to int, mark string, c paint) {
		out.WriteString(p.paint(c, strings.Repeat(mark, max(0, to-from))))
	}
	colour := green
	if b.full {
		colour = red
	}
	end := max(b.held, b.oneDown)
	if b.limit < 0 {
		part(0, b.held, "#", colour)
		part(b.held, b.oneDown, ".", faint)
		return out.String()
	}
	part(0, min(b.held, b.limit), "#", colour)
	part(b.held, min(b.oneDown, b.limit), ".", faint)
	part(end, b.limit, " ", faint)
	part(0, 1, "|", bold)
	part(b.limit+1, b.held, "#", red)
	part(max(b.held, b.limit+1), b.oneDown, ".", red)
	return out.String()
}

func heldLegend(c scenarios.Capacity, oneDown int) string {
	parts := []string{"# held"}
	if oneDown > 0 {
		parts = append(parts, ". what it would hold with one coordinator down")
	}
	if c.Threads > 0 {
		parts = append(parts, fmt.Sprintf("| its %s", count(c.Threads, "thread")))
	}
	return strings.Join(parts, "; ")
}

//go:build linux

package main

import (
	"fmt"
	"strings"
)

// waysMarkdown writes a table per level of the ways in: our client beside impyla with
// the same transport, login and TLS, and beside itself without any.
func (r *results) waysMarkdown(b *strings.Builder) {
	for _, c := range []int{1, 10} {
		rows := r.wayRows(c)
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(b, "\n## Ways in, direct, c=%d\n\n", c)
		b.WriteString("| way | ours: client CPU, us | against plain | impyla: client CPU, us | ours against impyla: CPU | sessions/s | held, ours: KB each | held, impyla: KB each |\n|---|---|---|---|---|---|---|---|\n")
		for _, row := range rows {
			b.WriteString(row)
		}
	}
}

// wayRows returns the rows of a level, the plain one first.
func (r *results) wayRows(c int) (rows []string) {
	var plain float64
	for _, w := range append([]way{{}}, furtherWays...) {
		m := r.cell(cell{Path: pathDirect, way: w, C: c, Peers: true}.name())
		if m == nil {
			continue
		}
		ours := m.overRounds(clientOurs, cpu)
		if w == (way{}) {
			plain = ours.Median
		}
		against := "-"
		if plain > 0 {
			against = formatNumber(ours.Median/plain) + " x"
		}
		q, _ := m.ratio(clientImpyla)
		rows = append(rows, fmt.Sprintf("| %s | %s | %s | %s | %s | %s | %s | %s |\n", w.name(), ours.format(""), against,
			m.overRounds(clientImpyla, cpu).format(""), q.CPU.format(" x"), q.Rate.format(" x"), r.heldEach(clientOurs, w), r.heldEach(clientImpyla, w)))
	}
	return rows
}

// heldEach returns the memory of a held session; "-": not measured.
func (r *results) heldEach(client string, w way) string {
	s, _ := memory(hold{Client: client, way: w})(r)
	return s.format("")
}

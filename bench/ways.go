//go:build linux

package main

import (
	"fmt"
	"strings"
)

// waysMarkdown writes tables of the ways in: our client beside impyla with the same
// transport, login and TLS, and beside itself without any.
func (r *results) waysMarkdown(b *strings.Builder) {
	for _, c := range []int{1, 10} {
		b.WriteString(table(fmt.Sprintf("Ways in, direct, c=%d", c),
			[]string{"way", "ours: client CPU, us", "against plain", "impyla: client CPU, us", "ours against impyla: client CPU", "ours against impyla: sessions/s"}, r.wayRows(c)))
	}
	b.WriteString(table("Ways in, held sessions", []string{"way", "ours: memory each, KB", "against plain", "impyla: memory each, KB", "ours against impyla"}, r.heldRows()))
}

// table returns a table with its heading; without rows it returns nothing.
func table(heading string, columns []string, rows [][]string) string {
	if len(rows) == 0 {
		return ""
	}
	text := "\n## " + heading + "\n\n| " + strings.Join(columns, " | ") + " |\n|" + strings.Repeat("---|", len(columns)) + "\n"
	for _, row := range rows {
		text += "| " + strings.Join(row, " | ") + " |\n"
	}
	return text
}

// allWays are the furtherWays with the plain one before them.
func allWays() []way { return append([]way{{}}, furtherWays...) }

// wayRows returns the rows of a level.
func (r *results) wayRows(c int) (rows [][]string) {
	var plain spread
	for _, w := range allWays() {
		m := r.cell(peerCell(w, c).name())
		if m == nil {
			continue
		}
		ours := m.overRounds(clientOurs, cpu)
		if w == (way{}) {
			plain = ours
		}
		q, _ := m.ratio(clientImpyla)
		rows = append(rows, []string{w.name(), ours.format(""), ours.against(plain), m.overRounds(clientImpyla, cpu).format(""), q.CPU.format(" x"), q.Rate.format(" x")})
	}
	return rows
}

// heldRows returns the rows of held sessions.
func (r *results) heldRows() (rows [][]string) {
	plain, _ := memory(hold{Client: clientOurs})(r)
	for _, w := range allWays() {
		ours, measured := memory(hold{Client: clientOurs, way: w})(r)
		impyla, _ := memory(hold{Client: clientImpyla, way: w})(r)
		if measured {
			rows = append(rows, []string{w.name(), ours.format(""), ours.against(plain), impyla.format(""), ours.against(impyla)})
		}
	}
	return rows
}

// against formats the ratio of medians of different cells; "-": there is none.
func (s spread) against(divisor spread) string {
	if s.N == 0 || divisor.Median == 0 {
		return "-"
	}
	return formatNumber(s.Median/divisor.Median) + " x"
}

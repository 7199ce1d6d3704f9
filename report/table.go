package report

import (
	"bytes"
	"strings"

	"github.com/olekukonko/tablewriter"
	"github.com/olekukonko/tablewriter/renderer"
	"github.com/olekukonko/tablewriter/tw"
)

// column is one column of a table.
type column struct {
	title string
	right bool // numbers
	min   int  // columns to which cells may be shortened; 0: never
	text  bool // words: shortened at their end, not in their middle
}

// indent is that of tables and paragraphs under their title; gap separates the
// columns of a table.
const (
	indent = "  "
	gap    = "  "
)

// maxRows bounds the rows of one table; the JSON has all of them.
const maxRows = 100

// table writes rows under a header line, no wider than the page as long as the
// columns' min widths fit.
func (p *page) table(cols []column, rows [][]string) {
	beyond := 0
	if len(rows) > maxRows {
		rows, beyond = rows[:maxRows], len(rows)-maxRows
	}
	if p.collects {
		p.blocks = append(p.blocks, block{table: &tableBlock{cols: cols, rows: rows, beyond: beyond}})
		return
	}
	fit(cols, rows, p.width-len(indent))
	var buf bytes.Buffer
	t := tablewriter.NewTable(&buf, plain(cols)...)
	header := make([]any, len(cols))
	for i, c := range cols {
		header[i] = c.title
	}
	t.Header(header...)
	err := t.Bulk(rows)
	if err == nil {
		err = t.Render()
	}
	if err != nil {
		p.fail(err)
		return
	}
	for line := range strings.Lines(buf.String()) {
		p.line(indent + line)
	}
	if beyond > 0 {
		p.line(indent + rowsBeyond(beyond))
	}
}

// rowsBeyond says how many rows a table leaves out.
func rowsBeyond(n int) string { return "... and " + count(n, "more row") + " in the JSON" }

// plain is a table without borders: a line under the header, nothing else.
func plain(cols []column) []tablewriter.Option {
	align := make([]tw.Align, len(cols))
	padding := make([]tw.Padding, len(cols))
	for i, c := range cols {
		align[i] = tw.AlignLeft
		padding[i] = tw.Padding{Overwrite: true}
		if i < len(cols)-1 {
			padding[i].Right = gap
		}
		if c.right {
			align[i] = tw.AlignRight
		}
	}
	cell := tw.CellConfig{
		Alignment:  tw.CellAlignment{PerColumn: align},
		Formatting: tw.CellFormatting{AutoWrap: tw.WrapNone, AutoFormat: tw.Off},
		Padding:    tw.CellPadding{PerColumn: padding},
	}
	return []tablewriter.Option{
		tablewriter.WithRenderer(renderer.NewBlueprint(tw.Rendition{
			Borders: tw.BorderNone,
			Symbols: tw.NewSymbols(tw.StyleLight),
			Settings: tw.Settings{
				Separators: tw.Separators{ShowHeader: tw.On, ShowFooter: tw.Off, BetweenRows: tw.Off, BetweenColumns: tw.Off},
				Lines:      tw.Lines{ShowTop: tw.Off, ShowBottom: tw.Off, ShowHeaderLine: tw.On, ShowFooterLine: tw.Off},
			},
		})),
		tablewriter.WithEastAsian(tw.Off),
		tablewriter.WithTrimSpace(tw.Off),
		tablewriter.WithHeaderConfig(cell),
		tablewriter.WithRowConfig(cell),
	}
}

// fit shortens cells, widest column first, until a row takes at most width.
func fit(cols []column, rows [][]string, width int) {
	widths := make([]int, len(cols))
	total := len(gap) * (len(cols) - 1)
	for i, c := range cols {
		widths[i] = columns(c.title)
		for _, row := range rows {
			widths[i] = max(widths[i], columns(row[i]))
		}
		total += widths[i]
	}
	for ; total > width; total-- {
		widest := -1
		for i, c := range cols {
			if c.min > 0 && widths[i] > c.min && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break
		}
		widths[widest]--
	}
	for i, c := range cols {
		cut := shorten
		if c.text {
			cut = truncate
		}
		cols[i].title = cut(c.title, widths[i])
		for _, row := range rows {
			row[i] = cut(row[i], widths[i])
		}
	}
}

package wire

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// TextTable is rows of Beeswax: their cells, row by row.
type TextTable struct {
	width int
	cells []string
}

// Width is the number of columns.
func (t *TextTable) Width() int { return t.width }

// Cell is one value, always a string.
func (t *TextTable) Cell(row, col int) any { return t.cells[row*t.width+col] }

// SplitRows cuts rows that are text with a TAB between columns. Nothing is escaped:
// where a row has a TAB too many, the last column takes the rest.
//
// The number of columns and that of rows are each bounded, their product is not. So
// the TABs of every row are counted first, each of which is a byte that arrived;
// then charge is told what the cells take, and only then are they allocated.
func SplitRows(rows []string, width int, charge func(bytes int) error) (*TextTable, error) {
	t := &TextTable{width: max(width, 1)}
	for _, row := range rows {
		if strings.Count(row, "\t") < t.width-1 {
			return nil, failure(vocab.KindMismatch, "a row with fewer columns than the result has")
		}
	}
	if err := charge(len(rows) * t.width * textOverhead); err != nil {
		return nil, err
	}
	t.cells = make([]string, 0, len(rows)*t.width)
	for _, row := range rows {
		for range t.width - 1 {
			cell, rest, _ := strings.Cut(row, "\t")
			t.cells, row = append(t.cells, cell), rest
		}
		t.cells = append(t.cells, row)
	}
	return t, nil
}

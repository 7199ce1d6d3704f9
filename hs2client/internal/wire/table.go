package wire

// Table is the values of one fetch: rows of columns. A row or column out of range
// panics, as an index does.
type Table interface {
	Width() int
	Cell(row, col int) any // nil for NULL
}

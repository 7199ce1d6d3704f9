package hs2client

import (
	"fmt"
	"strconv"
	"strings"
)

// Rows is the whole result of a statement. The zero value has no rows, like a
// statement without a result. Row and column numbers begin at 0; one out of range
// panics, as an index does.
type Rows struct {
	Columns []Column // as the server describes them; empty: it does not, or was not asked
	pages   []page
	count   int
}

// Column is a column's name and type, both as the server reports them: untrusted.
type Column struct {
	Name string
	Type string // such as "INT", "STRING"; "": not described
}

// Len is the number of rows.
func (r *Rows) Len() int { return r.count }

// Width is the number of columns of each row; 0 where there is no row and no
// description.
func (r *Rows) Width() int {
	if len(r.pages) > 0 {
		return r.pages[0].values.Width()
	}
	return len(r.Columns)
}

// add appends a page, if it has as many columns as those before.
func (r *Rows) add(p page) error {
	if p.rows == 0 {
		return nil
	}
	width := len(r.Columns)
	if width == 0 && len(r.pages) > 0 {
		width = r.pages[0].values.Width()
	}
	if got := p.values.Width(); width != 0 && width != got {
		return mismatch("rows of " + strconv.Itoa(got) + " columns in a result of " + strconv.Itoa(width))
	}
	r.pages = append(r.pages, p)
	r.count += p.rows
	return nil
}

// Value is one cell: nil for NULL, else a bool, int8, int16, int32, int64,
// float64, string or []byte, as the server's column has it. Impala sends DECIMAL,
// TIMESTAMP and DATE as strings (be/src/service/hs2-util.cc). Beeswax sends text
// alone, where NULL cannot be told from the string "NULL".
func (r *Rows) Value(row, col int) any {
	if row < 0 {
		panic("hs2client: negative row")
	}
	for _, p := range r.pages {
		if row < p.rows {
			return p.values.Cell(row, col)
		}
		row -= p.rows
	}
	panic("hs2client: row beyond the last")
}

// Int64 is a cell as a whole number: any integer type, or text that reads as
// one. ok is false for NULL and for everything else.
func (r *Rows) Int64(row, col int) (n int64, ok bool) {
	switch v := r.Value(row, col).(type) {
	case int8:
		return int64(v), true
	case int16:
		return int64(v), true
	case int32:
		return int64(v), true
	case int64:
		return v, true
	case string:
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		return n, err == nil
	}
	return 0, false
}

// String is a cell as text, untrusted; ok is false for NULL.
func (r *Rows) String(row, col int) (text string, ok bool) {
	switch v := r.Value(row, col).(type) {
	case nil:
		return "", false
	case string:
		return v, true
	case []byte:
		return string(v), true
	default:
		return fmt.Sprint(v), true
	}
}

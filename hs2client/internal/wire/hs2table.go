package wire

import (
	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// HS2Table is the columnar rows of a HiveServer2.
type HS2Table hs2.TRowSet

// Width is the number of columns.
func (t *HS2Table) Width() int { return len(t.Columns) }

// RowCount is the one length that all columns have. It fails where they differ, or
// where a column is not exactly one of the union's members.
func (t *HS2Table) RowCount() (int, error) {
	rows := 0
	for i, c := range t.Columns {
		n, set := unionMembers(c)
		if set != 1 {
			return 0, failure(vocab.KindMismatch, "a column of no type, or of several")
		}
		if i > 0 && n != rows {
			return 0, failure(vocab.KindMismatch, "columns of unequal length")
		}
		rows = n
	}
	return rows, nil
}

// unionMembers are how many members of a column's union are set, and the length of
// the last one.
func unionMembers(c *hs2.TColumn) (length, set int) {
	count := func(n int) { length, set = n, set+1 }
	if c.BoolVal != nil {
		count(len(c.BoolVal.Values))
	}
	if c.ByteVal != nil {
		count(len(c.ByteVal.Values))
	}
	if c.I16Val != nil {
		count(len(c.I16Val.Values))
	}
	if c.I32Val != nil {
		count(len(c.I32Val.Values))
	}
	if c.I64Val != nil {
		count(len(c.I64Val.Values))
	}
	if c.DoubleVal != nil {
		count(len(c.DoubleVal.Values))
	}
	if c.StringVal != nil {
		count(len(c.StringVal.Values))
	}
	if c.BinaryVal != nil {
		count(len(c.BinaryVal.Values))
	}
	return length, set
}

// Cell is one value.
func (t *HS2Table) Cell(row, col int) any {
	switch c := t.Columns[col]; {
	case c.BoolVal != nil:
		return valueOrNull(c.BoolVal.Nulls, c.BoolVal.Values, row)
	case c.ByteVal != nil:
		return valueOrNull(c.ByteVal.Nulls, c.ByteVal.Values, row)
	case c.I16Val != nil:
		return valueOrNull(c.I16Val.Nulls, c.I16Val.Values, row)
	case c.I32Val != nil:
		return valueOrNull(c.I32Val.Nulls, c.I32Val.Values, row)
	case c.I64Val != nil:
		return valueOrNull(c.I64Val.Nulls, c.I64Val.Values, row)
	case c.DoubleVal != nil:
		return valueOrNull(c.DoubleVal.Nulls, c.DoubleVal.Values, row)
	case c.StringVal != nil:
		return valueOrNull(c.StringVal.Nulls, c.StringVal.Values, row)
	default:
		return valueOrNull(c.BinaryVal.Nulls, c.BinaryVal.Values, row)
	}
}

// valueOrNull is a value, unless its bit says NULL: one bit a row, the least
// significant first. A row for which the bitmap is too short is not NULL, as
// Impala's own clients read it.
func valueOrNull[T any](nulls []byte, values []T, row int) any {
	if i := row / 8; i < len(nulls) && nulls[i]&(1<<(row%8)) != 0 {
		return nil
	}
	return values[row]
}

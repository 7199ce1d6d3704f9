package hs2client

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// members are the lengths of a column's union members that are set.
func members(c *hs2.TColumn) (length, set int) {
	note := func(n int) { length, set = n, set+1 }
	if c.BoolVal != nil {
		note(len(c.BoolVal.Values))
	}
	if c.ByteVal != nil {
		note(len(c.ByteVal.Values))
	}
	if c.I16Val != nil {
		note(len(c.I16Val.Values))
	}
	if c.I32Val != nil {
		note(len(c.I32Val.Values))
	}
	if c.I64Val != nil {
		note(len(c.I64Val.Values))
	}
	if c.DoubleVal != nil {
		note(len(c.DoubleVal.Values))
	}
	if c.StringVal != nil {
		note(len(c.StringVal.Values))
	}
	if c.BinaryVal != nil {
		note(len(c.BinaryVal.Values))
	}
	return length, set
}

// rowCount is the one length that all columns have. It fails where they differ,
// or where a column is not exactly one of the union's members.
func rowCount(columns []*hs2.TColumn) (int, error) {
	rows := 0
	for i, c := range columns {
		n, set := members(c)
		if set != 1 {
			return 0, &cause{kind: KindMismatch, text: "a column of no type, or of several"}
		}
		if i > 0 && n != rows {
			return 0, &cause{kind: KindMismatch, text: "columns of unequal length"}
		}
		rows = n
	}
	return rows, nil
}

// columnar is a page of HiveServer2.
type columnar hs2.TRowSet

func (c *columnar) width() int            { return len(c.Columns) }
func (c *columnar) cell(row, col int) any { return cell(c.Columns[col], row) }

// cell is one value of a column; nil for NULL.
func cell(c *hs2.TColumn, row int) any {
	switch {
	case c.BoolVal != nil:
		return unlessNull(c.BoolVal.Nulls, c.BoolVal.Values, row)
	case c.ByteVal != nil:
		return unlessNull(c.ByteVal.Nulls, c.ByteVal.Values, row)
	case c.I16Val != nil:
		return unlessNull(c.I16Val.Nulls, c.I16Val.Values, row)
	case c.I32Val != nil:
		return unlessNull(c.I32Val.Nulls, c.I32Val.Values, row)
	case c.I64Val != nil:
		return unlessNull(c.I64Val.Nulls, c.I64Val.Values, row)
	case c.DoubleVal != nil:
		return unlessNull(c.DoubleVal.Nulls, c.DoubleVal.Values, row)
	case c.StringVal != nil:
		return unlessNull(c.StringVal.Nulls, c.StringVal.Values, row)
	}
	return unlessNull(c.BinaryVal.Nulls, c.BinaryVal.Values, row)
}

// unlessNull is a value, unless its bit says NULL: one bit a row, the least
// significant first. A row that the bitmap is too short for is not NULL, as
// Impala's own clients read it.
func unlessNull[T any](nulls []byte, values []T, row int) any {
	if i := row / 8; i < len(nulls) && nulls[i]&(1<<(row%8)) != 0 {
		return nil
	}
	return values[row]
}

// hs2Columns reads a schema; nil where there is none.
func hs2Columns(schema *hs2.TTableSchema) []Column {
	if schema == nil {
		return nil
	}
	columns := make([]Column, len(schema.Columns))
	for i, c := range schema.Columns {
		columns[i].Name = c.ColumnName
		if c.TypeDesc == nil || len(c.TypeDesc.Types) == 0 {
			continue
		}
		if e := c.TypeDesc.Types[0].PrimitiveEntry; e != nil {
			columns[i].Type = strings.TrimSuffix(e.Type.String(), "_TYPE")
		}
	}
	return columns
}

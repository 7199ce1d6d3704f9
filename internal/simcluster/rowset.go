package simcluster

import "github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"

// schemaOf returns the schema of t.
func schemaOf(t *table) *hs2.TTableSchema {
	schema := &hs2.TTableSchema{}
	for i, c := range t.columns {
		primitive := &hs2.TPrimitiveTypeEntry{Type: typeID(c.typ)}
		schema.Columns = append(schema.Columns, &hs2.TColumnDesc{
			ColumnName: c.name, Position: int32(i),
			TypeDesc: &hs2.TTypeDesc{Types: []*hs2.TTypeEntry{{PrimitiveEntry: primitive}}},
		})
	}
	return schema
}

func typeID(t sqlType) hs2.TTypeId {
	return [...]hs2.TTypeId{
		sqlTypeString: hs2.TTypeId_STRING_TYPE, sqlTypeTinyint: hs2.TTypeId_TINYINT_TYPE, sqlTypeSmallint: hs2.TTypeId_SMALLINT_TYPE,
		sqlTypeInt: hs2.TTypeId_INT_TYPE, sqlTypeBigint: hs2.TTypeId_BIGINT_TYPE,
	}[t]
}

// rowSet returns the rows [from, to) in the columnar layout of V6.
func rowSet(t *table, from, to int) *hs2.TRowSet {
	set := &hs2.TRowSet{StartRowOffset: int64(from), Rows: []*hs2.TRow{}}
	for _, c := range t.columns {
		set.Columns = append(set.Columns, columnOf(c, from, to))
	}
	return set
}

// columnOf returns the rows [from, to) of a column, none of them NULL.
func columnOf(c column, from, to int) *hs2.TColumn {
	nulls := make([]byte, (to-from+7)/8)
	switch c.typ {
	case sqlTypeTinyint:
		return &hs2.TColumn{ByteVal: &hs2.TByteColumn{Values: narrowNumbers[int8](c.numbers[from:to]), Nulls: nulls}}
	case sqlTypeSmallint:
		return &hs2.TColumn{I16Val: &hs2.TI16Column{Values: narrowNumbers[int16](c.numbers[from:to]), Nulls: nulls}}
	case sqlTypeInt:
		return &hs2.TColumn{I32Val: &hs2.TI32Column{Values: narrowNumbers[int32](c.numbers[from:to]), Nulls: nulls}}
	case sqlTypeBigint:
		return &hs2.TColumn{I64Val: &hs2.TI64Column{Values: c.numbers[from:to], Nulls: nulls}}
	}
	return &hs2.TColumn{StringVal: &hs2.TStringColumn{Values: c.texts[from:to], Nulls: nulls}}
}

func narrowNumbers[T int8 | int16 | int32](numbers []int64) []T {
	narrow := make([]T, len(numbers))
	for i, n := range numbers {
		narrow[i] = T(n)
	}
	return narrow
}

package simcluster

import (
	"math"

	"github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"
)

// schemaOf returns the schema of t; nil if it has no columns.
func schemaOf(t *table) *hs2.TTableSchema {
	schema := &hs2.TTableSchema{}
	for i, c := range t.columns {
		primitive := &hs2.TPrimitiveTypeEntry{Type: typeID(c.typ), TypeQualifiers: qualifiersOf(c)}
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
		sqlTypeInt: hs2.TTypeId_INT_TYPE, sqlTypeBigint: hs2.TTypeId_BIGINT_TYPE, sqlTypeBoolean: hs2.TTypeId_BOOLEAN_TYPE,
		sqlTypeFloat: hs2.TTypeId_FLOAT_TYPE, sqlTypeDouble: hs2.TTypeId_DOUBLE_TYPE, sqlTypeTimestamp: hs2.TTypeId_TIMESTAMP_TYPE, sqlTypeDate: hs2.TTypeId_DATE_TYPE,
		sqlTypeDecimal: hs2.TTypeId_DECIMAL_TYPE, sqlTypeVarchar: hs2.TTypeId_VARCHAR_TYPE, sqlTypeChar: hs2.TTypeId_CHAR_TYPE,
		sqlTypeNull: hs2.TTypeId_NULL_TYPE,
	}[t]
}

// qualifiersOf returns the sizes that belong to a column's type; nil if none do.
func qualifiersOf(c column) *hs2.TTypeQualifiers {
	number := func(n int) *hs2.TTypeQualifierValue {
		v := int32(n)
		return &hs2.TTypeQualifierValue{I32Value: &v}
	}
	switch c.typ {
	case sqlTypeDecimal:
		return &hs2.TTypeQualifiers{Qualifiers: map[string]*hs2.TTypeQualifierValue{"precision": number(c.size), "scale": number(c.scale)}}
	case sqlTypeVarchar, sqlTypeChar:
		return &hs2.TTypeQualifiers{Qualifiers: map[string]*hs2.TTypeQualifierValue{"characterMaximumLength": number(c.size)}}
	}
	return nil
}

// rowSet returns the rows [from, to): in columns for V6, in rows for an older
// version.
func rowSet(t *table, from, to int, version hs2.TProtocolVersion) *hs2.TRowSet {
	set := &hs2.TRowSet{StartRowOffset: int64(from), Rows: []*hs2.TRow{}}
	if version < hs2.TProtocolVersion_V6 {
		for row := from; row < to; row++ {
			set.Rows = append(set.Rows, rowOf(t, row))
		}
		return set
	}
	for _, c := range t.columns {
		set.Columns = append(set.Columns, columnOf(c, from, to))
	}
	return set
}

// rowOf returns one row. A NULL has no value.
func rowOf(t *table, row int) *hs2.TRow {
	r := &hs2.TRow{ColVals: make([]*hs2.TColumnValue, len(t.columns))}
	for i, c := range t.columns {
		r.ColVals[i] = valueOf(c, row)
	}
	return r
}

func valueOf(c column, row int) *hs2.TColumnValue {
	set := !c.isNull(row)
	switch c.typ {
	case sqlTypeBoolean:
		return &hs2.TColumnValue{BoolVal: &hs2.TBoolValue{Value: pointerIf(set, c.numbers[row] != 0)}}
	case sqlTypeTinyint:
		return &hs2.TColumnValue{ByteVal: &hs2.TByteValue{Value: pointerIf(set, int8(c.numbers[row]))}}
	case sqlTypeSmallint:
		return &hs2.TColumnValue{I16Val: &hs2.TI16Value{Value: pointerIf(set, int16(c.numbers[row]))}}
	case sqlTypeInt:
		return &hs2.TColumnValue{I32Val: &hs2.TI32Value{Value: pointerIf(set, int32(c.numbers[row]))}}
	case sqlTypeBigint:
		return &hs2.TColumnValue{I64Val: &hs2.TI64Value{Value: pointerIf(set, c.numbers[row])}}
	case sqlTypeFloat, sqlTypeDouble:
		return &hs2.TColumnValue{DoubleVal: &hs2.TDoubleValue{Value: pointerIf(set, math.Float64frombits(uint64(c.numbers[row])))}}
	}
	return &hs2.TColumnValue{StringVal: &hs2.TStringValue{Value: pointerIf(set, c.texts[row])}}
}

// pointerIf returns a pointer to v, or nil.
func pointerIf[T any](set bool, v T) *T {
	if !set {
		return nil
	}
	return &v
}

// columnOf returns the rows [from, to) of a column.
func columnOf(c column, from, to int) *hs2.TColumn {
	nulls := nullBits(c, from, to)
	switch c.typ {
	case sqlTypeBoolean:
		return &hs2.TColumn{BoolVal: &hs2.TBoolColumn{Values: convertNumbers(c, from, to, func(n int64) bool { return n != 0 }), Nulls: nulls}}
	case sqlTypeTinyint:
		return &hs2.TColumn{ByteVal: &hs2.TByteColumn{Values: convertNumbers(c, from, to, func(n int64) int8 { return int8(n) }), Nulls: nulls}}
	case sqlTypeSmallint:
		return &hs2.TColumn{I16Val: &hs2.TI16Column{Values: convertNumbers(c, from, to, func(n int64) int16 { return int16(n) }), Nulls: nulls}}
	case sqlTypeInt:
		return &hs2.TColumn{I32Val: &hs2.TI32Column{Values: convertNumbers(c, from, to, func(n int64) int32 { return int32(n) }), Nulls: nulls}}
	case sqlTypeBigint:
		return &hs2.TColumn{I64Val: &hs2.TI64Column{Values: c.numbers[from:to], Nulls: nulls}}
	case sqlTypeFloat, sqlTypeDouble:
		float := func(n int64) float64 { return math.Float64frombits(uint64(n)) }
		return &hs2.TColumn{DoubleVal: &hs2.TDoubleColumn{Values: convertNumbers(c, from, to, float), Nulls: nulls}}
	}
	return &hs2.TColumn{StringVal: &hs2.TStringColumn{Values: c.texts[from:to], Nulls: nulls}}
}

// nullBits returns the bitmap of NULLs, least significant bit first.
func nullBits(c column, from, to int) []byte {
	bits := make([]byte, (to-from+7)/8)
	for row := from; c.nulls != nil && row < to; row++ {
		if c.nulls[row] {
			bits[(row-from)/8] |= 1 << ((row - from) % 8)
		}
	}
	return bits
}

func convertNumbers[T any](c column, from, to int, convert func(int64) T) []T {
	converted := make([]T, 0, to-from)
	for _, n := range c.numbers[from:to] {
		converted = append(converted, convert(n))
	}
	return converted
}

package simcluster

import (
	"math"
	"strconv"
)

// sqlType is the type of a column.
type sqlType int

const (
	sqlTypeString sqlType = iota
	sqlTypeTinyint
	sqlTypeSmallint
	sqlTypeInt
	sqlTypeBigint
	sqlTypeBoolean
	sqlTypeFloat
	sqlTypeDouble
	sqlTypeTimestamp
	sqlTypeDate
	sqlTypeDecimal
	sqlTypeVarchar
	sqlTypeChar
	sqlTypeNull
)

// String is the type's name as Beeswax sends it.
func (t sqlType) String() string {
	return [...]string{
		"string", "tinyint", "smallint", "int", "bigint", "boolean", "float", "double", "timestamp", "date", "decimal", "string", "char", "null",
	}[t]
}

// isInteger reports whether t is one of the integer types.
func (t sqlType) isInteger() bool { return t >= sqlTypeTinyint && t <= sqlTypeBigint }

// isFloating reports whether t is one of the types with a binary fraction.
func (t sqlType) isFloating() bool { return t == sqlTypeFloat || t == sqlTypeDouble }

// isNumber reports whether values of t are kept as numbers.
func (t sqlType) isNumber() bool { return t >= sqlTypeTinyint && t <= sqlTypeDouble }

// column is a result column: numbers if its type says so, otherwise texts. A boolean
// is 0 or 1, a float or a double the bits of a double.
type column struct {
	name        string
	typ         sqlType
	size, scale int // of decimal; size also of varchar and char
	numbers     []int64
	texts       []string
	nulls       []bool // nil: no value is NULL
}

// table is a statement's result.
type table struct {
	columns []column
	rows    int
	planned bool // run by a plan, so it has progress and a summary
	scanned bool // read from a database table, so it needs executors
}

// textColumn returns a string column.
func textColumn(name string, values ...string) column { return column{name: name, texts: values} }

// numberColumn returns a column of the given type.
func numberColumn(name string, t sqlType, values ...int64) column {
	return column{name: name, typ: t, numbers: values}
}

// nullColumn returns a column of the given type in which every value is NULL.
func nullColumn(name string, t sqlType, rows int) column {
	c := column{name: name, typ: t, nulls: make([]bool, rows)}
	for i := range c.nulls {
		c.nulls[i] = true
	}
	if t.isNumber() {
		c.numbers = make([]int64, rows)
	} else {
		c.texts = make([]string, rows)
	}
	return c
}

// isNull reports whether the value in a row is NULL.
func (c *column) isNull(row int) bool { return c.nulls != nil && c.nulls[row] }

// text returns the value in a row as Beeswax sends it.
func (c *column) text(row int) string {
	switch {
	case c.isNull(row):
		return "NULL"
	case c.typ == sqlTypeBoolean:
		return strconv.FormatBool(c.numbers[row] != 0)
	case c.typ.isFloating():
		return strconv.FormatFloat(math.Float64frombits(uint64(c.numbers[row])), 'g', 16, 64)
	case c.typ.isInteger():
		return strconv.FormatInt(c.numbers[row], 10)
	}
	return c.texts[row]
}

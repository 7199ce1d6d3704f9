package simcluster

// sqlType is the type of a column.
type sqlType int

const (
	sqlTypeString sqlType = iota
	sqlTypeTinyint
	sqlTypeSmallint
	sqlTypeInt
	sqlTypeBigint
)

// String is the type's name as Beeswax sends it.
func (t sqlType) String() string {
	return [...]string{"string", "tinyint", "smallint", "int", "bigint"}[t]
}

// column is a result column: texts if typ is sqlTypeString, otherwise numbers.
type column struct {
	name    string
	typ     sqlType
	numbers []int64
	texts   []string
}

// table is a statement's result.
type table struct {
	columns []column
	rows    int
	scanned bool // read from a database table, so it needs executors
}

// textColumn returns a string column with one row.
func textColumn(name, value string) column { return column{name: name, texts: []string{value}} }

// numberColumn returns a column of the given type with one row.
func numberColumn(name string, t sqlType, value int64) column {
	return column{name: name, typ: t, numbers: []int64{value}}
}

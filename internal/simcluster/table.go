package simcluster

// sqlType is a type of Impala's SQL that a column may have.
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

// column is a result column: numbers, or texts where typ is stringType.
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
	scanned bool // read from a table of a database: it takes executors, and time
}

// textColumn is a one-row column of text.
func textColumn(name, value string) column { return column{name: name, texts: []string{value}} }

// numberColumn is a one-row column of the given type.
func numberColumn(name string, t sqlType, value int64) column {
	return column{name: name, typ: t, numbers: []int64{value}}
}

package simcluster

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// The catalog: the two databases that every Impala has, and one of Impala's own
// tests with its smallest table. Impala may scan such a small table on the
// coordinator alone (EXEC_SINGLE_NODE_ROWS_THRESHOLD); here a scan always needs
// executors.
const (
	builtinsDatabase = "_impala_builtins"
	testDatabase     = "functional"
	testTable        = "alltypestiny"
	testRows         = 8
)

// database is a database of the catalog.
type database struct{ name, comment string }

var databases = []database{
	{builtinsDatabase, "System database for Impala builtin functions"}, {"default", "Default Hive database"}, {testDatabase, ""},
}

func isDatabase(name string) bool {
	return slices.ContainsFunc(databases, func(d database) bool { return d.name == name })
}

// tablesOf returns the names of a database's tables.
func tablesOf(database string) []string {
	if database == testDatabase {
		return []string{testTable}
	}
	return nil
}

// testColumns returns the columns of the table, which are shared and must not be
// changed.
var testColumns = sync.OnceValue(newTestColumns)

func newTestColumns() []column {
	columns := []column{
		{name: "id", typ: sqlTypeInt}, {name: "bool_col", typ: sqlTypeBoolean}, {name: "tinyint_col", typ: sqlTypeTinyint},
		{name: "smallint_col", typ: sqlTypeSmallint}, {name: "int_col", typ: sqlTypeInt}, {name: "bigint_col", typ: sqlTypeBigint},
		{name: "float_col", typ: sqlTypeFloat}, {name: "double_col", typ: sqlTypeDouble}, {name: "date_string_col"}, {name: "string_col"},
		{name: "timestamp_col", typ: sqlTypeTimestamp}, {name: "year", typ: sqlTypeInt}, {name: "month", typ: sqlTypeInt},
	}
	for id := range int64(testRows) {
		odd, month := id%2, id/2+1
		for i, cell := range []string{
			strconv.FormatInt(id, 10), strconv.FormatInt(1-odd, 10), strconv.FormatInt(odd, 10), strconv.FormatInt(odd, 10),
			strconv.FormatInt(odd, 10), strconv.FormatInt(10*odd, 10), fmt.Sprint(1.1 * float64(odd)), fmt.Sprint(10.1 * float64(odd)),
			fmt.Sprintf("%02d/01/09", month), strconv.FormatInt(odd, 10), fmt.Sprintf("2009-%02d-01 00:%02d:00", month, odd),
			"2009", strconv.FormatInt(month, 10),
		} {
			c := &columns[i]
			if !c.typ.isNumber() {
				c.texts = append(c.texts, cell)
				continue
			}
			n, _ := castNumber(value{}, cell, c.typ)
			c.numbers = append(c.numbers, n)
		}
	}
	return columns
}

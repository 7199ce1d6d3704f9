package simcluster

import "github.com/impala-lbcheck/impala-lbcheck/internal/thriftgen/hs2"

// jdbcType describes an SQL type to JDBC: the number in java.sql.Types, the size of
// its values, the digits after the point and the radix; -1 is NULL.
type jdbcType struct {
	name                string
	number              int64
	size, digits, radix int64
}

var jdbcTypes = map[sqlType]jdbcType{
	sqlTypeBoolean:   {"BOOLEAN", 16, 1, -1, -1},
	sqlTypeTinyint:   {"TINYINT", -6, 3, 0, 10},
	sqlTypeSmallint:  {"SMALLINT", 5, 5, 0, 10},
	sqlTypeInt:       {"INT", 4, 10, 0, 10},
	sqlTypeBigint:    {"BIGINT", -5, 19, 0, 10},
	sqlTypeFloat:     {"FLOAT", 6, 7, 7, 10},
	sqlTypeDouble:    {"DOUBLE", 8, 15, 15, 10},
	sqlTypeTimestamp: {"TIMESTAMP", 93, 29, 9, -1},
	sqlTypeDate:      {"DATE", 91, 10, -1, -1},
	sqlTypeString:    {"STRING", 12, 2147483647, -1, -1},
	sqlTypeVarchar:   {"VARCHAR", 12, 65535, -1, -1},
	sqlTypeChar:      {"CHAR", 1, 255, -1, -1},
	sqlTypeDecimal:   {"DECIMAL", 3, 38, 38, 10},
}

// optionalNumber appends a number, of which -1 is NULL.
func (c *column) optionalNumber(n int64) {
	c.numbers = append(c.numbers, max(n, 0))
	c.nulls = append(c.nulls, n < 0)
}

// columnsMatching returns the result of GetColumns. TABLE_MD is Impala's name of the
// column that JDBC calls TABLE_SCHEM.
func columnsMatching(r *hs2.TGetColumnsReq) *table {
	schemas, tables, names, typeNames := column{name: "TABLE_MD"}, column{name: "TABLE_NAME"}, column{name: "COLUMN_NAME"}, column{name: "TYPE_NAME"}
	dataTypes, sizes := column{name: "DATA_TYPE", typ: sqlTypeInt}, column{name: "COLUMN_SIZE", typ: sqlTypeInt}
	digits, radixes := column{name: "DECIMAL_DIGITS", typ: sqlTypeInt}, column{name: "NUM_PREC_RADIX", typ: sqlTypeInt}
	positions := column{name: "ORDINAL_POSITION", typ: sqlTypeInt}
	tableMatches, columnMatches := jdbcPattern(r.TableName), jdbcPattern(r.ColumnName)
	for _, d := range databasesMatching(r.CatalogName, r.SchemaName) {
		for _, t := range tablesOf(d) {
			for i, c := range testColumns() {
				if !tableMatches(t) || !columnMatches(c.name) {
					continue
				}
				about := jdbcTypes[c.typ]
				schemas.texts, tables.texts = append(schemas.texts, d), append(tables.texts, t)
				names.texts, typeNames.texts = append(names.texts, c.name), append(typeNames.texts, about.name)
				dataTypes.numbers, positions.numbers = append(dataTypes.numbers, about.number), append(positions.numbers, int64(i+1))
				sizes.optionalNumber(about.size)
				digits.optionalNumber(about.digits)
				radixes.optionalNumber(about.radix)
			}
		}
	}
	rows := len(names.texts)
	text := func(name, text string) column { return value{label: name, text: text}.column(rows) }
	null := func(name string, t sqlType) column { return nullColumn(name, t, rows) }
	nullable := value{label: "NULLABLE", typ: sqlTypeInt, number: 1}.column(rows)
	return &table{rows: rows, columns: []column{
		text("TABLE_CAT", ""), schemas, tables, names, dataTypes, typeNames, sizes, null("BUFFER_LENGTH", sqlTypeInt), digits, radixes,
		nullable, text("REMARKS", ""), null("COLUMN_DEF", sqlTypeString), null("SQL_DATA_TYPE", sqlTypeInt),
		null("SQL_DATETIME_SUB", sqlTypeInt), null("CHAR_OCTET_LENGTH", sqlTypeInt), positions, text("IS_NULLABLE", "YES"),
		null("SCOPE_CATALOG", sqlTypeString), null("SCOPE_SCHEMA", sqlTypeString), null("SCOPE_TABLE", sqlTypeString),
		null("SOURCE_DATA_TYPE", sqlTypeSmallint), text("IS_AUTO_INCREMENT", "NO"),
	}}
}

// typeInfo returns the result of GetTypeInfo, in the order of Impala's types.
func typeInfo() *table {
	names, numbers := column{name: "TYPE_NAME"}, column{name: "DATA_TYPE", typ: sqlTypeInt}
	sizes, radixes := column{name: "PRECISION", typ: sqlTypeInt}, column{name: "NUM_PREC_RADIX", typ: sqlTypeInt}
	caseful, unsigned := column{name: "CASE_SENSITIVE", typ: sqlTypeBoolean}, column{name: "UNSIGNED_ATTRIBUTE", typ: sqlTypeBoolean}
	flag := func(set bool) int64 {
		if set {
			return 1
		}
		return 0
	}
	for _, t := range []sqlType{
		sqlTypeBoolean, sqlTypeTinyint, sqlTypeSmallint, sqlTypeInt, sqlTypeBigint, sqlTypeFloat, sqlTypeDouble, sqlTypeDate, sqlTypeTimestamp,
		sqlTypeString, sqlTypeVarchar, sqlTypeDecimal, sqlTypeChar,
	} {
		about := jdbcTypes[t]
		names.texts, numbers.numbers = append(names.texts, about.name), append(numbers.numbers, about.number)
		sizes.optionalNumber(about.size)
		radixes.optionalNumber(about.radix)
		caseful.numbers = append(caseful.numbers, flag(t == sqlTypeString || t == sqlTypeVarchar || t == sqlTypeChar))
		unsigned.numbers = append(unsigned.numbers, flag(about.radix < 0))
	}
	rows := len(names.texts)
	number := func(name string, t sqlType, n int64) column {
		return value{label: name, typ: t, number: n}.column(rows)
	}
	null := func(name string, t sqlType) column { return nullColumn(name, t, rows) }
	return &table{rows: rows, columns: []column{
		names, numbers, sizes, null("LITERAL_PREFIX", sqlTypeString), null("LITERAL_SUFFIX", sqlTypeString), null("CREATE_PARAMS", sqlTypeString),
		number("NULLABLE", sqlTypeInt, 1), caseful, number("SEARCHABLE", sqlTypeSmallint, 3), unsigned,
		number("FIXED_PREC_SCALE", sqlTypeBoolean, 0), number("AUTO_INCREMENT", sqlTypeBoolean, 0), null("LOCAL_TYPE_NAME", sqlTypeString),
		number("MINIMUM_SCALE", sqlTypeSmallint, 0), number("MAXIMUM_SCALE", sqlTypeSmallint, 0), null("SQL_DATA_TYPE", sqlTypeInt),
		null("SQL_DATETIME_SUB", sqlTypeInt), radixes,
	}}
}

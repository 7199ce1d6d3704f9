package simcluster

import (
	"fmt"
	"regexp"
	"strings"
)

// The only table: the smallest one of those that Impala's own tests load. Impala
// may scan such a small table on the coordinator alone
// (EXEC_SINGLE_NODE_ROWS_THRESHOLD); here a scan always needs executors.
const (
	testDatabase = "functional"
	testTable    = testDatabase + ".alltypestiny"
	testRows     = 8
)

// fromTable matches a select list and a table.
var fromTable = regexp.MustCompile("^(?is)(.+?)\\s+from\\s+([a-z_`][a-z0-9_.`]*)$")

// countRows matches the only supported select list over a table, and an alias.
var countRows = regexp.MustCompile("^(?i)count\\s*\\(\\s*\\*\\s*\\)(?:\\s+(?:as\\s+)?`?([a-z_][a-z0-9_]*)`?)?$")

// scan runs a SELECT over a table.
func (c *coordinator) scan(s *session, sql, list, name string) (*table, error) {
	name = strings.ToLower(strings.ReplaceAll(name, "`", ""))
	full := name
	if !strings.Contains(name, ".") {
		full = c.databaseOf(s) + "." + name
	}
	if full != testTable {
		return nil, sqlError(fmt.Sprintf("AnalysisException: Could not resolve table reference: '%.128s'\n", name))
	}
	m := countRows.FindStringSubmatch(strings.TrimSpace(list))
	if m == nil {
		return nil, syntaxError(sql, list)
	}
	count := numberColumn("count(*)", sqlTypeBigint, testRows)
	if m[1] != "" {
		count.name = strings.ToLower(m[1])
	}
	return &table{columns: []column{count}, rows: 1, scanned: true}, nil
}

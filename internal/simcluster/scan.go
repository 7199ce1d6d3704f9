package simcluster

import (
	"fmt"
	"regexp"
	"strings"
)

// The one table there is, and its rows: the smallest of those that Impala's own
// tests load. Impala may count so small a table on the coordinator alone
// (EXEC_SINGLE_NODE_ROWS_THRESHOLD); here its scan always takes executors.
const (
	testDatabase = "functional"
	testTable    = testDatabase + ".alltypestiny"
	testRows     = 8
)

// fromTable is a select list and the one table it is over.
var fromTable = regexp.MustCompile("^(?is)(.+?)\\s+from\\s+([a-z_`][a-z0-9_.`]*)$")

// countRows is the one list that a table can be asked for, and a name for it.
var countRows = regexp.MustCompile("^(?i)count\\s*\\(\\s*\\*\\s*\\)(?:\\s+(?:as\\s+)?`?([a-z_][a-z0-9_]*)`?)?$")

// scan is a SELECT over a table.
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

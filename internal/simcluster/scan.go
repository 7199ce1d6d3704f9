package simcluster

import (
	"fmt"
	"slices"
)

// tableName is the table of a FROM clause, and how it is written there.
type tableName struct{ database, table, written string }

// from looks for a FROM clause in the rest of the statement and reads the name of
// its table; nil if there is none.
func (p *parser) from() (*tableName, error) {
	for ; p.peek().kind != tokenEnd; p.next() {
		if p.accept("from") {
			name, err := p.tableName()
			return &name, err
		}
	}
	return nil, nil
}

// tableName reads the name of a table, with or without its database.
func (p *parser) tableName() (t tableName, err error) {
	if t.table, err = p.name(); err != nil {
		return t, err
	}
	t.database, t.written = p.coordinator.databaseOf(p.session), t.table
	if p.accept(".") {
		t.database = t.table
		t.table, err = p.name()
		t.written += "." + t.table
	}
	return t, err
}

// check returns Impala's error if there is no such table.
func (t tableName) check() error {
	if !slices.Contains(tablesOf(t.database), t.table) {
		return sqlError(fmt.Sprintf("AnalysisException: Could not resolve table reference: '%.128s'\n", t.written))
	}
	return nil
}

// scan runs a SELECT over a table from its select list on.
func (p *parser) scan(source *tableName, err error) (*table, error) {
	if err == nil {
		err = source.check()
	}
	if err != nil {
		return nil, err
	}
	t := &table{rows: testRows, planned: true, scanned: true}
	for first := true; first || p.accept(","); first = false {
		columns, err := p.scanItem(t)
		if err != nil {
			return nil, err
		}
		t.columns = append(t.columns, columns...)
	}
	if err := p.expect("from"); err != nil {
		return nil, err
	}
	if _, err := p.tableName(); err != nil {
		return nil, err
	}
	return p.limited(t)
}

// scanItem reads an item of a select list over the table: all its columns, one of
// them, the number of rows, or an expression. The number of rows makes one row of t.
func (p *parser) scanItem(t *table) ([]column, error) {
	if p.accept("*") {
		return testColumns(), nil
	}
	if p.accept("count", "(", "*", ")") {
		t.rows = 1
		return p.renamed(numberColumn("count(*)", sqlTypeBigint, testRows))
	}
	columns := testColumns()
	if i := slices.IndexFunc(columns, func(c column) bool { return c.name == p.peek().text }); i >= 0 {
		p.next()
		return p.renamed(columns[i])
	}
	v, err := p.selectItem()
	return []column{v.column(testRows)}, err
}

// renamed reads an alias for a column.
func (p *parser) renamed(c column) ([]column, error) {
	alias, err := p.alias()
	if alias != "" {
		c.name = alias
	}
	return []column{c}, err
}

package simcluster

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// sqlError is an error with Impala's message.
type sqlError string

func (e sqlError) Error() string { return string(e) }

// run runs a statement in s. The result is nil if the statement has none.
func (c *coordinator) run(s *session, sql string) (*table, error) {
	c.statements.Add(1)
	p, err := c.newParser(s, sql)
	if err != nil {
		return nil, err
	}
	return p.statement()
}

// statement runs a whole statement.
func (p *parser) statement() (*table, error) {
	switch {
	case p.accept("select"):
		return p.selectStatement()
	case p.accept("values"):
		return p.values()
	case p.accept("set"):
		return p.set()
	case p.accept("unset", "all"):
		err := p.end()
		if err == nil {
			p.coordinator.resetOptions(p.session)
		}
		return nil, err
	case p.accept("use"):
		return nil, p.use()
	case p.accept("show"):
		return p.show()
	case p.accept("describe"), p.accept("desc"):
		return p.describe()
	case p.accept("explain"):
		return p.explain()
	}
	return nil, p.syntaxError()
}

// set runs SET: it lists the options or sets one. A value is everything up to the
// end of the statement.
func (p *parser) set() (*table, error) {
	all := p.accept("all")
	if p.peek().kind == tokenEnd {
		return p.coordinator.listOptions(p.session, all), nil
	}
	if all {
		return nil, p.syntaxError()
	}
	name, err := p.name()
	if err == nil {
		err = p.expect("=")
	}
	if err != nil || p.peek().kind == tokenEnd {
		return nil, p.syntaxError()
	}
	value := p.sql[p.peek().start:p.tokens[len(p.tokens)-1].end]
	return nil, p.coordinator.setOption(p.session, name, strings.Trim(value, `'"`))
}

// use changes the database.
func (p *parser) use() error {
	name, err := p.name()
	if err == nil {
		err = p.end()
	}
	if err != nil {
		return err
	}
	if !isDatabase(name) {
		return sqlError(fmt.Sprintf("AnalysisException: Database does not exist: %.64s\n", name))
	}
	p.coordinator.setDatabase(p.session, name)
	return nil
}

func (c *coordinator) setDatabase(s *session, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.database = strings.Clone(name)
}

func (c *coordinator) databaseOf(s *session) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return s.database
}

// selectStatement runs a SELECT after its keyword.
func (p *parser) selectStatement() (*table, error) {
	start := p.at
	source, err := p.from()
	p.at = start
	if source != nil || err != nil {
		return p.scan(source, err)
	}
	t := &table{rows: 1, planned: true}
	for first := true; first || p.accept(","); first = false {
		v, err := p.selectItem()
		if err != nil {
			return nil, err
		}
		t.columns = append(t.columns, v.column(1))
	}
	return p.limited(t)
}

// selectItem reads an expression and its alias.
func (p *parser) selectItem() (value, error) {
	v, err := p.expression()
	if err != nil {
		return value{}, err
	}
	alias, err := p.alias()
	if alias != "" {
		v.label = alias
	}
	return v, err
}

// limited applies a LIMIT at the end of the statement.
func (p *parser) limited(t *table) (*table, error) {
	if p.accept("limit") {
		n, err := strconv.ParseInt(p.peek().text, 10, 64)
		if p.peek().kind != tokenNumber || err != nil {
			return nil, p.syntaxError()
		}
		p.next()
		t.rows = int(min(n, int64(t.rows), math.MaxInt32))
	}
	if err := p.end(); err != nil {
		return nil, err
	}
	return t, nil
}

// values runs VALUES after its keyword: rows in parentheses, or one without them.
func (p *parser) values() (*table, error) {
	t := &table{planned: true}
	for first := true; first || p.accept(","); first = false {
		row, err := p.valuesRow()
		if err != nil {
			return nil, err
		}
		if !first && len(row) != len(t.columns) {
			return nil, sqlError("AnalysisException: Operands have unequal number of columns\n")
		}
		for i, v := range row {
			if first {
				t.columns = append(t.columns, v.column(0))
			}
			if err := t.columns[i].add(v); err != nil {
				return nil, err
			}
		}
		t.rows++
	}
	return p.limited(t)
}

func (p *parser) valuesRow() (row []value, err error) {
	parenthesized := p.accept("(")
	for first := true; first || parenthesized && p.accept(","); first = false {
		v, err := p.selectItem()
		if err != nil {
			return nil, err
		}
		row = append(row, v)
	}
	if parenthesized {
		err = p.expect(")")
	}
	return row, err
}

// add appends a value. An integer column takes the larger of two types.
func (c *column) add(v value) error {
	switch {
	case c.typ == v.typ, v.null:
	case c.typ.isInteger() && v.typ.isInteger():
		c.typ = max(c.typ, v.typ)
	default:
		return sqlError(fmt.Sprintf("AnalysisException: Incompatible return types '%s' and '%s' of exprs.\n",
			strings.ToUpper(c.typ.String()), strings.ToUpper(v.typ.String())))
	}
	if c.nulls != nil || v.null {
		c.nulls = append(c.nulls, make([]bool, max(len(c.numbers), len(c.texts))-len(c.nulls))...)
		c.nulls = append(c.nulls, v.null)
	}
	if c.typ.isNumber() {
		c.numbers = append(c.numbers, v.number)
	} else {
		c.texts = append(c.texts, v.text)
	}
	return nil
}

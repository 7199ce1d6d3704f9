package simcluster

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sqlError is a statement that was refused: Impala's words.
type sqlError string

func (e sqlError) Error() string { return string(e) }

// run runs a statement in s. The result is nil for a statement that has none.
func (c *coordinator) run(s *session, sql string) (*table, error) {
	c.statements.Add(1)
	verb, rest := splitStatement(sql)
	switch verb {
	case "select":
		if m := fromTable.FindStringSubmatch(rest); m != nil {
			return c.scan(s, sql, m[1], m[2])
		}
		return c.selectItems(s, sql, rest)
	case "set":
		return c.set(s, sql, rest)
	case "use":
		return nil, c.use(s, rest)
	}
	return nil, syntaxError(sql, verb)
}

// splitStatement takes a statement's first word, in lower case, from the rest,
// without the space around them and the semicolons after them.
func splitStatement(sql string) (verb, rest string) {
	sql = strings.TrimRight(strings.TrimSpace(sql), "; \t\r\n")
	end := strings.IndexAny(sql, " \t\r\n")
	if end < 0 {
		end = len(sql)
	}
	return strings.ToLower(sql[:end]), strings.TrimSpace(sql[end:])
}

// selectItem is one item of a select list: a call without arguments, a number
// or a text, and a name for it.
var selectItem = regexp.MustCompile("^(?is)(?:([a-z_]+)\\s*\\(\\s*\\)|(-?[0-9]{1,18})|'([^'\\\\]*)')(?:\\s+(?:as\\s+)?[`]?([a-z_][a-z0-9_]*)[`]?)?$")

func (c *coordinator) selectItems(s *session, sql, list string) (*table, error) {
	t := &table{rows: 1}
	for _, item := range splitList(list) {
		m := selectItem.FindStringSubmatch(item)
		if m == nil {
			return nil, syntaxError(sql, item)
		}
		col, ok := c.value(s, strings.ToLower(m[1]), m[2], m[3])
		if !ok {
			return nil, sqlError(fmt.Sprintf("AnalysisException: %s.%s() unknown\n", s.database, strings.ToLower(m[1])))
		}
		if m[4] != "" {
			col.name = strings.ToLower(m[4])
		}
		t.columns = append(t.columns, col)
	}
	return t, nil
}

// value is what one select item evaluates to, its name being its text as
// Impala labels it.
func (c *coordinator) value(s *session, function, number, text string) (column, bool) {
	label := function + "()"
	switch function {
	case "pid":
		return numberColumn(label, sqlTypeInt, int64(s.pid)), true
	case "version":
		return textColumn(label, c.version+"\n"+buildDate), true
	case "coordinator":
		return textColumn(label, c.host), true
	case "current_session":
		return textColumn(label, s.id.String()), true
	case "user", "effective_user", "session_user":
		return textColumn(label, s.user), true
	case "current_database":
		return textColumn(label, c.databaseOf(s)), true
	case "":
		if number == "" {
			return textColumn("'"+text+"'", text), true
		}
		n, err := strconv.ParseInt(number, 10, 64)
		return numberColumn(number, literalType(n), n), err == nil
	}
	return column{}, false
}

// literalType is the type that Impala gives a literal.
func literalType(n int64) sqlType {
	switch {
	case n == int64(int8(n)):
		return sqlTypeTinyint
	case n == int64(int16(n)):
		return sqlTypeSmallint
	case n == int64(int32(n)):
		return sqlTypeInt
	}
	return sqlTypeBigint
}

// splitList splits a select list at commas outside of quotes. An item that is
// missing is empty.
func splitList(list string) (items []string) {
	start, quoted := 0, false
	for i, r := range list {
		switch {
		case r == '\'':
			quoted = !quoted
		case r == ',' && !quoted:
			items = append(items, strings.TrimSpace(list[start:i]))
			start = i + 1
		}
	}
	return append(items, strings.TrimSpace(list[start:]))
}

// set lists options, or sets one.
func (c *coordinator) set(s *session, sql, rest string) (*table, error) {
	switch {
	case rest == "":
		return c.listOptions(s, false), nil
	case strings.EqualFold(rest, "all"):
		return c.listOptions(s, true), nil
	}
	key, value, assigned := strings.Cut(rest, "=")
	if !assigned {
		return nil, syntaxError(sql, rest)
	}
	return nil, c.setOption(s, strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `'"`))
}

// use changes the database: there are the two that every Impala has, and that
// of Impala's own tests.
func (c *coordinator) use(s *session, name string) error {
	name = strings.ToLower(strings.Trim(name, "`"))
	if !slices.Contains([]string{"default", "_impala_builtins", testDatabase}, name) {
		return sqlError(fmt.Sprintf("AnalysisException: Database does not exist: %.64s\n", name))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s.database = name
	return nil
}

func (c *coordinator) databaseOf(s *session) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return s.database
}

// syntaxError is the front end's complaint, in the form that Impala gives it.
// The words that it would have accepted are shortened to those that this
// server knows.
func syntaxError(sql, at string) error {
	line := strings.TrimSpace(sql)
	caret := max(strings.Index(strings.ToLower(line), strings.ToLower(at)), 0)
	encountered := "IDENTIFIER"
	if at == "" {
		encountered = "EOF"
		caret = len(line)
	}
	return sqlError(fmt.Sprintf("ParseException: Syntax error in line 1:\n%s\n%s^\nEncountered: %s\nExpected: SELECT, SET, USE\n\nCAUSED BY: Exception: Syntax error\n",
		line, strings.Repeat(" ", min(caret, 256)), encountered))
}

package simcluster

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sqlError is an error with Impala's message.
type sqlError string

func (e sqlError) Error() string { return string(e) }

// run runs a statement in s. The result is nil if the statement has none.
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

// splitStatement returns a statement's first word, in lower case, and the rest,
// without surrounding space and trailing semicolons.
func splitStatement(sql string) (verb, rest string) {
	sql = strings.TrimRight(strings.TrimSpace(sql), "; \t\r\n")
	end := strings.IndexAny(sql, " \t\r\n")
	if end < 0 {
		end = len(sql)
	}
	return strings.ToLower(sql[:end]), strings.TrimSpace(sql[end:])
}

// selectItem matches one item of a select list: a call without arguments, a
// number or a string, and an optional alias.
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

// value evaluates a select item. Like Impala it names the column after the text
// of the item.
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
	case "user", "session_user":
		return textColumn(label, s.user), true
	case "effective_user":
		return textColumn(label, s.effectiveUser()), true
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

// literalType returns the type of an integer literal in Impala.
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

// splitList splits a select list at commas outside of quotes. A missing item is
// the empty string.
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

// set runs SET: it lists the options or sets one.
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

// use changes the database. There are the two that every Impala has, and the one
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

// syntaxError returns a syntax error in Impala's format. The list of expected
// keywords is shortened to those that this server supports.
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

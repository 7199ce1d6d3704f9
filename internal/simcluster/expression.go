package simcluster

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// value is what an expression yields.
type value struct {
	label       string // the column's name: the text of the expression
	typ         sqlType
	size, scale int
	null        bool
	number      int64 // as in column
	text        string
}

// column returns a column with the value in every row.
func (v value) column(rows int) column {
	c := column{name: v.label, typ: v.typ, size: v.size, scale: v.scale}
	if v.null {
		c.nulls = make([]bool, rows)
	}
	if v.typ.isNumber() {
		c.numbers = make([]int64, rows)
	} else {
		c.texts = make([]string, rows)
	}
	for row := range rows {
		if v.typ.isNumber() {
			c.numbers[row] = v.number
		} else {
			c.texts[row] = v.text
		}
		if v.null {
			c.nulls[row] = true
		}
	}
	return c
}

// expression reads a sum of products.
func (p *parser) expression() (value, error) {
	if p.depth++; p.depth > maxDepth {
		return value{}, sqlError("AnalysisException: Exceeded the maximum depth of an expression tree (100).\n")
	}
	defer func() { p.depth-- }()
	return p.operation([]string{"+", "-"}, func() (value, error) {
		return p.operation([]string{"*", "/"}, p.operand)
	})
}

// boundLabel bounds the name of a column without an alias, as it is made anew for
// every operator of an expression.
func boundLabel(text string) string { return text[:min(len(text), 1<<10)] }

// operation reads operands with operators between them.
func (p *parser) operation(operators []string, operand func() (value, error)) (value, error) {
	left, err := operand()
	for err == nil {
		operator := p.peek()
		if operator.kind != tokenSymbol || operator.text != operators[0] && operator.text != operators[1] {
			return left, nil
		}
		p.next()
		var right value
		if right, err = operand(); err == nil {
			left, err = calculate(left, operator.text, right)
		}
	}
	return value{}, err
}

// operand reads a literal, a call, a name or an expression in parentheses.
func (p *parser) operand() (value, error) {
	t := p.peek()
	switch {
	case t.kind == tokenNumber:
		p.next()
		return numberLiteral(t.text)
	case p.accept("-"):
		return p.negative()
	case t.kind == tokenText:
		p.next()
		return value{label: "'" + strings.ToLower(t.text) + "'", text: t.text}, nil
	case p.accept("("):
		v, err := p.expression()
		v.label = boundLabel("(" + v.label + ")")
		if err == nil {
			err = p.expect(")")
		}
		return v, err
	case t.kind == tokenWord && !clauseWords[t.text], t.kind == tokenQuotedWord:
		return p.named(p.next())
	}
	return value{}, p.syntaxError()
}

// negative reads the operand of a minus sign.
func (p *parser) negative() (value, error) {
	if t := p.peek(); t.kind == tokenNumber {
		p.next()
		return numberLiteral("-" + t.text)
	}
	if p.depth++; p.depth > maxDepth {
		return value{}, p.syntaxError()
	}
	defer func() { p.depth-- }()
	v, err := p.operand()
	if err != nil {
		return value{}, err
	}
	return calculate(value{label: "-1", typ: sqlTypeTinyint, number: -1}, "*", v)
}

// numberLiteral returns the value of a number: an integer of the smallest type that
// holds it, or a decimal.
func numberLiteral(text string) (value, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return value{label: text, typ: literalType(n), number: n}, nil
	}
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	size := len(strings.TrimLeft(whole, "0")) + len(fraction)
	if size > 38 {
		return value{}, sqlError(fmt.Sprintf("AnalysisException: Numeric literal '%.64s' exceeds maximum range of DECIMAL.\n", text))
	}
	if whole == "" {
		text = strings.Replace(text, ".", "0.", 1)
	}
	return value{label: strings.TrimSuffix(text, "."), typ: sqlTypeDecimal, size: max(size, 1), scale: len(fraction), text: strings.TrimSuffix(text, ".")}, nil
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

// named reads what follows a word: NULL, TRUE and FALSE, CAST, and functions.
func (p *parser) named(t token) (value, error) {
	if t.kind == tokenWord {
		switch t.text {
		case "null":
			return value{label: t.text, typ: p.coordinator.nullType(), null: true}, nil
		case "true":
			return value{label: t.text, typ: sqlTypeBoolean, number: 1}, nil
		case "false":
			return value{label: t.text, typ: sqlTypeBoolean}, nil
		}
	}
	if !p.accept("(") {
		return value{}, sqlError(fmt.Sprintf("AnalysisException: Could not resolve column/field reference: '%.64s'\n", t.text))
	}
	if t.is("cast") {
		return p.cast()
	}
	arguments := 0
	for ; !p.peek().is(")"); arguments++ {
		if arguments > 0 {
			if err := p.expect(","); err != nil {
				return value{}, err
			}
		}
		if _, err := p.expression(); err != nil {
			return value{}, err
		}
	}
	p.next()
	v, known := p.coordinator.call(p.session, t.text)
	if !known || arguments > 0 {
		return value{}, sqlError(fmt.Sprintf("AnalysisException: %s.%.64s() unknown\n", p.coordinator.databaseOf(p.session), t.text))
	}
	return v, nil
}

// nullType is the type of NULL: a boolean up to 4.5, as clients know no other.
func (c *coordinator) nullType() sqlType {
	if isAfter45(c.plan.version) {
		return sqlTypeNull
	}
	return sqlTypeBoolean
}

// functionNames are the functions without arguments, ordered by name.
var functionNames = []string{
	"coordinator", "current_database", "current_date", "current_session", "current_timestamp", "effective_user", "logged_in_user",
	"now", "pid", "session_user", "user", "utc_timestamp", "version",
}

// timestampFormat is how Impala prints a timestamp.
const timestampFormat = "2006-01-02 15:04:05.000000000"

// call evaluates a function without arguments. Like Impala it names the column
// after the text of the call.
func (c *coordinator) call(s *session, function string) (value, bool) {
	v := value{label: function + "()"}
	switch function {
	case "pid":
		v.typ, v.number = sqlTypeInt, int64(s.pid)
	case "version":
		v.text = c.version + "\n" + buildDate
	case "coordinator":
		v.text = c.host
	case "current_session":
		v.text = s.id.String()
	case "user", "session_user":
		v.text = s.user
	case "effective_user", "logged_in_user":
		v.text = s.effectiveUser()
	case "current_database":
		v.text = c.databaseOf(s)
	case "now", "current_timestamp":
		v.typ, v.text = sqlTypeTimestamp, time.Now().Format(timestampFormat)
	case "utc_timestamp":
		v.typ, v.text = sqlTypeTimestamp, time.Now().UTC().Format(timestampFormat)
	case "current_date":
		v.typ, v.text = sqlTypeDate, time.Now().Format(time.DateOnly)
	default:
		return value{}, false
	}
	return v, true
}

// calculate applies an arithmetic operator. Integers get the next larger type, as in
// Impala; a division is a double, and NULL if it is by zero.
func calculate(a value, operator string, b value) (value, error) {
	result := value{label: boundLabel(a.label + " " + operator + " " + b.label), null: a.null || b.null}
	if !isCalculable(a) || !isCalculable(b) {
		return value{}, sqlError(fmt.Sprintf("AnalysisException: Arithmetic operation requires numeric operands: %.128s\n", result.label))
	}
	if operator == "/" || a.typ.isFloating() || b.typ.isFloating() {
		result.typ = sqlTypeDouble
		x, y := a.float(), b.float()
		f := map[string]float64{"+": x + y, "-": x - y, "*": x * y, "/": x / y}[operator]
		result.null = result.null || operator == "/" && y == 0
		result.number = int64(math.Float64bits(f))
		return result, nil
	}
	result.typ = min(max(a.typ, b.typ, sqlTypeTinyint)+1, sqlTypeBigint)
	switch operator {
	case "+":
		result.number = a.number + b.number
	case "-":
		result.number = a.number - b.number
	case "*":
		result.number = a.number * b.number
	}
	return result, nil
}

func isCalculable(v value) bool {
	return v.typ.isInteger() || v.typ.isFloating() || v.null
}

// float returns a number as a double.
func (v value) float() float64 {
	if v.typ.isFloating() {
		return math.Float64frombits(uint64(v.number))
	}
	return float64(v.number)
}

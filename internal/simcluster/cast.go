package simcluster

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// castTypes are the types of CAST by name.
var castTypes = map[string]sqlType{
	"string": sqlTypeString, "tinyint": sqlTypeTinyint, "smallint": sqlTypeSmallint, "int": sqlTypeInt, "integer": sqlTypeInt,
	"bigint": sqlTypeBigint, "boolean": sqlTypeBoolean, "float": sqlTypeFloat, "double": sqlTypeDouble, "real": sqlTypeDouble,
	"timestamp": sqlTypeTimestamp, "date": sqlTypeDate, "decimal": sqlTypeDecimal, "varchar": sqlTypeVarchar, "char": sqlTypeChar,
}

// cast reads the rest of a CAST after its parenthesis.
func (p *parser) cast() (value, error) {
	v, err := p.expression()
	if err == nil {
		err = p.expect("as")
	}
	if err != nil {
		return value{}, err
	}
	t, known := castTypes[p.peek().text]
	if !known || p.peek().kind != tokenWord {
		return value{}, p.syntaxError()
	}
	name := p.next().text
	target := value{typ: t}
	sizes, err := p.typeSizes(t)
	if err == nil {
		err = p.expect(")")
	}
	if err != nil {
		return value{}, err
	}
	if t == sqlTypeDecimal {
		target.size, target.scale = 9, 0
	}
	if len(sizes) > 0 {
		target.size = sizes[0]
		name += fmt.Sprintf("(%d", sizes[0])
		if len(sizes) > 1 {
			target.scale = sizes[1]
			name += fmt.Sprintf(",%d", sizes[1])
		}
		name += ")"
	}
	target.label = boundLabel("cast(" + v.label + " as " + name + ")")
	return convert(v, target), nil
}

// typeSizes reads the numbers in parentheses after the name of a type.
func (p *parser) typeSizes(t sqlType) (sizes []int, err error) {
	if !p.accept("(") {
		if t == sqlTypeChar {
			return nil, p.syntaxError()
		}
		return nil, nil
	}
	limits := map[sqlType][]int{sqlTypeVarchar: {65535}, sqlTypeChar: {255}, sqlTypeDecimal: {38, 38}}[t]
	for len(sizes) < len(limits) && (len(sizes) == 0 || p.accept(",")) {
		n, err := strconv.Atoi(p.peek().text)
		if p.peek().kind != tokenNumber || err != nil || n > limits[len(sizes)] {
			return nil, p.syntaxError()
		}
		p.next()
		sizes = append(sizes, n)
	}
	return sizes, p.expect(")")
}

// convert returns v with the type, sizes and label of target; NULL where it has no
// such value.
func convert(v, target value) value {
	target.null = v.null
	if v.null {
		return target
	}
	c := v.column(1)
	text, ok := c.text(0), true
	switch target.typ {
	case sqlTypeTimestamp:
		target.text, ok = castTime(text, timestampFormat)
	case sqlTypeDate:
		target.text, ok = castTime(text, time.DateOnly)
	case sqlTypeVarchar:
		target.text = text
		if target.size > 0 {
			target.text = text[:min(len(text), target.size)]
		}
	case sqlTypeChar:
		target.text = fmt.Sprintf("%-*s", target.size, text[:min(len(text), target.size)])
	case sqlTypeString:
		target.text = text
	case sqlTypeDecimal:
		var f float64
		if f, ok = numberOf(v, text); ok {
			target.text = strconv.FormatFloat(f, 'f', target.scale, 64)
		}
	default:
		target.number, ok = castNumber(v, text, target.typ)
	}
	target.null = !ok
	return target
}

// castNumber returns a number as a column keeps it.
func castNumber(v value, text string, t sqlType) (int64, bool) {
	if t == sqlTypeBoolean && (strings.EqualFold(text, "true") || strings.EqualFold(text, "false")) {
		if strings.EqualFold(text, "true") {
			return 1, true
		}
		return 0, true
	}
	f, ok := numberOf(v, text)
	switch {
	case !ok:
		return 0, false
	case t.isFloating():
		return int64(math.Float64bits(f)), true
	case t == sqlTypeBoolean:
		if f != 0 {
			return 1, true
		}
		return 0, true
	case v.typ.isInteger():
		return v.number, true
	}
	return int64(f), !math.IsNaN(f) && math.Abs(f) < 1<<63
}

// numberOf returns the number that v is, or that its text spells.
func numberOf(v value, text string) (float64, bool) {
	if v.typ.isInteger() || v.typ == sqlTypeBoolean || v.typ.isFloating() {
		return v.float(), true
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	return f, err == nil
}

// castTime reads a date, or a date with a time, and formats it.
func castTime(text, format string) (string, bool) {
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, strings.TrimSpace(text)); err == nil {
			return t.Format(format), true
		}
	}
	return "", false
}

package scenarios

import (
	"bytes"
	"encoding"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Marshal writes the YAML that [Parse] reads as s again: every key that is set
// or whose default is not its zero value. It fails on a value that has no text.
func (s Scenario) Marshal() ([]byte, error) {
	defaults := Default()
	var e encoder
	e.fields(place(&s), place(&defaults), 0)
	return e.out.Bytes(), e.err
}

// encoder is [decoder]'s twin.
type encoder struct {
	out bytes.Buffer
	err error
}

func (e *encoder) fields(v, defaults reflect.Value, depth int) {
	for i, key := range keysOf(v.Type()) {
		field, usual := v.Field(i), defaults.Field(i)
		if empty(field) && usual.IsZero() {
			continue
		}
		e.key(key, depth)
		e.value(field, usual, depth+1)
	}
}

// value writes what stands behind "key:".
func (e *encoder) value(v, defaults reflect.Value, depth int) {
	_, isText := v.Interface().(encoding.TextMarshaler)
	switch {
	case v.Kind() == reflect.Struct && !isText:
		e.out.WriteByte('\n')
		e.fields(v, defaults, depth)
	case v.Kind() == reflect.Map:
		e.out.WriteByte('\n')
		for _, key := range slices.Sorted(maps.Keys(stringKeys(v))) {
			e.key(key, depth)
			e.value(v.MapIndex(reflect.ValueOf(key)), reflect.Value{}, depth+1)
		}
	case v.Kind() == reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = e.scalar(v.Index(i))
		}
		fmt.Fprintf(&e.out, " [%s]\n", strings.Join(items, ", "))
	default:
		fmt.Fprintf(&e.out, " %s\n", e.scalar(v))
	}
}

func (e *encoder) key(key string, depth int) {
	fmt.Fprintf(&e.out, "%s%s:", strings.Repeat("  ", depth), quote(key))
}

// scalar writes a value on the line that it begins on; a mapping as {a: b}.
func (e *encoder) scalar(v reflect.Value) string {
	if t, ok := v.Interface().(encoding.TextMarshaler); ok {
		text, err := t.MarshalText()
		if err != nil {
			e.err = err
		}
		return string(text)
	}
	switch v.Kind() {
	case reflect.String:
		return quote(v.String())
	case reflect.Struct:
		var pairs []string
		for i, key := range keysOf(v.Type()) {
			if field := v.Field(i); !empty(field) {
				pairs = append(pairs, key+": "+e.scalar(field))
			}
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	}
	return fmt.Sprint(v.Interface())
}

// empty reports whether a value need not be written: nothing is there.
func empty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

func stringKeys(v reflect.Value) map[string]bool {
	keys := map[string]bool{}
	for _, k := range v.MapKeys() {
		keys[k.String()] = true
	}
	return keys
}

// plain matches text that YAML reads as itself, wherever it stands. Words that
// YAML may read as something else are left to notPlain.
var (
	plain    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./=()-]*( [A-Za-z0-9_./=()-]+)*$`)
	notPlain = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null|nan|inf)$`)
)

// quote writes text as YAML: as it is where that is safe, else in double quotes.
func quote(text string) string {
	if plain.MatchString(text) && !notPlain.MatchString(text) {
		return text
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case strconv.IsPrint(r) && r != '\uFEFF':
			b.WriteRune(r)
		case r <= 0xFF:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

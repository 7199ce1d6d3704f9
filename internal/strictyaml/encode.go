package strictyaml

import (
	"bytes"
	"encoding"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Marshal writes a struct as [Document.Decode] reads it: every key that is set, or
// that defaults, a struct of the same type, sets. It fails on a value that cannot
// be text.
func Marshal(v, defaults any) ([]byte, error) {
	var e encoder
	e.structure(reflect.ValueOf(v), reflect.ValueOf(defaults), 0)
	return e.out.Bytes(), e.err
}

// encoder writes what [decoder] reads.
type encoder struct {
	out bytes.Buffer
	err error
}

func (e *encoder) structure(v, defaults reflect.Value, depth int) {
	for i, key := range keysOf(v.Type()) {
		field, byDefault := v.Field(i), defaults.Field(i)
		if empty(field) && byDefault.IsZero() {
			continue
		}
		e.key(key, depth)
		e.value(field, byDefault, depth+1)
	}
}

// value writes what follows "key:".
func (e *encoder) value(v, defaults reflect.Value, depth int) {
	_, isText := v.Interface().(encoding.TextMarshaler)
	switch {
	case v.Kind() == reflect.Struct && !isText:
		e.out.WriteByte('\n')
		e.structure(v, defaults, depth)
	case v.Kind() == reflect.Map:
		e.out.WriteByte('\n')
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, key := range keys {
			e.key(key.String(), depth)
			e.value(v.MapIndex(key), reflect.Value{}, depth+1)
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

// scalar returns a value that is written on one line; a mapping as {a: b}.
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

// empty reports whether a value is zero, or has no elements.
func empty(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

// plain matches text that YAML reads as the same text, wherever it stands, except
// for the words of notPlain.
var (
	plain    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_./=()-]*( [A-Za-z0-9_./=()-]+)*$`)
	notPlain = regexp.MustCompile(`(?i)^(y|n|yes|no|on|off|true|false|null|nan|inf)$`)
)

// quote returns text as YAML: unchanged where that is safe, otherwise in double quotes.
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

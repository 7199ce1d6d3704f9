package scenarios

import (
	"encoding"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// fieldOf returns the field of a key.
func fieldOf(s *Scenario, key string) reflect.Value {
	v := reflect.ValueOf(s).Elem()
	for part := range strings.SplitSeq(key, ".") {
		v = v.Field(indexOfKey(v.Type(), part))
	}
	return v
}

// placedField is a field that may stand in a list.
type placedField struct {
	place string // "stage 2: "; "" outside of a list
	value reflect.Value
}

// fieldsOf returns the field of a key, or, of "load.stages[].rate", that of each
// stage.
func fieldsOf(s *Scenario, key string) []placedField {
	list, inner, ok := strings.Cut(key, "[].")
	if !ok {
		return []placedField{{"", fieldOf(s, key)}}
	}
	var all []placedField
	for i := range fieldOf(s, list).Len() {
		item := fieldOf(s, list).Index(i)
		all = append(all, placedField{fmt.Sprintf("stage %d: %s ", i+1, inner), item.Field(indexOfKey(item.Type(), inner))})
	}
	return all
}

// fieldType returns the type of a key's field.
func fieldType(key string) reflect.Type {
	t := reflect.TypeFor[Scenario]()
	for part := range strings.SplitSeq(key, ".") {
		name, list := strings.CutSuffix(part, "[]")
		t = t.Field(indexOfKey(t, name)).Type
		if list {
			t = t.Elem()
		}
	}
	return t
}

// keyOf is a key of a type.
type keyOf struct {
	in  reflect.Type
	key string
}

// indexes are the fields that were looked for: a command line has thousands of lookups of a
// hundred keys.
var indexes sync.Map // of keyOf: int

// indexOfKey returns which field of a struct has the key.
func indexOfKey(t reflect.Type, key string) int {
	if i, known := indexes.Load(keyOf{t, key}); known {
		return i.(int)
	}
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name == key {
			indexes.Store(keyOf{t, key}, i)
			return i
		}
	}
	panic("scenarios: no key " + key) // a test reads the whole table
}

// elemType is what a list holds, or t itself.
func elemType(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Slice {
		return t.Elem()
	}
	return t
}

// unset reports whether a field has nothing in it.
func unset(v reflect.Value) bool {
	if v.Kind() == reflect.Slice || v.Kind() == reflect.Map {
		return v.Len() == 0
	}
	return v.IsZero()
}

func numeric(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int, reflect.Int64, reflect.Float64:
		return true
	}
	return false
}

func float64Of(v reflect.Value) float64 {
	if v.CanInt() {
		return float64(v.Int())
	}
	return v.Float()
}

// typeName is the type of a field in words.
func typeName(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[Duration]():
		return "duration"
	case t == reflect.TypeFor[Rate]():
		return "rate"
	case t == reflect.TypeFor[Auto]():
		return "whole number or auto"
	case t.Kind() == reflect.Map || t.Kind() == reflect.Struct:
		return "mapping"
	case t.Kind() == reflect.Slice:
		return "list"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Float64:
		return "number"
	case t.Kind() == reflect.String:
		return "text"
	}
	return "whole number"
}

// setText reads text into a field by the field's type; a list gets one more item.
func setText(v reflect.Value, text string) error {
	if t, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return t.UnmarshalText([]byte(text))
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		b, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%s is not one of true, false", usertext.Quote(text))
		}
		v.SetBool(b)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%s is not a whole number", usertext.Quote(text))
		}
		v.SetInt(int64(n))
	case reflect.Uint64:
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return fmt.Errorf("%s is not a whole number from 0 to 2^64-1", usertext.Quote(text))
		}
		v.SetUint(n)
	case reflect.Float64:
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%s is not a number", usertext.Quote(text))
		}
		v.SetFloat(x)
	case reflect.Slice:
		item := reflect.New(v.Type().Elem()).Elem()
		if err := setText(item, text); err != nil {
			return err
		}
		v.Set(reflect.Append(v, item))
	}
	return nil
}

// textOf is a field as setText reads it; "" where it is zero and its type has
// no text for that, or where it has more than one line's worth.
func textOf(v reflect.Value) string {
	if t, ok := v.Interface().(encoding.TextMarshaler); ok {
		b, _ := t.MarshalText() // the units' own never fail
		return string(b)
	}
	switch v.Kind() {
	case reflect.Slice:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = textOf(v.Index(i))
		}
		return strings.Join(items, ",")
	case reflect.Map, reflect.Struct:
		return ""
	}
	return fmt.Sprint(v.Interface())
}

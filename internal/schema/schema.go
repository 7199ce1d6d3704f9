// Package schema describes a scenario file as a JSON schema, so that editors
// complete and check one while it is written.
//
// It is made of the fields of [scenarios.Scenario] and of [scenarios.Settings]. What
// depends on several keys at once is left to [scenarios.Scenario.Validate]. The schema of
// a result, docs/result.schema.json, is made by this package's test, of the Go types and
// their comments: no program needs it to run.
package schema

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Dialect is the version of JSON Schema.
const Dialect = "https://json-schema.org/draft/2020-12/schema"

// node is one schema.
type node map[string]any

// Scenario returns the schema of a scenario file, ready for encoding/json.
func Scenario() map[string]any {
	root := object(reflect.TypeFor[scenarios.Scenario](), "", entries())
	root["$schema"] = Dialect
	root["title"] = "impala-lbcheck scenario"
	return root
}

// entries are the settings by key; of those that share one, the first that a file
// has under that key for most kinds.
func entries() map[string]scenarios.Setting {
	all := map[string]scenarios.Setting{}
	for _, st := range scenarios.Settings() {
		if had, ok := all[st.Key]; !ok || len(st.Kinds) > len(had.Kinds) {
			all[st.Key] = st
		}
	}
	return all
}

// object is the schema of a struct: its keys and no others.
func object(t reflect.Type, path string, settings map[string]scenarios.Setting) node {
	properties := node{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		properties[name] = field(t.Field(i).Type, path+name, settings)
	}
	return node{"type": "object", "properties": properties, "additionalProperties": false}
}

// field is the schema of one key.
func field(t reflect.Type, key string, settings map[string]scenarios.Setting) node {
	st, known := settings[key]
	n := typed(t, key, st, settings)
	if !known {
		return n
	}
	n["description"] = description(st)
	if d := defaultOf(t, st); d != nil {
		n["default"] = d
	}
	return n
}

func typed(t reflect.Type, key string, st scenarios.Setting, settings map[string]scenarios.Setting) node {
	switch t {
	case reflect.TypeFor[scenarios.Duration]():
		return duration(st.Bounds)
	case reflect.TypeFor[scenarios.Rate]():
		return node{"anyOf": []any{node{"type": "string", "pattern": ratePattern}, bounded("number", st.Bounds)}}
	case reflect.TypeFor[scenarios.Auto]():
		return node{"anyOf": []any{node{"const": "auto"}, node{"type": "integer", "minimum": st.Bounds.Min, "maximum": st.Bounds.Max}}}
	}
	switch t.Kind() {
	case reflect.Struct:
		return object(t, key+".", settings)
	case reflect.Slice:
		return node{"type": "array", "items": items(t.Elem(), key, st, settings)}
	case reflect.Map:
		return node{"type": "object", "additionalProperties": values(t.Elem())}
	case reflect.Bool:
		return node{"type": "boolean"}
	case reflect.Int:
		return bounded("integer", st.Bounds)
	case reflect.Uint64:
		return node{"type": "integer", "minimum": 0}
	case reflect.Float64:
		return bounded("number", st.Bounds)
	}
	n := node{"type": "string"}
	if st.Values != nil {
		n["enum"] = st.Values
	}
	return n
}

// items is the schema of what a list holds.
func items(t reflect.Type, key string, st scenarios.Setting, settings map[string]scenarios.Setting) node {
	if t.Kind() == reflect.Struct {
		return object(t, key+"[].", settings)
	}
	return typed(t, key, st, settings)
}

// values is the schema of what stands under the user's own keys: texts, which may be
// written as numbers, or lists of texts.
func values(t reflect.Type) node {
	if t.Kind() == reflect.Slice {
		return node{"type": "array", "items": node{"type": "string"}, "minItems": 1}
	}
	return node{"type": []string{"string", "number", "boolean"}}
}

// The texts of values with units.
const (
	durationPattern = `^(0|([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|ms|s|m|h))+$`
	positivePattern = `[1-9]`
	ratePattern     = `^[0-9]+(\.[0-9]*)?(/s|/m)?$`
)

func duration(b scenarios.Bounds) node {
	n := node{"type": "string", "pattern": durationPattern}
	if b.Above && b.Zero == "" {
		n["allOf"] = []any{node{"pattern": positivePattern}}
		return n
	}
	return node{"anyOf": []any{n, node{"const": 0}}}
}

// bounded is the schema of a number.
func bounded(kind string, b scenarios.Bounds) node {
	n := node{"type": kind}
	low, high := "minimum", "maximum"
	if b.Above {
		low = "exclusiveMinimum"
	}
	if b.Below {
		high = "exclusiveMaximum"
	}
	n[low] = b.Min
	if b.Max > 0 {
		n[high] = b.Max
	}
	if b.Zero != "" && !(b.Min == 0 && !b.Above) {
		return node{"anyOf": []any{n, node{"const": 0}}}
	}
	return n
}

// description is what an editor shows.
func description(st scenarios.Setting) string {
	text := st.Help
	if r := st.Range(); r != "" && st.Values == nil {
		text += "; " + r
	}
	if st.Unset != "" {
		text += "; default: " + st.Unset
	}
	if len(st.Kinds) == 1 {
		text += "; only of kind " + string(st.Kinds[0])
	}
	return text
}

// defaultOf is a default as JSON has it; nil where there is none.
func defaultOf(t reflect.Type, st scenarios.Setting) any {
	switch {
	case st.Default == "":
		return nil
	case t.Kind() == reflect.Int, t == reflect.TypeFor[float64]():
		return json.Number(st.Default)
	}
	return st.Default
}

package schema_test

import (
	"encoding"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/internal/schema"
	"github.com/impala-lbcheck/impala-lbcheck/internal/schema/schematest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// shape is one schema.
type shape = map[string]any

// resultShapes makes the schema of a stored result of the fields of scenarios.Result.
type resultShapes struct {
	source
	defs shape
}

func resultSchema(t *testing.T) shape {
	t.Helper()
	r := resultShapes{sourceOf(t, "scenarios", "vocab"), shape{}}
	root := r.object(reflect.TypeFor[scenarios.Result]())
	root["properties"].(shape)["schema"] = shape{"const": scenarios.Schema}
	root["$schema"], root["title"], root["$defs"] = schema.Dialect, "impala-lbcheck result", r.defs
	return root
}

// ownShapes are types that write their own JSON, and are not text.
func (r resultShapes) ownShapes() map[reflect.Type]shape {
	times := shape{"anyOf": []any{shape{"$ref": "#/$defs/Times"}, shape{"type": "null"}}}
	return map[reflect.Type]shape{
		reflect.TypeFor[time.Time]():      {"type": "string", "format": "date-time"},
		reflect.TypeFor[netip.AddrPort](): {"type": "string", "description": "an IP address with a port; empty: none"},
		reflect.TypeFor[scenarios.Times](): {
			"type": "object", "required": []string{"count", "hdr"}, "additionalProperties": true,
			"properties": shape{
				"count": count(), "min_ms": number(), "p50_ms": number(), "p95_ms": number(), "p99_ms": number(), "max_ms": number(),
				"hdr": shape{"type": "string", "description": "the histogram, compressed: HdrHistogram, version 2, in base64"},
			},
		},
		reflect.TypeFor[scenarios.PhaseStats](): {"type": "object", "propertyNames": shape{"enum": names(reflect.TypeFor[vocab.Phase]())}, "additionalProperties": times},
		reflect.TypeFor[scenarios.Blocks](): {
			"type": "object", "required": []string{"width", "from", "cells", "sessions"}, "additionalProperties": true,
			"properties": shape{
				"width": count(), "from": count(),
				"cells": shape{"type": "array", "items": shape{
					"type": "object", "required": []string{"node", "coordinator"}, "additionalProperties": true,
					"properties": shape{"node": shape{"type": "string"}, "coordinator": shape{"type": "string"}},
				}},
				"sessions": shape{"type": "array", "items": shape{"type": "string", "pattern": `^([0-9]+:[0-9]+( [0-9]+:[0-9]+)*)?$`, "description": "of one block: the number of a cell, from 1, and its sessions"}},
			},
		},
		reflect.TypeFor[scenarios.Fixes](): {"anyOf": []any{
			shape{"type": "array", "items": r.of(reflect.TypeFor[vocab.Fix](), true)},
			shape{"type": "string", "description": "in results of earlier versions"},
		}},
		reflect.TypeFor[scenarios.SecretCommand](): {"enum": []any{"", "(not stored)"}},
	}
}

func count() shape  { return shape{"type": "integer", "minimum": 0} }
func number() shape { return shape{"type": "number", "minimum": 0} }

// names are the texts of a type of integers that is written as text.
func names(t reflect.Type) []any {
	var out []any
	for i := range int64(64) {
		v := reflect.New(t)
		v.Elem().SetInt(i)
		text, err := v.Interface().(encoding.TextMarshaler).MarshalText()
		if err != nil || v.Interface().(encoding.TextUnmarshaler).UnmarshalText(text) != nil {
			break
		}
		out = append(out, string(text))
	}
	return out
}

// object is the schema of a struct. The keys that it does not know are allowed, as
// readers do.
func (r resultShapes) object(t reflect.Type) shape {
	properties, required := shape{}, []string{}
	r.addFields(t, properties, &required)
	out := shape{"type": "object", "properties": properties, "additionalProperties": true}
	if len(required) > 0 {
		out["required"] = required
	}
	if text := r.types[nameOf(t)]; text != "" {
		out["description"] = text
	}
	return out
}

func (r resultShapes) addFields(t reflect.Type, properties shape, required *[]string) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			r.addFields(f.Type, properties, required)
			continue
		case name == "" || name == "-" || !f.IsExported():
			continue
		}
		n := r.of(f.Type, t != reflect.TypeFor[scenarios.Finding]()) // which may hold any number
		if options == "" {                                           // it is always there
			*required = append(*required, name)
			n = nullable(f.Type, n)
		}
		properties[name] = described(n, r.fields[nameOf(t)][f.Name])
	}
}

// nullable is the schema of a value that is null where it is nil.
func nullable(t reflect.Type, n shape) shape {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return shape{"anyOf": []any{n, shape{"type": "null"}}}
	}
	if t == reflect.TypeFor[scenarios.Times]() {
		return shape{"anyOf": []any{n, shape{"type": "null"}}}
	}
	return n
}

// described adds what the source says of a field.
func described(n shape, text string) shape {
	if text == "" {
		return n
	}
	out := shape{"description": text}
	for k, v := range n {
		if k != "description" {
			out[k] = v
		}
	}
	return out
}

// of is the schema of a type; positive: its numbers are not below zero.
func (r resultShapes) of(t reflect.Type, positive bool) shape {
	if t == reflect.TypeFor[vocab.Fix]() {
		return r.defined(t, func() shape { return r.object(t) })
	}
	if own, ok := r.ownShapes()[t]; ok {
		if t == reflect.TypeFor[scenarios.Times]() || t == reflect.TypeFor[scenarios.Fixes]() {
			return r.defined(t, func() shape { return own })
		}
		return own
	}
	if _, isText := reflect.New(t).Interface().(encoding.TextMarshaler); isText {
		return r.text(t)
	}
	switch t.Kind() {
	case reflect.Pointer:
		return r.of(t.Elem(), positive)
	case reflect.Struct:
		return r.defined(t, func() shape { return r.object(t) })
	case reflect.Slice:
		return shape{"type": "array", "items": r.of(t.Elem(), positive)}
	case reflect.Map:
		return shape{"type": "object", "additionalProperties": r.of(t.Elem(), positive)}
	case reflect.Bool:
		return shape{"type": "boolean"}
	case reflect.Float64:
		return bounded("number", positive)
	case reflect.String:
		return r.words(t)
	}
	return bounded("integer", positive)
}

func bounded(kind string, positive bool) shape {
	if !positive {
		return shape{"type": kind}
	}
	return shape{"type": kind, "minimum": 0}
}

// text is the schema of a type that is written as text: the names that it has, or any.
func (r resultShapes) text(t reflect.Type) shape {
	if t.Kind() == reflect.Int {
		if all := names(t); len(all) > 1 && t != reflect.TypeFor[scenarios.Duration]() && t != reflect.TypeFor[scenarios.Auto]() {
			return shape{"enum": all}
		}
	}
	return shape{"type": "string"}
}

// words is the schema of a text: one of the constants that its type has, or none of them.
func (r resultShapes) words(t reflect.Type) shape {
	all := []any{}
	for _, v := range r.values[nameOf(t)] {
		all = append(all, v)
	}
	if len(all) == 0 {
		return shape{"type": "string"}
	}
	return shape{"enum": append(all, "")}
}

// defined is a reference to a definition, which is made once.
func (r resultShapes) defined(t reflect.Type, of func() shape) shape {
	if _, ok := r.defs[t.Name()]; !ok {
		r.defs[t.Name()] = nil // it may refer to itself
		r.defs[t.Name()] = of()
	}
	return shape{"$ref": "#/$defs/" + t.Name()}
}

func TestResult_Golden(t *testing.T) {
	b, err := json.MarshalIndent(resultSchema(t), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, filepath.Join("..", "..", "docs", "result.schema.json"), append(b, '\n'))
}

func TestResult_TakesStoredRuns(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "runs", "*.json"))
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			b, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			schematest.Result(t, b)
		})
	}
}

func TestResult_Refuses(t *testing.T) {
	t.Parallel()
	src, err := json.Marshal(resultSchema(t))
	if err != nil {
		t.Fatal(err)
	}
	s := schematest.Compile(t, src)
	good, err := os.ReadFile(filepath.Join("..", "..", "testdata", "runs", "pass.json"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(result shape)
		valid  bool
	}{
		"nothing changed":        {func(shape) {}, true},
		"a key of a later one":   {func(r shape) { r["later"] = 1 }, true},
		"another schema":         {func(r shape) { r["schema"] = "impala-lbcheck/result/2" }, false},
		"no verdict":             {func(r shape) { delete(r, "verdict") }, false},
		"an unknown verdict":     {func(r shape) { r["verdict"] = "perhaps" }, false},
		"a count as text":        {func(r shape) { r["sessions"].(shape)["ok"] = "1" }, false},
		"a count below zero":     {func(r shape) { r["sessions"].(shape)["ok"] = -1 }, false},
		"no time":                {func(r shape) { r["started"] = 0 }, false},
		"a phase that is none":   {func(r shape) { r["phases"].(shape)["wait"] = nil }, false},
		"findings in a mapping":  {func(r shape) { r["findings"] = shape{} }, false},
		"a finding without id":   {func(r shape) { delete(r["findings"].([]any)[0].(shape), "id") }, false},
		"a finding below zero":   {func(r shape) { r["findings"].([]any)[0].(shape)["observed"] = -1 }, true},
		"an unknown policy":      {func(r shape) { r["policy"].(shape)["declared"] = "best" }, false},
		"a fix that is a number": {func(r shape) { r["findings"].([]any)[0].(shape)["fix"] = 1 }, false},
	} {
		var doc shape
		if err := json.Unmarshal(good, &doc); err != nil {
			t.Fatal(err)
		}
		c.change(doc)
		if err := s.Validate(doc); (err == nil) != c.valid {
			t.Errorf("%s: %v, want valid: %t", name, err, c.valid)
		}
	}
}

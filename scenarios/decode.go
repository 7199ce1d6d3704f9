package scenarios

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// decoder fills Go values from a YAML tree, strictly. The kinds that it knows
// are those that [DecodeYAML] names; the field's yaml tag is the key.
type decoder struct{ file string }

func place(v any) reflect.Value { return reflect.ValueOf(v).Elem() }

// decode sets v from n; path is the key's full name, "" at the root.
func (d decoder) decode(n ast.Node, v reflect.Value, path string) *ParseError {
	if t, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		return d.text(n, t, path)
	}
	switch v.Kind() {
	case reflect.Struct:
		return d.fields(n, v, path)
	case reflect.Map:
		return d.table(n, v, path)
	case reflect.Slice:
		return d.list(n, v, path)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return d.decode(n, v.Elem(), path)
	default:
		return d.scalar(n, v, path)
	}
}

// fields decodes a mapping whose keys are known.
func (d decoder) fields(n ast.Node, v reflect.Value, path string) *ParseError {
	pairs, ok := pairsOf(n)
	if !ok {
		return d.mismatch(n, path, "keys and values belong here")
	}
	keys := keysOf(v.Type())
	seen := map[string]*ast.MappingValueNode{}
	for _, p := range pairs {
		key, perr := d.key(p, seen, path)
		if perr != nil {
			return perr
		}
		i := slices.Index(keys, key)
		if i < 0 {
			return d.at(p.Key, "%s", unknownKey(key, path, keys))
		}
		if perr := d.decode(p.Value, v.Field(i), join(path, key)); perr != nil {
			return perr
		}
	}
	return nil
}

// table decodes a mapping whose keys are the user's.
func (d decoder) table(n ast.Node, v reflect.Value, path string) *ParseError {
	pairs, ok := pairsOf(n)
	if !ok {
		return d.mismatch(n, path, "keys and values belong here")
	}
	v.SetZero()
	seen := map[string]*ast.MappingValueNode{}
	for _, p := range pairs {
		key, perr := d.key(p, seen, path)
		if perr != nil {
			return perr
		}
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		if raw, ok := rawText(p.Value); ok && elem.Kind() == reflect.String {
			elem.SetString(raw) // query options: MT_DOP: 4 is as good as "4"
		} else if perr := d.decode(p.Value, elem, join(path, key)); perr != nil {
			return perr
		}
		v.SetMapIndex(reflect.ValueOf(key), elem)
	}
	return nil
}

// list decodes a sequence; an empty one is nil.
func (d decoder) list(n ast.Node, v reflect.Value, path string) *ParseError {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		return d.mismatch(n, path, "a list such as [a, b] belongs here")
	}
	v.SetZero()
	for _, item := range seq.Values {
		elem := reflect.New(v.Type().Elem()).Elem()
		if text, ok := torn(item); ok && elem.Kind() == reflect.String {
			elem.SetString(text)
		} else if perr := d.decode(item, elem, path); perr != nil {
			return perr
		}
		v.Set(reflect.Append(v, elem))
	}
	return nil
}

func (d decoder) text(n ast.Node, t encoding.TextUnmarshaler, path string) *ParseError {
	raw, ok := rawText(n)
	if !ok {
		return d.mismatch(n, path, "a single value belongs here")
	}
	if err := t.UnmarshalText([]byte(raw)); err != nil {
		return d.at(n, "%s: %s", path, firstLine(err.Error()))
	}
	return nil
}

func (d decoder) scalar(n ast.Node, v reflect.Value, path string) *ParseError {
	switch v.Kind() {
	case reflect.String:
		text, ok := stringOf(n)
		if !ok {
			if raw, scalar := rawText(n); scalar {
				return d.at(n, "%s: text belongs here; put %s in quotes", path, clip(raw))
			}
			return d.mismatch(n, path, "text belongs here")
		}
		v.SetString(text)
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			return d.mismatch(n, path, "true or false belongs here")
		}
		v.SetBool(b.Value)
	case reflect.Int:
		i, ok := wholeOf(n)
		if !ok || i > math.MaxInt32 {
			return d.mismatch(n, path, "a whole number belongs here")
		}
		v.SetInt(int64(i))
	case reflect.Uint64, reflect.Uint16:
		i, ok := wholeOf(n)
		if !ok || v.OverflowUint(i) {
			return d.mismatch(n, path, "a whole number belongs here")
		}
		v.SetUint(i)
	case reflect.Float64:
		f, ok := numberOf(n)
		if !ok {
			return d.mismatch(n, path, "a number belongs here")
		}
		v.SetFloat(f)
	}
	return nil
}

// key returns a pair's key, once.
func (d decoder) key(p *ast.MappingValueNode, seen map[string]*ast.MappingValueNode, path string) (string, *ParseError) {
	key, ok := rawText(p.Key)
	if !ok || key == "" {
		return "", d.at(p.Key, "a key is a single word")
	}
	if first := seen[key]; first != nil {
		return "", d.at(p.Key, "%s is set twice; first on line %d", join(path, key), first.Key.GetToken().Position.Line)
	}
	seen[key] = p
	if p.Value == nil || p.Value.Type() == ast.NullType {
		return "", d.at(p.Key, "%s has no value; give it one or leave the key out", join(path, key))
	}
	return key, nil
}

func (d decoder) mismatch(n ast.Node, path, want string) *ParseError {
	if path == "" {
		return d.at(n, "%s, such as \"name: smoke\"", want)
	}
	if raw, ok := rawText(n); ok {
		return d.at(n, "%s: %s, not %s", path, want, clip(raw))
	}
	return d.at(n, "%s: %s", path, want)
}

func (d decoder) at(n interface{ GetToken() *token.Token }, format string, args ...any) *ParseError {
	pos := n.GetToken().Position
	return &ParseError{File: d.file, Line: pos.Line, Col: pos.Column, Msg: fmt.Sprintf(format, args...)}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// keysOf lists a struct's keys, by field.
func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i], _, _ = strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
	}
	return keys
}

package strictyaml

import (
	"cmp"
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// Decode fills the struct that v points to. Its fields all have a yaml tag, and
// are text, numbers (int, uint16, uint64, float64), booleans,
// [encoding.TextUnmarshaler], or structs, pointers, slices and maps of these. What
// the file leaves out stays as v has it; a list and a map with keys of the user's
// are replaced as a whole. On an error, which is of type [Errors], v holds
// anything.
func (d *Document) Decode(v any) error {
	dec := decoder{file: d.file, example: d.format.Example}
	dec.decode(d.root, reflect.ValueOf(v).Elem(), "")
	if len(dec.errs) == 0 {
		return nil
	}
	slices.SortStableFunc(dec.errs, func(a, b *Error) int { return cmp.Or(a.Line-b.Line, a.Col-b.Col) })
	if dec.more > 0 {
		dec.errs = append(dec.errs, &Error{File: d.file, Msg: fmt.Sprintf("%d more errors", dec.more)})
	}
	return dec.errs
}

var textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()

// maxErrors is how many errors are reported one by one.
const maxErrors = 20

// decoder fills Go values from YAML nodes. It goes on after an error, so that all
// of them are reported.
type decoder struct {
	file    string
	example string // a line of the file
	errs    Errors // at most maxErrors
	more    int    // errors beyond these
}

// fail reports an error at a node or pair.
func (d *decoder) fail(n interface{ GetToken() *token.Token }, format string, args ...any) {
	if len(d.errs) == maxErrors {
		d.more++
		return
	}
	d.errs = append(d.errs, at(d.file, n.GetToken(), format, args...))
}

// mismatch reports a value of the wrong type.
func (d *decoder) mismatch(n ast.Node, path, want string) {
	got := ""
	if raw, ok := rawText(n); ok {
		got = ", got " + usertext.Quote(raw)
	}
	d.fail(n, "%s: expected %s%s", path, want, got)
}

// decode sets v from n; path is the key's full name, "" at the root.
func (d *decoder) decode(n ast.Node, v reflect.Value, path string) {
	if t, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		d.text(n, t, path)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v, path)
	case reflect.Map:
		d.userMap(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), path)
	default:
		d.scalar(n, v, path)
	}
}

// structure decodes a mapping with known keys.
func (d *decoder) structure(n ast.Node, v reflect.Value, path string) {
	known := keysOf(v.Type())
	for _, p := range d.pairs(n, v.Type(), path) {
		if i := slices.Index(known, p.key); i >= 0 {
			d.decode(p.Value, v.Field(i), join(path, p.key))
		} else {
			d.fail(p.Key, "%s", unknownKey(p.key, path, known))
		}
	}
}

// userMap decodes a mapping with keys of the user's.
func (d *decoder) userMap(n ast.Node, v reflect.Value, path string) {
	v.SetZero()
	for _, p := range d.pairs(n, v.Type(), path) {
		if v.IsNil() {
			v.Set(reflect.MakeMap(v.Type()))
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		if raw, ok := rawText(p.Value); ok && elem.Kind() == reflect.String {
			elem.SetString(raw) // query options: MT_DOP: 4 means "4"
		} else {
			d.decode(p.Value, elem, join(path, p.key))
		}
		v.SetMapIndex(reflect.ValueOf(p.key), elem)
	}
}

// list decodes a sequence; an empty one is nil.
func (d *decoder) list(n ast.Node, v reflect.Value, path string) {
	v.SetZero()
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.mismatch(n, path, "a list, e.g. "+sample(v.Type()))
		return
	}
	for _, item := range seq.Values {
		elem := reflect.New(v.Type().Elem()).Elem()
		if text, ok := hostPortFromMap(item); ok && elem.Kind() == reflect.String {
			elem.SetString(text)
		} else {
			d.decode(item, elem, path)
		}
		v.Set(reflect.Append(v, elem))
	}
}

func (d *decoder) text(n ast.Node, t encoding.TextUnmarshaler, path string) {
	raw, ok := rawText(n)
	if !ok {
		d.mismatch(n, path, "a single value")
		return
	}
	if err := t.UnmarshalText([]byte(raw)); err != nil {
		d.fail(n, "%s: %s", path, firstLine(err.Error()))
	}
}

func (d *decoder) scalar(n ast.Node, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		text, ok := stringOf(n)
		if raw, scalar := rawText(n); !ok && scalar {
			d.fail(n, "%s: expected text; put %s in quotes", path, usertext.Quote(raw))
		} else if !ok {
			d.mismatch(n, path, "text")
		}
		v.SetString(text)
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.mismatch(n, path, "true or false")
			return
		}
		v.SetBool(b.Value)
	case reflect.Int:
		v.SetInt(int64(d.whole(n, path, math.MaxInt32)))
	case reflect.Uint16:
		v.SetUint(d.whole(n, path, math.MaxUint16))
	case reflect.Uint64:
		v.SetUint(d.whole(n, path, math.MaxUint64))
	case reflect.Float64:
		f, ok := numberOf(n)
		if !ok {
			d.mismatch(n, path, "a number")
		}
		v.SetFloat(f)
	}
}

// whole reads a whole number; 0 where it is none.
func (d *decoder) whole(n ast.Node, path string, limit uint64) uint64 {
	i, ok := wholeOf(n)
	if !ok || i > limit {
		d.mismatch(n, path, fmt.Sprintf("a whole number from 0 to %d", limit))
		return 0
	}
	return i
}

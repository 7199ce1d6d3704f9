package strictyaml

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// pair is a key that is set once, and has a value.
type pair struct {
	key string
	*ast.MappingValueNode
}

// pairs returns the pairs of n, which is to be a mapping for a value of type t.
// It reports all that cannot be read and leaves that out.
func (d *decoder) pairs(n ast.Node, t reflect.Type, path string) []pair {
	nodes, ok := pairsOf(n)
	switch {
	case !ok && path == "":
		d.fail(n, "expected a mapping, e.g. %s", d.example)
	case !ok:
		d.mismatch(n, path, "a mapping, e.g. "+sample(t))
	}
	line := map[string]int{}
	var out []pair
	for _, p := range nodes {
		key, ok := rawText(p.Key)
		name := join(path, key)
		switch first := line[key]; {
		case !ok || key == "":
			d.fail(p.Key, "expected a key that is a single word")
			continue
		case first != 0:
			d.fail(p.Key, "%s is already set on line %d", name, first)
			continue
		case p.Value == nil || p.Value.Type() == ast.NullType:
			d.fail(p.Key, "%s has no value; add one or remove the key", name)
		default:
			out = append(out, pair{key, p})
		}
		line[key] = p.Key.GetToken().Position.Line
	}
	return out
}

// unknownKey is the message for a key that is not known under path.
func unknownKey(key, path string, known []string) string {
	where := ""
	if path != "" {
		where = " under " + path
	}
	msg := fmt.Sprintf("unknown key %s%s", usertext.Quote(key), where)
	if near, ok := usertext.Nearest(key, known); ok {
		msg += "; did you mean " + near + "?"
	}
	return msg
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

// sample is a value of type t as a file has it, for messages; "..." stands for
// values that it does not know.
func sample(t reflect.Type) string {
	if reflect.PointerTo(t).Implements(textUnmarshaler) {
		return "..."
	}
	switch t.Kind() {
	case reflect.Pointer:
		return sample(t.Elem())
	case reflect.Int, reflect.Uint16, reflect.Uint64:
		return "5"
	case reflect.Float64:
		return "0.5"
	case reflect.Bool:
		return "true"
	case reflect.Slice:
		if t.Elem().Kind() == reflect.String {
			return "[a, b]"
		}
		return "[" + sample(t.Elem()) + "]"
	case reflect.Map:
		return "{key: " + sample(t.Elem()) + "}"
	case reflect.Struct:
		return "{" + keysOf(t)[0] + ": " + sample(t.Field(0).Type) + "}"
	}
	return "..."
}

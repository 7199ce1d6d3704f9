// Package bounds visits every value of a struct that was read from JSON, so that
// none is forgotten when they are checked.
package bounds

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Visit looks at one value. It returns false where what the value holds need not
// be visited.
type Visit func(v any) (within bool, err error)

// Check visits v and all that it holds: the fields with a JSON key of structs, the
// elements of slices and maps, and what pointers point to. It stops at the first
// error, and says where the value is: "looks[0].tally[2].ok: ...".
func Check(v any, visit Visit) error {
	path, err := check(reflect.ValueOf(v), visit)
	if err == nil || path == "" {
		return err
	}
	return fmt.Errorf("%s: %w", strings.TrimPrefix(path, "."), err)
}

// check returns the path within v of what fails.
func check(v reflect.Value, visit Visit) (path string, err error) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return "", nil
		}
		v = v.Elem()
	}
	if within, err := visit(v.Interface()); err != nil || !within {
		return "", err
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			key, ok := keyOf(v.Type().Field(i))
			if !ok {
				continue
			}
			if path, err := check(v.Field(i), visit); err != nil {
				return key + path, err
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if path, err := check(v.Index(i), visit); err != nil {
				return "[" + strconv.Itoa(i) + "]" + path, err
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if path, err := check(v.MapIndex(key), visit); err != nil {
				return fmt.Sprintf("[%.40q]%s", key, path), err
			}
		}
	}
	return "", nil
}

// keyOf is the part that a field adds to a path: nothing where it is embedded. A
// field without a JSON key is not visited.
func keyOf(f reflect.StructField) (string, bool) {
	if f.Anonymous {
		return "", f.IsExported()
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return "." + name, name != "" && name != "-" && f.IsExported()
}

// Package exactjson makes encoding/json exact about keys: by itself, it takes
// "Verdict" for "verdict", and the last of two keys that it takes for the same.
package exactjson

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"strings"
)

// Filter copies a JSON value that is to be read as t, without the keys that t does
// not have. It fails where an object has a key twice, and where something follows
// the value. Shapes has, for types that read their own JSON, the type that they
// read it as.
func Filter(b []byte, t reflect.Type, shapes map[reflect.Type]reflect.Type) ([]byte, error) {
	var out bytes.Buffer
	c := keyCopier{json.NewDecoder(bytes.NewReader(b)), &out, shapes, map[reflect.Type]map[string]reflect.Type{}}
	c.in.UseNumber()
	if err := c.value(t); err != nil {
		return nil, err
	}
	if _, err := c.in.Token(); err != io.EOF {
		return nil, fmt.Errorf("there is more after the JSON value")
	}
	return out.Bytes(), nil
}

// keyCopier copies token by token. The types bound how deep it goes.
type keyCopier struct {
	in     *json.Decoder
	out    *bytes.Buffer
	shapes map[reflect.Type]reflect.Type
	keys   map[reflect.Type]map[string]reflect.Type // of the structs so far, with the types of their values
}

// value copies the next value, which is to be a t.
func (c keyCopier) value(t reflect.Type) error {
	token, err := c.in.Token()
	if err != nil {
		return err
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if shape, ok := c.shapes[t]; ok {
		t = shape
	}
	switch token {
	case json.Delim('{'):
		return c.object(t)
	case json.Delim('['):
		return c.list(t)
	}
	scalar, err := json.Marshal(token)
	c.out.Write(scalar)
	return err
}

// object copies the rest of an object after its opening brace: the keys of t.
func (c keyCopier) object(t reflect.Type) error {
	c.out.WriteByte('{')
	seen := map[string]bool{}
	comma := false
	for c.in.More() {
		token, err := c.in.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string) // a key is a string
		if seen[key] {
			return fmt.Errorf("key %.100q is repeated in one object", key)
		}
		seen[key] = true
		of := c.typeOf(t, key)
		if of == nil {
			if err := c.skip(); err != nil {
				return err
			}
			continue
		}
		if comma {
			c.out.WriteByte(',')
		}
		comma = true
		name, _ := json.Marshal(key) // a string cannot fail
		c.out.Write(name)
		c.out.WriteByte(':')
		if err := c.value(of); err != nil {
			return err
		}
	}
	c.out.WriteByte('}')
	_, err := c.in.Token()
	return err
}

// list copies the rest of a list after its opening bracket. Where t is not a list,
// an empty one is written: decoding it then reports the type.
func (c keyCopier) list(t reflect.Type) error {
	var of reflect.Type
	if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
		of = t.Elem()
	}
	c.out.WriteByte('[')
	for comma := false; c.in.More(); {
		if of == nil {
			if err := c.skip(); err != nil {
				return err
			}
			continue
		}
		if comma {
			c.out.WriteByte(',')
		}
		comma = true
		if err := c.value(of); err != nil {
			return err
		}
	}
	c.out.WriteByte(']')
	_, err := c.in.Token()
	return err
}

// skip reads over the next value.
func (c keyCopier) skip() error {
	for depth := 0; ; {
		token, err := c.in.Token()
		if err != nil {
			return err
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
	}
}

// typeOf returns the type of a key's value in an object that is to be a t; nil
// where t has no such key.
func (c keyCopier) typeOf(t reflect.Type, key string) reflect.Type {
	switch t.Kind() {
	case reflect.Map:
		return t.Elem()
	case reflect.Struct:
		if c.keys[t] == nil {
			c.keys[t] = Keys(t)
		}
		return c.keys[t][key]
	}
	return nil
}

// Keys returns the JSON keys of a struct with the types of their values, those of
// embedded structs included. An outer field hides an inner one.
func Keys(t reflect.Type) map[string]reflect.Type {
	keys := map[string]reflect.Type{}
	for f := range t.Fields() {
		if f.Anonymous {
			maps.Copy(keys, Keys(f.Type))
		}
	}
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" && f.IsExported() {
			keys[name] = f.Type
		}
	}
	return keys
}

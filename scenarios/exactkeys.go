package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
)

// exactKeys copies a JSON value that is to be read as t, without the keys that t
// does not have: encoding/json takes "Verdict" for "verdict", and the last of two
// keys that it takes for one. It fails where an object has a key twice.
func exactKeys(b []byte, t reflect.Type) ([]byte, error) {
	var out bytes.Buffer
	c := keyCopier{json.NewDecoder(bytes.NewReader(b)), &out, map[reflect.Type]map[string]reflect.Type{}}
	c.in.UseNumber()
	if err := c.value(t); err != nil {
		return nil, err
	}
	if _, err := c.in.Token(); err != io.EOF {
		return nil, fmt.Errorf("something follows the JSON value")
	}
	return out.Bytes(), nil
}

// keyCopier copies token by token. How deep it goes the types bound.
type keyCopier struct {
	in   *json.Decoder
	out  *bytes.Buffer
	keys map[reflect.Type]map[string]reflect.Type // of the structs met so far, with their values' types
}

// shapes are what types that read themselves make of their JSON.
var shapes = map[reflect.Type]reflect.Type{
	reflect.TypeFor[PhaseStats]():  reflect.TypeFor[map[string]timesJSON](),
	reflect.TypeFor[Times]():       reflect.TypeFor[timesJSON](),
	reflect.TypeFor[boundedTags](): reflect.TypeFor[[]TagTimes](),
}

// value copies the next value, which is to be a t; nil is one that nobody reads.
func (c keyCopier) value(t reflect.Type) error {
	token, err := c.in.Token()
	if err != nil {
		return err
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if shape, ok := shapes[t]; ok {
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

// object copies one whose brace has been read, as far as t has its keys.
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
			return fmt.Errorf("the key %.100q is there twice in one object", key)
		}
		seen[key] = true
		of := c.read(t, key)
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

// list copies one whose bracket has been read. What is to be no list keeps its
// bracket and loses what it holds: whoever reads it says that it is none.
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

// read is the type of a key's value in an object that is to be a t; nil where t
// has no such key.
func (c keyCopier) read(t reflect.Type, key string) reflect.Type {
	switch t.Kind() {
	case reflect.Map:
		return t.Elem()
	case reflect.Struct:
		if c.keys[t] == nil {
			c.keys[t] = map[string]reflect.Type{}
			addFields(c.keys[t], t)
		}
		return c.keys[t][key]
	}
	return nil
}

// addFields adds the fields of a struct by key: an outer one hides an inner one.
func addFields(fields map[string]reflect.Type, t reflect.Type) {
	for f := range t.Fields() {
		if f.Anonymous {
			addFields(fields, f.Type)
		}
	}
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" && f.IsExported() {
			fields[name] = f.Type
		}
	}
}

package awssim

import (
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// form reads the parameters of AWS's query protocols. Lists are numbered from 1:
// Filter.1.Name for EC2, Listeners.member.1.Protocol for Elastic Load Balancing.
type form struct {
	values url.Values
	infix  string // between a list's name and a number: "." or ".member."
	used   map[string]bool
}

// maxListItems bounds every list of a request.
const maxListItems = 1000

// decode fills a struct with fields named like the parameters. A parameter without
// a field is refused instead of ignored.
func (f *form) decode(into any) error {
	f.used = map[string]bool{"Action": true, "Version": true}
	if err := f.fill("", reflect.ValueOf(into).Elem()); err != nil {
		return err
	}
	for key := range f.values {
		if !f.used[key] {
			return notSimulated("the parameter " + key)
		}
	}
	return nil
}

func (f *form) fill(key string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			field := v.Type().Field(i)
			name := key + "." + field.Name
			if field.Anonymous {
				name = key
			}
			if err := f.fill(strings.TrimPrefix(name, "."), v.Field(i)); err != nil {
				return err
			}
		}
		return nil
	case reflect.Slice:
		return f.fillList(key, v)
	case reflect.Pointer:
		if !f.has(key) {
			return nil
		}
		v.Set(reflect.New(v.Type().Elem()))
		return f.fill(key, v.Elem())
	}
	return f.fillOne(key, v)
}

func (f *form) fillList(key string, v reflect.Value) error {
	f.used[key] = true // an empty list is sent as its bare name
	for i := 1; i <= maxListItems; i++ {
		name := key + f.infix + strconv.Itoa(i)
		if !f.has(name) {
			return nil
		}
		item := reflect.New(v.Type().Elem()).Elem()
		if err := f.fill(name, item); err != nil {
			return err
		}
		v.Set(reflect.Append(v, item))
	}
	return refuse("ValidationError", "%s has more than %d members", key, maxListItems)
}

func (f *form) fillOne(key string, v reflect.Value) error {
	text, there := f.values[key]
	f.used[key] = true
	if !there || len(text) == 0 {
		return nil
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text[0])
	case reflect.Bool:
		b, err := strconv.ParseBool(text[0])
		if err != nil {
			return refuse("MalformedInput", "%s is no boolean", key)
		}
		v.SetBool(b)
	case reflect.Int32:
		n, err := strconv.ParseInt(text[0], 10, 32)
		if err != nil {
			return refuse("MalformedInput", "%s is no integer", key)
		}
		v.SetInt(n)
	}
	return nil
}

// has reports whether anything of that name, or below it, was sent.
func (f *form) has(key string) bool {
	if _, ok := f.values[key]; ok {
		return true
	}
	for k := range f.values {
		if strings.HasPrefix(k, key+".") {
			return true
		}
	}
	return false
}

// params is what was sent, without what every call has.
func (f *form) params() map[string]string {
	out := map[string]string{}
	for key, values := range f.values {
		if !slices.Contains([]string{"Action", "Version"}, key) && len(values) > 0 {
			out[key] = values[0]
		}
	}
	return out
}

package exactjson

import (
	"reflect"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type outer struct {
	Inner
	A    int            `json:"a"`
	List []Inner        `json:"list"`
	Map  map[string]int `json:"map"`
	Own  own            `json:"own"`
}

type Inner struct {
	B string `json:"b"`
	A string `json:"a"` // hidden by that of outer
}

// own reads its own JSON, as an Inner.
type own struct{}

var shapes = map[reflect.Type]reflect.Type{reflect.TypeFor[own](): reflect.TypeFor[Inner]()}

func TestFilter(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a": 1.50, "A": 2, "b": "x", "c": {"d": [1]}}`: `{"a":1.50,"b":"x"}`,
		`{"list": [{"b": "y", "B": 1}, null], "a": 2}`:   `{"list":[{"b":"y"},null],"a":2}`,
		`{"map": {"K": 1, "k": 2}}`:                      `{"map":{"K":1,"k":2}}`,
		`{"own": {"b": "z", "hdr": "q"}}`:                `{"own":{"b":"z"}}`,
		`{"a": [1, [2]]}`:                                `{"a":[]}`,
	} {
		got, err := Filter([]byte(in), reflect.TypeFor[outer](), shapes)
		if err != nil || string(got) != want {
			t.Errorf("Filter(%s) = %s, %v, want %s", in, got, err, want)
		}
	}
}

func TestFilter_Errors(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`{"a": 1, "a": 1}`:               "key \"a\" is repeated",
		`{"list": [{"b": "", "b": ""}]}`: "key \"b\" is repeated",
		`{"c": 1, "c": 2}`:               "key \"c\" is repeated",
		`{"a": 1} 2`:                     "there is more after the JSON value",
		`{"a": 1`:                        "EOF",
		`<xml/>`:                         "invalid character",
	} {
		if _, err := Filter([]byte(in), reflect.TypeFor[outer](), shapes); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Filter(%s) fails with %v, want %q", in, err, want)
		}
	}
}

package strictyaml

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// car is a file of a caller's.
type car struct {
	Name   string            `yaml:"name"`
	Doors  int               `yaml:"doors,omitempty"`
	Engine engine            `yaml:"engine,omitempty"`
	Spare  *wheel            `yaml:"spare,omitempty"`
	Ports  []uint16          `yaml:"ports,omitempty"`
	Stops  []string          `yaml:"stops,omitempty"`
	Wheels []wheel           `yaml:"wheels,omitempty"`
	Labels map[string]string `yaml:"labels,omitempty"`
}

type engine struct {
	Power float64 `yaml:"power,omitempty"`
	On    bool    `yaml:"on,omitempty"`
}

type wheel struct {
	Size int `yaml:"size"`
}

var carFile = Format{Example: `"name: beetle"`, Start: "`garage new` prints one"}

func read(src string) (car, error) {
	c := car{Doors: 4}
	doc, err := carFile.Read("car.yaml", []byte(src))
	if err != nil {
		return c, err
	}
	return c, doc.Decode(&c)
}

func TestDocument_Decode(t *testing.T) {
	t.Parallel()
	got, err := read("name: a\nengine: {power: 1e2}\nspare: {size: 3}\nports: [80, 443]\nstops: [a.b:1, c:2, d]\nwheels: [{size: 1}, {size: 2}]\nlabels: {n: 4}\n")
	want := car{
		Name: "a", Doors: 4, Engine: engine{Power: 100}, Spare: &wheel{3}, Ports: []uint16{80, 443},
		Stops: []string{"a.b:1", "c:2", "d"}, Wheels: []wheel{{1}, {2}}, Labels: map[string]string{"n": "4"},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestDocument_Decode_Errors(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]string{
		"":                              "car.yaml: the file is empty; `garage new` prints one",
		"beetle":                        `car.yaml:1:1: expected a mapping, e.g. "name: beetle"`,
		"engine: 5":                     `car.yaml:1:9: engine: expected a mapping, e.g. {power: 0.5}, got "5"`,
		"spare: big":                    `car.yaml:1:8: spare: expected a mapping, e.g. {size: 5}, got "big"`,
		"wheels: 4":                     `car.yaml:1:9: wheels: expected a list, e.g. [{size: 5}], got "4"`,
		"ports: 80":                     `car.yaml:1:8: ports: expected a list, e.g. [5], got "80"`,
		"ports: [80, 65536]":            `car.yaml:1:13: ports: expected a whole number from 0 to 65535, got "65536"`,
		"stops: a":                      `car.yaml:1:8: stops: expected a list, e.g. [a, b], got "a"`,
		"labels: x":                     `car.yaml:1:9: labels: expected a mapping, e.g. {key: ...}, got "x"`,
		"\"\": b":                       `car.yaml:1:1: expected a key that is a single word`,
		"enigne: {on: 1}":               `car.yaml:1:1: unknown key "enigne"; did you mean engine?`,
		"engine: {on: 1, on: 2, of: 3}": "car.yaml:1:14: engine.on: expected true or false, got \"1\"\ncar.yaml:1:17: engine.on is already set on line 1\ncar.yaml:1:24: unknown key \"of\" under engine; did you mean on?",
		"name:\ndoors: x":               "car.yaml:1:1: name has no value; add one or remove the key\ncar.yaml:2:8: doors: expected a whole number from 0 to 2147483647, got \"x\"",
	} {
		_, err := read(src)
		if _, ok := errors.AsType[Errors](err); !ok || err.Error() != want {
			t.Errorf("%q:\n got %v (%T)\nwant %s", src, err, err, want)
		}
	}
}

func TestDocument_Decode_BoundsErrors(t *testing.T) {
	t.Parallel()
	var src strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&src, "unknown%d: 1\n", i)
	}
	_, err := read(src.String())
	all, ok := errors.AsType[Errors](err)
	if !ok || len(all) != maxErrors+1 || all[maxErrors].Error() != "car.yaml: 980 more errors" {
		t.Errorf("%d errors: %v", len(all), err)
	}
}

func TestDocument_Locate(t *testing.T) {
	t.Parallel()
	doc, err := carFile.Read("car.yaml", []byte("name: a\nengine:\n  power: -1\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !doc.Has("engine.power") || doc.Has("engine.on") || doc.Has("power") {
		t.Error("Has is wrong")
	}
	other := errors.New("other")
	for _, c := range []struct {
		err  error
		want string
	}{
		{&KeyError{"engine.power", "too low"}, "car.yaml:3:10: engine.power: too low"},
		{&KeyError{"doors", "none"}, "doors: none"},
		{other, "other"},
	} {
		if got := doc.Locate(c.err); got.Error() != c.want {
			t.Errorf("Locate(%v) = %v, want %s", c.err, got, c.want)
		}
	}
}

func TestMarshal(t *testing.T) {
	t.Parallel()
	want := car{Name: "on", Stops: []string{"a:1", "00  \n"}, Wheels: []wheel{{7}}, Labels: map[string]string{"b": "~", "a": "x y"}}
	src, err := Marshal(want, car{Doors: 4})
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(string(src))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s\n%s", err, diff, src)
	}
}

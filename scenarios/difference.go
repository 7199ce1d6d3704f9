package scenarios

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Difference is a setting that two scenarios do not share, and its two values as a
// scenario file has them; "" where one does not have it.
type Difference struct{ Key, A, B string }

// String is "load.rate: 10/s and 20/s".
func (d Difference) String() string {
	return fmt.Sprintf("%s: %s and %s", d.Key, valueOr(d.A), valueOr(d.B))
}

func valueOr(text string) string {
	if text == "" {
		return "nothing"
	}
	return text
}

// Differences lists the settings in which a and b differ, sorted by key; those under
// the keys of except are left out.
func Differences(a, b Scenario, except ...string) []Difference {
	a.Kind, b.Kind = a.Kind.OrLooks(), b.Kind.OrLooks()
	of, with := flatScenario(a), flatScenario(b)
	keys := maps.Clone(of)
	maps.Copy(keys, with)
	var out []Difference
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		left := slices.ContainsFunc(except, func(e string) bool { return key == e || strings.HasPrefix(key, e+".") })
		if !left && of[key] != with[key] {
			out = append(out, Difference{key, of[key], with[key]})
		}
	}
	return out
}

// flatScenario is a scenario as values by key.
func flatScenario(s Scenario) map[string]string {
	out := map[string]string{}
	b, err := json.Marshal(s)
	if err != nil {
		return out // nothing in a scenario fails to be written
	}
	var v map[string]any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	_ = d.Decode(&v) // it was written by us
	flatten(out, "", v)
	return out
}

func flatten(out map[string]string, key string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, value := range v {
			flatten(out, strings.TrimPrefix(key+"."+name, "."), value)
		}
	case nil:
	case string:
		if v != "" {
			out[key] = v
		}
	default:
		b, _ := json.Marshal(v) // it came from JSON
		out[key] = string(b)
	}
}

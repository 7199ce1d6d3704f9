package scenarios

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// The head of a result that is read alone is the one of the whole.
func TestDecodeResultHead_IsThatOfTheResult(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("../testdata/runs/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := DecodeResult(b)
		if err != nil {
			t.Fatal(err)
		}
		if h, err := DecodeResultHead(b); err != nil || !reflect.DeepEqual(h, HeadOf(r)) {
			t.Errorf("%s: %+v, %v", name, h, err)
		}
	}
}

func TestDecodeResultHead(t *testing.T) {
	t.Parallel()
	run, err := json.Marshal(SourceRun{Run: "a"})
	if err != nil {
		t.Fatal(err)
	}
	list := func(n int) string { return `"sources": [` + strings.Repeat(string(run)+",", n-1) + string(run) + "]" }
	for name, c := range map[string]struct {
		in   string
		want string // "": it is read
	}{
		"keys in another case are others": {part(`"run": "a", "Run": "b", "SOURCES": [{"run": "c"}]`), ""},
		"the rest is not read":            {part(`"run": "a", "looks": 7`), ""},
		"as many sources as there can be": {part(`"run": "a", ` + list(MaxShards)), ""},
		"no sources":                      {part(`"run": "a", "sources": null`), ""},
		"a key twice":                     {part(`"run": "a", "run": "b"`), `key "run" is repeated in one object`},
		"a key of a source twice":         {part(`"sources": [{"run": "a", "run": "b"}]`), `key "run" is repeated in one object`},
		"more sources than there can be":  {part(list(MaxShards + 1)), "sources: list of 10001; the limit is 10000"},
		"more values than there can be":   {part(`"sources": [{}` + strings.Repeat(",{}", maxValues) + `]`), "more than 262144 values"},
		"sources that are none":           {part(`"sources": {"run": "a"}`), "sources"},
		"another schema":                  {`{"schema": "x"}`, `schema is "x", this version reads "impala-lbcheck/result/1"`},
		"something after it":              {part(`"run": "a"`) + "{}", "there is more after the JSON value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, err := DecodeResultHead([]byte(c.in))
			switch {
			case c.want == "" && (err != nil || h.Run != "a"):
				t.Errorf("%+v, %v", h.Run, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("fails with %v, want %q", err, c.want)
			}
		})
	}
}

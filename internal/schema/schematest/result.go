// Package schematest holds JSON documents of tests against the schemas in docs.
package schematest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Result fails t where a stored result is not as docs/result.schema.json says, or has a
// key that it does not have.
func Result(t testing.TB, result []byte) {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(moduleRoot(t), "docs", "result.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(result))
	if err != nil {
		t.Fatal(err)
	}
	if err := Compile(t, closed(t, src)).Validate(doc); err != nil {
		t.Errorf("%v", err)
	}
}

// Compile is a schema as a program has it: from its JSON.
func Compile(t testing.TB, src []byte) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, doc)
}

func compile(t testing.TB, doc any) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// closed is a schema that refuses the keys that it does not have. The one in docs allows
// them, as readers do, for a later version may write more.
func closed(t testing.TB, src []byte) []byte {
	t.Helper()
	return bytes.ReplaceAll(src, []byte(`"additionalProperties": true`), []byte(`"additionalProperties": false`))
}

// moduleRoot is where go.mod is, above the directory of the test.
func moduleRoot(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("there is no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

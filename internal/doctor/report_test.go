package doctor

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// Every key of the JSON is in the documentation of it.
func TestReport_KeysAreDocumented(t *testing.T) {
	t.Parallel()
	src, err := os.ReadFile("../../docs/results.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(src), "## What doctor found")
	if !ok || !strings.Contains(section, Schema) {
		t.Fatal("docs/results.md has no section of this schema")
	}
	for _, of := range []any{Report{}, Answer{}, TLS{}, Way{}, Problem{}, Line{}, Fit{}} {
		for field := range reflect.TypeOf(of).Fields() {
			key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			if !strings.Contains(section, "`"+key+"`") {
				t.Errorf("docs/results.md does not have %s of %T", key, of)
			}
		}
	}
}

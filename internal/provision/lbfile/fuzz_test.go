package lbfile

import (
	"errors"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/strictyaml"
)

// FuzzParse reads arbitrary text as lb.yaml: a valid specification, or an error that
// names the file, or the key that it lacks, and is short.
func FuzzParse(f *testing.F) {
	for _, page := range []Page{ClassicPage, NetworkPage, RecipePage} {
		f.Add([]byte(Init(page, "prod1")))
	}
	for _, src := range []string{"cluster: prod1", "cluster: a\ncluster: b", "{", "- a", "a: &a [*a]", "clients: [10.0.0.0/8, 10.0.0.0/8]", "\xff", "idle: 9999999999h"} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := Parse("lb.yaml", src)
		if err == nil {
			if err := s.Validate(); err != nil {
				t.Fatalf("what was read is not valid: %v", err)
			}
			return
		}
		_, missing := errors.AsType[*strictyaml.KeyError](err) // which has no place
		if text := err.Error(); !missing && !strings.Contains(text, "lb.yaml") || len(text) > 64<<10 {
			t.Fatalf("an error of %d bytes: %.300q", len(text), text)
		}
	})
}

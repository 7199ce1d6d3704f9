package scenarios_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// FuzzParseScenario: no source makes Parse panic, and what it reads it reads
// again from what Marshal writes.
func FuzzParseScenario(f *testing.F) {
	for _, name := range scenarios.BuiltinNames() {
		src, err := scenarios.BuiltinSource(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, src := range []string{
		"query: \"a\\x00\\u2028\\\"\\\\ é\U0001F600\"", "query: >-\n  a\n\n  b\n", "name: 'it''s'", "name: \"~\"", "name: \"1e3\"",
		"query_options: {\"\": x, a: true, ON: ON, 1: 0x1F}", "thresholds: {\"query{coordinator=*}\": [\"p(95) < 300ms\", 'a, b']}",
		"load: {rate: 1/m, settle: 1h, burst_hold: 0.5us}", "expect: {balance: {weights: [1e-300, 5, 1.7e308]}}",
		"seed: 18446744073709551615", "{", "- - - -", "a: b: c", "? x", "&a", "*a", "!!x", "\t", "---\n...\n---\n", "\xff",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := scenarios.Parse("fuzz.yaml", src)
		if err != nil {
			if _, ok := errors.AsType[*scenarios.ParseError](err); !ok {
				t.Fatalf("error %v is of type %T", err, err)
			}
			return
		}
		out, err := s.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		again, err := scenarios.Parse("fuzz.yaml", out)
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if diff := cmp.Diff(s, again); diff != "" {
			t.Fatalf("%s\n%s", diff, out)
		}
	})
}

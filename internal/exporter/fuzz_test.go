package exporter

import (
	"errors"
	"testing"
)

// FuzzParse reads arbitrary text as the exporter's configuration: targets that can run,
// or an error.
func FuzzParse(f *testing.F) {
	for _, src := range []string{
		"targets: {prod: {scenario: smoke, endpoints: [impala.example.com]}}",
		"every: 1m\nconcurrent: 3\ntargets:\n  a:\n    scenario: tls\n    endpoints: [h:1]\n    every: 5m\n",
		"targets: {a: {scenario: x.yaml}}", "targets: {}", "targets: {\"\": {}}", "{", "a: &a [*a]", "\xff",
	} {
		f.Add([]byte(src))
	}
	noFile := errors.New("there is no file")
	f.Fuzz(func(t *testing.T, src []byte) {
		c, err := Parse("exporter.yaml", src, func(string) ([]byte, error) { return nil, noFile })
		if err != nil {
			return
		}
		if len(c.Targets) == 0 || len(c.Targets) > maxTargets || c.Concurrent < 1 || c.Concurrent > maxConcurrent {
			t.Fatalf("%d targets, %d at once", len(c.Targets), c.Concurrent)
		}
		for name, target := range c.Targets {
			if err := target.Scenario.Validate(); err != nil || !targetName.MatchString(name) {
				t.Fatalf("target %q: %v", name, err)
			}
		}
	})
}

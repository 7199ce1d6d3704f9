package exporter_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/internal/exporter"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// parse parses a file; scenarios are beside it.
func parse(src string) (exporter.Config, error) {
	files := map[string]string{
		"etc/mine.yaml":    "name: nightly\ntarget: {endpoints: [a.example.com]}\nload: {burst: 3}\n",
		"etc/broken.yaml":  "name: broken\nexpect:\n  coordinatros: {count: 5}\n",
		"etc/guarded.yaml": "target: {endpoints: [a.example.com]}\nload:\n  rate: 500/s\n",
		"etc/login.yaml":   "target: {endpoints: [a.example.com]}\nauth:\n  mechanism: ldap\n  user: svc\n",
	}
	return exporter.Parse("etc/exporter.yaml", []byte(src), func(name string) ([]byte, error) {
		if text, ok := files[name]; ok {
			return []byte(text), nil
		}
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	})
}

func TestParse(t *testing.T) {
	t.Parallel()
	c, err := parse(`
every: 10m
targets:
  prod:
    scenario: smoke
    endpoints: [lb1.example.com, lb2.example.com:21051]
    every: 1h
    settings:
      expect.coordinators: 5
      tls.enabled: true
      load.concurrency: 7
  night.ly: {scenario: mine.yaml}
`)
	if err != nil {
		t.Fatal(err)
	}
	prod, nightly := c.Targets["prod"], c.Targets["night.ly"]
	if got := prod.Scenario; prod.Every != time.Hour || got.Name != "smoke" || got.Target.Endpoints[1] != "lb2.example.com:21051" || got.Expect.Coordinators.Count != 5 || !got.TLS.Enabled {
		t.Errorf("prod: %+v", prod)
	}
	if prod.Scenario.Load.Burst != 7 {
		t.Errorf("load.burst = %d: it follows load.concurrency", prod.Scenario.Load.Burst)
	}
	if nightly.Every != 10*time.Minute || nightly.Scenario.Name != "nightly" || nightly.Scenario.Load.Burst != 3 {
		t.Errorf("nightly: %+v", nightly)
	}
	if c.Concurrent != 2 || !prod.Sets("expect.coordinators") || prod.Sets("load.rate") || !nightly.Sets("load.burst") {
		t.Errorf("concurrent %d; the settings that were set are wrong", c.Concurrent)
	}
}

func TestParse_Errors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want string }{
		"an unknown key":                 {"targtes: {}", "etc/exporter.yaml:1:1: unknown key \"targtes\"; did you mean targets?"},
		"no target":                      {"every: 5m", "etc/exporter.yaml: targets: the file names no target"},
		"an empty file":                  {"", "etc/exporter.yaml: the file is empty; docs/exporter.md has one to start from"},
		"no scenario":                    {"targets:\n  a: {endpoints: [b]}", "targets.a.scenario: none given; write a built-in one (capacity, "},
		"an unknown scenario":            {"targets:\n  a: {scenario: smoek, endpoints: [b]}", "etc/exporter.yaml:2:17: targets.a.scenario: no scenario \"smoek\"; did you mean smoke?"},
		"a file that is not there":       {"targets:\n  a: {scenario: other.yaml}", "etc/exporter.yaml:2:17: targets.a.scenario: etc/other.yaml: file does not exist"},
		"an error in a scenario":         {"targets: {a: {scenario: broken.yaml}}", "etc/broken.yaml:3:3: unknown key \"coordinatros\" under expect; did you mean coordinators?"},
		"a name of a host with a port":   {"targets: {\"b:21050\": {scenario: smoke, endpoints: [b]}}", "a name has letters, digits, dots"},
		"an unknown setting":             {"targets:\n  a:\n    scenario: smoke\n    endpoints: [b]\n    settings:\n      load.ratee: 5", "etc/exporter.yaml:6:19: targets.a.settings.load.ratee: no setting has this key; did you mean load.rate?"},
		"a wrong value":                  {"targets:\n  a:\n    scenario: smoke\n    endpoints: [b]\n    settings:\n      load.timeout: 5", "etc/exporter.yaml:6:21: targets.a.settings.load.timeout: invalid duration"},
		"no endpoint":                    {"targets:\n  a: {scenario: smoke}", "target.endpoints: none given"},
		"a bad endpoint":                 {"targets:\n  a: {scenario: smoke, endpoints: [\"b:x\"]}", "etc/exporter.yaml:2:"},
		"a guard rail":                   {"targets: {a: {scenario: guarded.yaml}}", "confirm"},
		"a password of pages of nowhere": {"targets:\n  a:\n    scenario: smoke\n    endpoints: [b]\n    settings: {expect.coordinators: c, target.web_port: 25000, target.web_user: viewer}\n", "etc/exporter.yaml:5:"},
		"a password of nowhere":          {"targets: {a: {scenario: login.yaml}}", "etc/login.yaml:3:14: auth.mechanism: an exporter needs auth.password_file"},
		"a password of nowhere here":     {"targets:\n  a:\n    scenario: smoke\n    endpoints: [b]\n    settings:\n      auth.user: svc\n      auth.mechanism: ldap\n", "etc/exporter.yaml:7:23: targets.a.settings.auth.mechanism: auth.mechanism: an exporter needs"},
		"a command":                      {"targets: {a: {scenario: watch, endpoints: [b], settings: {watch.on_event: reboot}}}", "an exporter starts no command"},
		"too often":                      {"every: 1s\ntargets: {a: {scenario: smoke, endpoints: [b]}}", "etc/exporter.yaml:1:8: every: must be from 10s to 168h0m0s"},
		"too many at once":               {"concurrent: 99\ntargets: {a: {scenario: smoke, endpoints: [b]}}", "etc/exporter.yaml:1:13: concurrent: must be from 1 to 16"},
		"a target twice":                 {"targets:\n  a: {scenario: smoke, endpoints: [b]}\n  a: {scenario: smoke, endpoints: [c]}\n", "etc/exporter.yaml:3:3: targets.a is already set on line 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := parse(c.src); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestParse_TooManyTargets(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("targets:\n")
	for i := range 257 {
		fmt.Fprintf(&b, "  t%d: {scenario: tls, endpoints: [b]}\n", i)
	}
	if _, err := parse(b.String()); err == nil || !strings.Contains(err.Error(), "there are 257 targets, and 256 at most") {
		t.Errorf("error %v", err)
	}
}

// Every built-in scenario can be a target, as far as it needs nothing of the user's.
func TestParse_BuiltinScenarios(t *testing.T) {
	t.Parallel()
	needs := map[string]string{"query": "query: SELECT 1", "capacity": "capacity.hold: 10", "watch": "target.confirm: b", "idle": "target.confirm: b"}
	for _, name := range scenarios.BuiltinNames() {
		src := fmt.Sprintf("targets: {a: {scenario: %s, endpoints: [b], settings: {load.timeout: 5s, %s}}}", name, needs[name])
		if _, err := parse(strings.Replace(src, ", }", "}", 1)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

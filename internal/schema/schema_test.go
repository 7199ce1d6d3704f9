package schema_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
	"github.com/impala-lbcheck/impala-lbcheck/internal/schema"
	"github.com/impala-lbcheck/impala-lbcheck/internal/schema/schematest"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// compiled is the schema as an editor has it: from its JSON.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	src, err := json.MarshalIndent(schema.Scenario(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return schematest.Compile(t, src)
}

// validate holds a YAML file against the schema.
func validate(t *testing.T, s *jsonschema.Schema, src string) error {
	t.Helper()
	b, err := yaml.YAMLToJSON([]byte(src))
	if err != nil {
		t.Fatalf("%v\n%s", err, src)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestScenario_Golden(t *testing.T) {
	b, err := json.MarshalIndent(schema.Scenario(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden.Equal(t, filepath.Join("..", "..", "docs", "scenario.schema.json"), append(b, '\n'))
}

func TestScenario_TakesBuiltinScenarios(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for _, name := range scenarios.BuiltinNames() {
		src, err := scenarios.BuiltinSource(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, s, string(src)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The schema and the reader of scenario files agree.
func TestScenario_AgreesWithParse(t *testing.T) {
	t.Parallel()
	s := compiled(t)
	for _, tc := range []struct {
		src  string
		good bool
	}{
		{"name: mine", true},
		{"kind: stages\nload: {rate: 20/s, stages: [{rate: 20/s, for: 30s}, {hold: 5, for: 1m30s}, {closed: 3, for: 1m}]}", true},
		{"kind: capacity\ncapacity: {hold: 0, until_full: true, for: 10m, threads: 64}", true},
		{"kind: idle\nidle: {steps: [55s, 1m5s], scale: 0.01}\nexpect: {min_idle: 300s}", true},
		{"kind: watch\nwatch: {for: 5m, long: 5, on_event: \"true\", event_after: 500ms}\nexpect: {max_outage: 0s}", true},
		{"kind: query\nquery: SELECT 1\nexpect: {slowest: 2.5}", true},
		{"target: {endpoints: [\"a:1\", b], protocol: beeswax, dns: os, web_port: 25000}", true},
		{"auth: {mechanism: ldap, user: u, password_file: f, allow_cleartext: true}", true},
		{"tls: {enabled: true, min_version: \"1.3\", curve: p256}", true},
		{"load: {sessions: auto, rate: 0, burst: 0, settle: 1m, timeout: 2s}", true},
		{"load: {sessions: 80, rate: 30/m, warm_up: 0s, local_addresses: [127.0.0.1]}", true},
		{"query_options: {MT_DOP: 4, REQUEST_POOL: root.ci}\nseed: 7\nstrict_errors: true\ninconclusive: pass", true},
		{"thresholds: {session.open: [\"p(99) < 2s\"], \"session{node=*}\": [\"count > 1\"]}", true},
		{"expect: {coordinators: {names: [a, b]}, nodes: 2, balance: {policy: leastconn, alpha: 0.01, tolerance: 0.3, weights: [6, 1.5]}, tls: {issuer: [O=Amazon], days_left: 0}}", true},

		{"nmae: mine", false},
		{"load: {sesions: 4}", false},
		{"load: {burst: -1}", false},
		{"load: {burst: 100001}", false},
		{"load: {concurrency: 0}", false},
		{"load: {burst: many}", false},
		{"load: {timeout: 10}", false},
		{"load: {timeout: 0s}", false},
		{"load: {timeout: [1]}", false},
		{"load: {rate: fast}", false},
		{"load: {sessions: -4}", false},
		{"load: {stages: [{rate: 20/s, during: 30s}]}", false},
		{"load: {lanes: one}", false},
		{"kind: capacty", false},
		{"target: {protocol: http}", false},
		{"target: {endpoints: a}", false},
		{"target: {web_port: 65536}", false},
		{"tls: {min_version: 1.2}", false},
		{"tls: {enabled: 1}", false},
		{"expect: {balance: {alpha: 1}}", false},
		{"expect: {balance: {alpha: 0}}", false},
		{"expect: {balance: {tolerance: 101}}", false},
		{"expect: {balance: {weights: [1, 0]}}", false},
		{"expect: {balance: {policy: best}}", false},
		{"expect: {coordinators: 5}", false},
		{"expect: {slowest: 1}", false},
		{"thresholds: {session.open: []}", false},
		{"idle: {steps: [0s]}", false},
		{"inconclusive: maybe", false},
	} {
		_, parsed := scenarios.Parse("mine.yaml", []byte(tc.src))
		if err := validate(t, s, tc.src); (err == nil) != tc.good || (parsed == nil) != tc.good {
			t.Errorf("%s:\nthe schema says %v\nParse says %v\nwant good: %t", tc.src, err, parsed, tc.good)
		}
	}
}

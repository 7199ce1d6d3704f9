package scenarios_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

func TestParse_DocumentedExample(t *testing.T) {
	t.Parallel()
	const src = `
name: smoke
target: {endpoints: ["impala.example.com:21050"], protocol: hs2, dns: all}
auth: {mechanism: ldap, user: svc-ci, password_file: /run/secrets/impala}
tls: {enabled: true, ca_cert: corp-ca.pem, min_version: "1.2"}
load: {sessions: auto, lanes: per-node, burst: 16, rate: 10/s}   # a comment
query: SELECT pid()
expect:
  coordinators: {count: 5}                                   # or names: [...]
  balance: {policy: auto, alpha: 0.001, tolerance: 0.5}      # weights: [...]
  tls: {issuer: ["O=Amazon"], days_left: 7}
`
	want := scenarios.Default()
	want.Name, want.Query = "smoke", "SELECT pid()"
	want.Target.Endpoints = []string{"impala.example.com:21050"}
	want.Auth = scenarios.Auth{Mechanism: scenarios.MechanismLDAP, User: "svc-ci", PasswordFile: "/run/secrets/impala"}
	want.TLS = scenarios.TLSConfig{Enabled: true, CACert: "corp-ca.pem", MinVersion: "1.2"}
	want.Load.Lanes = scenarios.LanesPerNode
	want.Expect.Coordinators.Count = 5
	want.Expect.TLS.Issuer = []string{"O=Amazon"}
	got := mustParse(t, src)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := got.Validate(); err != nil {
		t.Error(err)
	}
}

func TestParse_Values(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src  string
		want func(*scenarios.Scenario)
	}{
		"a name left out is the file's": {"query: SELECT 1", func(s *scenarios.Scenario) { s.Query = "SELECT 1" }},
		"a zero overrides the default":  {"load: {burst: 0, rate: 0}", func(s *scenarios.Scenario) { s.Load.Burst, s.Load.Rate = 0, 0 }},
		"a rate by the minute":          {"load: {rate: 30/m}", func(s *scenarios.Scenario) { s.Load.Rate = 0.5 }},
		"a number of sessions":          {"load: {sessions: 80}", func(s *scenarios.Scenario) { s.Load.Sessions = 80 }},
		"a duration":                    {"load: {settle: 1m30s}", func(s *scenarios.Scenario) { s.Load.Settle = scenarios.Duration(90 * time.Second) }},
		"numbers as query options": {"query_options: {MT_DOP: 4, REQUEST_POOL: root.ci}", func(s *scenarios.Scenario) {
			s.QueryOptions = map[string]string{"MT_DOP": "4", "REQUEST_POOL": "root.ci"}
		}},
		"whole numbers as weights":            {"expect: {balance: {weights: [6, 1.5]}}", func(s *scenarios.Scenario) { s.Expect.Balance.Weights = []float64{6, 1.5} }},
		"a block list":                        {"target:\n  endpoints:\n    - a\n    - '[::1]:21000'\n", func(s *scenarios.Scenario) { s.Target.Endpoints = []string{"a", "[::1]:21000"} }},
		"host:port without quotes, in braces": {"target: {endpoints: [a.b:1, c:2, d]}", func(s *scenarios.Scenario) { s.Target.Endpoints = []string{"a.b:1", "c:2", "d"} }},
		"a number without a dot":              {"expect: {balance: {alpha: 1e-3}}", func(s *scenarios.Scenario) { s.Expect.Balance.Alpha = 0.001 }},
		"an empty list is none":               {"target: {endpoints: []}", func(*scenarios.Scenario) {}},
		"thresholds":                          {"thresholds:\n  session.open: [\"p(99) < 2s\"]\n", func(s *scenarios.Scenario) { s.Thresholds = map[string][]string{"session.open": {"p(99) < 2s"}} }},
		"a literal block":                     {"query: |-\n  SELECT\n    1\n", func(s *scenarios.Scenario) { s.Query = "SELECT\n  1" }},
		"a byte order mark":                   {"\uFEFFquery: q", func(s *scenarios.Scenario) { s.Query = "q" }},
		"Windows line ends":                   {"query: q\r\nseed: 7\r\n", func(s *scenarios.Scenario) { s.Query, s.Seed = "q", 7 }},
		"a document start":                    {"---\nseed: 7\n", func(s *scenarios.Scenario) { s.Seed = 7 }},
		"escapes in double quotes":            {`query: "a\tb\x00\u00e9\U0001F600\""`, func(s *scenarios.Scenario) { s.Query = "a\tb\x00é😀\"" }},
		"the largest seed":                    {"seed: 18446744073709551615", func(s *scenarios.Scenario) { s.Seed = 1<<64 - 1 }},
		"names of coordinators in order kept": {"expect: {coordinators: {names: [b, a]}}", func(s *scenarios.Scenario) { s.Expect.Coordinators.Names = []string{"b", "a"} }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := scenarios.Default()
			want.Name = "mine"
			c.want(&want)
			if diff := cmp.Diff(want, mustParse(t, c.src)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParse_Errors(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ src, want string }{
		"an unknown key":                {"load:\n  sesions: 4\n", `mine.yaml:2:3: unknown key "sesions" under load; did you mean sessions?`},
		"an unknown key at the top":     {"nmae: x", `mine.yaml:1:1: unknown key "nmae"; did you mean name?`},
		"a key like no other":           {"load: {waves: []}", `mine.yaml:1:8: unknown key "waves" under load`},
		"a key set twice":               {"seed: 1\nname: x\nseed: 2", `mine.yaml:3:1: seed is already set on line 1`},
		"a nested key set twice":        {"load: {burst: 1, burst: 2}", `mine.yaml:1:18: load.burst is already set on line 1`},
		"an option set twice":           {"query_options: {A: 1, A: 2}", `mine.yaml:1:23: query_options.A is already set on line 1`},
		"a key without a value":         {"load:\n", `mine.yaml:1:1: load has no value; add one or remove the key`},
		"null":                          {"query: ~", `mine.yaml:1:1: query has no value; add one or remove the key`},
		"a number for text":             {"tls: {min_version: 1.2}", `mine.yaml:1:20: tls.min_version: expected text; put "1.2" in quotes`},
		"text for a number":             {"load: {burst: many}", `mine.yaml:1:15: load.burst: expected a whole number from 0 to 2147483647, got "many"`},
		"a negative number":             {"load: {burst: -1}", `mine.yaml:1:15: load.burst: expected a whole number from 0 to 2147483647, got "-1"`},
		"a number too large":            {"load: {burst: 99999999999}", `mine.yaml:1:15: load.burst: expected a whole number from 0 to 2147483647, got "99999999999"`},
		"text for true":                 {"tls: {enabled: yes}", `mine.yaml:1:16: tls.enabled: expected true or false, got "yes"`},
		"a word for a list":             {"target: {endpoints: a}", `mine.yaml:1:21: target.endpoints: expected a list, e.g. [a, b], got "a"`},
		"a list for a mapping":          {"load: [1]", `mine.yaml:1:7: load: expected a mapping, e.g. {sessions: ...}`},
		"a list at the top":             {"- a", `mine.yaml:1:1: expected a mapping, e.g. "name: smoke"`},
		"a word at the top":             {"smoke", `mine.yaml:1:1: expected a mapping, e.g. "name: smoke"`},
		"a pair in a list of text":      {"target: {endpoints: [a: 1]}", `mine.yaml:1:23: target.endpoints: expected text`},
		"a number in quotes":            {"expect: {balance: {alpha: '1e-3'}}", `mine.yaml:1:27: expect.balance.alpha: expected a number, got "1e-3"`},
		"infinity for a number":         {"expect: {balance: {tolerance: .inf}}", `mine.yaml:1:31: expect.balance.tolerance: expected a number, got ".inf"`},
		"a rate that is none":           {"load: {rate: fast}", `mine.yaml:1:14: load.rate: invalid rate "fast": write for example 10/s or 30/m`},
		"a duration without a unit":     {"load: {timeout: 10}", `mine.yaml:1:17: load.timeout: invalid duration "10": add a unit, for example 10s`},
		"a duration as a list":          {"load: {timeout: [1]}", `mine.yaml:1:17: load.timeout: expected a single value`},
		"no time at all":                {"load:\n  timeout: 0s\n", "mine.yaml:2:12: load.timeout: must be more than 0s; the default is 10s"},
		"an unknown policy":             {"expect: {balance: {policy: leastcon}}", `mine.yaml:1:28: expect.balance.policy: "leastcon" is not one of auto, round-robin, flow-hash, random, leastconn, source; did you mean leastconn?`},
		"an unknown protocol":           {"target:\n  protocol: http\n", `mine.yaml:2:13: target.protocol: "http" is not one of hs2, hs2-http, beeswax`},
		"an alpha that is no chance":    {"expect: {balance: {alpha: 1.5}}", "mine.yaml:1:27: expect.balance.alpha: must be more than 0 and less than 1; the default is 0.001"},
		"an endpoint that is a URL":     {"target: {endpoints: [\"https://a\"]}", `mine.yaml:1:21: target.endpoints: "https://a": write host:port, without a scheme`},
		"a name that is there twice":    {"expect: {coordinators: {names: [a, A.]}}", `mine.yaml:1:32: expect.coordinators.names: "A." is there twice`},
		"a threshold without a limit":   {"thresholds: {session.open: []}", `mine.yaml:1:13: thresholds: "session.open" has no limit; write one such as "p(99) < 2s"`},
		"an anchor":                     {"name: &a x", `mine.yaml:1:7: anchors and aliases are not supported; write the value out`},
		"an alias":                      {"name: x\nquery: *a", `mine.yaml:2:8: anchors and aliases are not supported; write the value out`},
		"a merge key":                   {"load:\n  <<: x\n", `mine.yaml:2:3: anchors and aliases are not supported; write the value out`},
		"a tag":                         {"name: !!str x", `mine.yaml:1:7: tags are not supported; remove it`},
		"a directive":                   {"%YAML 1.2\n---\nname: x", `mine.yaml:1:1: directives are not supported; remove it`},
		"a question mark":               {"? name\n: x", `mine.yaml:1:1: write a key as "key: value", without the question mark`},
		"an empty file":                 {"", "mine.yaml: the file is empty; `impala-lbcheck scenarios show smoke` prints one to start from"},
		"a file of comments":            {"# nothing\n\n# here\n", "mine.yaml: the file is empty; `impala-lbcheck scenarios show smoke` prints one to start from"},
		"two documents":                 {"name: a\n---\nname: b\n", `mine.yaml:2:1: a second document begins here; a file has only one`},
		"a tab as indentation":          {"load:\n\tburst: 1\n", `mine.yaml:2:1: a tab cannot indent YAML; use spaces`},
		"a NUL":                         {"name: a\x00b", `mine.yaml:1:8: control character U+0000; in a quoted string write it as \x00`},
		"a lone carriage return":        {"name: a\rseed: 1", `mine.yaml:1:8: control character U+000D; in a quoted string write it as \x0d`},
		"another encoding":              {"name: \xff\xfe", `mine.yaml:1:7: this is not UTF-8 text`},
		"a file too large":              {strings.Repeat("#", 1<<20+1), "mine.yaml: the file has 1048577 bytes; the limit is 1048576"},
		"a file of too many words":      {"target: {endpoints: [" + strings.Repeat("a,", 20000) + "]}", "mine.yaml: the file has more than 20000 YAML tokens, which is the limit"},
		"brackets without an end":       {strings.Repeat("[", 50000), "mine.yaml: the file has more than 20000 YAML tokens, which is the limit"},
		"a bracket that is left open":   {"load: {burst: 1", "mine.yaml:1:7: could not find flow mapping end token '}'"},
		"a quote that is left open":     {"name: \"x", "mine.yaml:1:7: could not find end character of double-quoted text"},
		"two colons":                    {"name: a: b", "mine.yaml:1:7: mapping value is not allowed in this context"},
		"an indentation that is no use": {"load:\n  burst: 1\n rate: 1/s\n", "mine.yaml:3:2: value is not allowed in this context"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := scenarios.Parse("mine.yaml", []byte(c.src))
			var perr *scenarios.ParseError
			if !errors.As(err, &perr) {
				t.Fatalf("error = %v (%T), want a ParseError", err, err)
			}
			if got := err.Error(); got != c.want {
				t.Errorf("\n got %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestParse_ReportsAllErrors(t *testing.T) {
	t.Parallel()
	_, err := scenarios.Parse("mine.yaml", []byte("nmae: x\nload:\n  burst: many\n  timeout: 5\n  rate: 1/s\ntls: [1]\n"))
	const want = `mine.yaml:1:1: unknown key "nmae"; did you mean name?
mine.yaml:3:10: load.burst: expected a whole number from 0 to 2147483647, got "many"
mine.yaml:4:12: load.timeout: invalid duration "5": add a unit, for example 5s
mine.yaml:6:6: tls: expected a mapping, e.g. {enabled: true}`
	if err == nil || err.Error() != want {
		t.Errorf("\n got %v\nwant %s", err, want)
	}
	if first, ok := errors.AsType[*scenarios.ParseError](err); !ok || first.Line != 1 {
		t.Errorf("the first is %+v", first)
	}
}

func mustParse(t *testing.T, src string) scenarios.Scenario {
	t.Helper()
	s, err := scenarios.Parse("mine.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

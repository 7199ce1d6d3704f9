package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// foreignFlags are flags of other programs that our texts name.
var foreignFlags = map[string][]string{
	"impalad": {"--fe_service_threads", "--max_hs2_sessions_per_user", "--idle_session_timeout", "--disconnected_session_timeout", "--client_keepalive_probe_period_s",
		"--beeswax_port", "--cookie_require_secure", "--ldap_passwords_in_clear_ok", "--principal", "--be_principal", "--authorized_proxy_user_config", "--authorized_proxy_group_config", "--cookie_secret_file"},
	"impala-shell": {"--ssl", "--http_path", "--ca_cert", "--jwt_cmd", "--auth_creds_ok_in_clear", "--strict_hs2_protocol", "--client_connect_timeout_ms"},
	"aws": {"--source-group", "--groups", "--recursive", "--load-balancer-name", "--instances", "--certificate-arn",
		"--output", "--cli-input-json", "--next-token", "--jobs", "--log-group-name", "--log-stream-name", "--start-from-head",
		"--attributes", "--certificates", "--cidr", "--default-actions", "--group-id", "--health-check", "--health-check-interval-seconds",
		"--health-check-path", "--health-check-port", "--health-check-protocol", "--healthy-threshold-count", "--instance-port", "--listener-arn",
		"--listeners", "--load-balancer-arn", "--load-balancer-arns", "--load-balancer-attributes", "--load-balancer-port", "--policy-attributes", "--policy-name",
		"--policy-names", "--policy-type-name", "--port", "--ssl-certificate-id", "--ssl-policy", "--subnets", "--target-group-arn", "--targets",
		"--unhealthy-threshold-count", "--zonal-shift-id"},
	"docker":  {"--rm", "--read-only", "--cap-drop", "--security-opt", "--user"},
	"kubectl": {"--prefix", "--tail", "--from-file", "--from", "--follow"},
	// A module of ours with a command line of its own.
	"bench": {"--quick", "--only", "--client", "--addrs", "--c", "--window", "--profile", "--login", "--http"},
}

// flagName is a flag as a sentence has it.
var flagName = regexp.MustCompile(`(?:^|[^-\w])(--[a-z][a-z0-9_-]*)`)

func TestPrinted_CommandLinesParse(t *testing.T) {
	all := passages(t)
	t.Chdir(t.TempDir())
	seen := map[string]bool{}
	for _, p := range all {
		for _, line := range commandLines(p) {
			words := strings.Join(line.words, " ")
			if seen[words] {
				continue
			}
			seen[words] = true
			if err := line.parse(t); err != nil {
				t.Errorf("%s: impala-lbcheck %s: %v", p.place, words, err)
			}
		}
	}
	if len(seen) < 80 {
		t.Errorf("%d command lines: that is not all", len(seen))
	}
}

func TestPrinted_FlagsExist(t *testing.T) {
	t.Parallel()
	ours, named := flagNames(), map[string]bool{}
	for _, p := range passages(t) {
		for _, m := range flagName.FindAllStringSubmatch(p.text, -1) {
			name := m[1]
			if named[name] = true; ours[name] == nil && !foreign(name) {
				t.Errorf("%s: no command has %s, in %q", p.place, name, p.text)
			}
		}
	}
	for program, names := range foreignFlags {
		for _, name := range names {
			if !named[name] {
				t.Errorf("no text names %s of %s any more: delete it here", name, program)
			}
		}
	}
}

func foreign(name string) bool {
	for _, names := range foreignFlags {
		if slices.Contains(names, name) {
			return true
		}
	}
	return false
}

func TestPrinted_FlagValuesParse(t *testing.T) {
	t.Parallel()
	n := 0
	for _, p := range passages(t) {
		for _, words := range flagGroups(p) {
			if n++; foreign(words[0]) {
				continue
			}
			if err := takenByAll(words); err != nil {
				t.Errorf("%s: %v, in %q", p.place, err, p.text)
			}
		}
	}
	if n < 100 {
		t.Errorf("%d values: that is not all", n)
	}
}

// flagGroups are the flags that a passage names without a command, with their values.
func flagGroups(p passage) [][]string {
	var out [][]string
	switch p.form {
	case asSpan:
		if strings.HasPrefix(p.text, "--") {
			for _, words := range shellCommands(p.text) {
				out = append(out, alternatives(words)...)
			}
		}
	case inProse:
		words := strings.Fields(p.text)
		for i, word := range words {
			word = strings.TrimLeft(word, "(")
			if i+1 < len(words) && isFlag.MatchString(word) && sayableValue(word, words[i+1]) {
				out = append(out, alternatives([]string{word, strings.TrimRight(words[i+1], sentenceMarks)})...)
			}
		}
	}
	return out
}

var isFlag = regexp.MustCompile(`^--[a-z][a-z0-9-]*$`)

// sayableValue reports whether the word behind a flag is its value rather than
// the next word of the sentence.
func sayableValue(flag, word string) bool {
	if argument.MatchString(word) {
		return !strings.ContainsAny(word, "%`") && !strings.HasPrefix(word, "--")
	}
	if slices.Contains(verbs, strings.TrimRight(word, sentenceMarks)) {
		return false
	}
	for _, cmd := range flagNames()[flag] { // one of a few words
		if f := cmd.Flags().Lookup(flag[2:]); strings.Contains(f.Value.Type(), "|") && !strings.HasPrefix(word, "-") {
			return true
		}
	}
	return false
}

// verbs stand in our texts behind flags whose values are words.
var verbs = []string{"need", "needs"}

var variable = regexp.MustCompile(`IMPALA_LBCHECK_[A-Z0-9_]*`)

func TestPrinted_VariablesAreSettings(t *testing.T) {
	t.Parallel()
	n := 0
	for _, p := range passages(t) {
		for _, name := range variable.FindAllString(p.text, -1) {
			flag := "--" + strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, "IMPALA_LBCHECK_"), "_", "-"))
			if n++; flag != "--" && name != flags.PasswordVariable && name != flags.TokenVariable && flagNames()[flag] == nil {
				t.Errorf("%s: %s is the variable of no setting", p.place, name)
			}
		}
	}
	if n < 5 {
		t.Errorf("%d variables: that is not all", n)
	}
}

var scenarioFile = regexp.MustCompile("(?ms)^```yaml\n((?:name|kind|target):.*?)\n```$")

func TestPrinted_ScenarioFilesAreValid(t *testing.T) {
	t.Parallel()
	n := 0
	for name, src := range documents(t) {
		for _, m := range scenarioFile.FindAllStringSubmatch(src, -1) {
			n++
			s, err := scenarios.Parse(name, []byte(m[1]))
			if err == nil {
				err = s.Validate()
			}
			if err != nil {
				t.Errorf("%s: %v in\n%s", name, err, m[1])
			}
		}
	}
	if n == 0 {
		t.Error("no scenario file: docs/load.md has one")
	}
}

func TestForeignFlags_OfBenchExist(t *testing.T) {
	t.Parallel()
	var src strings.Builder
	for _, text := range files(t, "bench", ".go") {
		src.WriteString(text)
	}
	for _, flag := range foreignFlags["bench"] {
		if !strings.Contains(src.String(), `"`+flag[2:]+`"`) {
			t.Errorf("bench has no %s", flag)
		}
	}
}

package flags

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"go.uber.org/goleak"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// applied is a scenario of kind k after a command line and variables.
func applied(t *testing.T, k scenarios.Kind, args string, set func(string) bool, environ ...string) (scenarios.Scenario, error) {
	t.Helper()
	s := scenarios.Default()
	s.Name, s.Kind = "mine", k
	cmd := &cobra.Command{Use: "try"}
	o := Bind(cmd, environ, s, scenarios.Kinds()...)
	if err := cmd.ParseFlags(strings.Fields(args)); err != nil {
		return s, Refused(cmd, err)
	}
	return s, o.Apply(&s, set)
}

// The order of the flags, and of the layers that set them, changes nothing.
func TestOverrides_BurstFollowsConcurrency(t *testing.T) {
	t.Parallel()
	file := func(keys ...string) func(string) bool {
		return func(key string) bool { return slices.Contains(keys, key) }
	}
	for _, tc := range []struct {
		name, args string
		file       func(string) bool
		environ    []string
		want       string
	}{
		{"nothing", "", nil, nil, "16 open, burst 16"},
		{"concurrency", "--concurrency 4", nil, nil, "4 open, burst 4"},
		{"burst first", "--burst 0 --concurrency 4", nil, nil, "4 open, burst 0"},
		{"burst last", "--concurrency 4 --burst 0", nil, nil, "4 open, burst 0"},
		{"burst as a variable", "--concurrency 4", nil, []string{"IMPALA_LBCHECK_BURST=0"}, "4 open, burst 0"},
		{"concurrency as a variable", "--burst 7", nil, []string{"IMPALA_LBCHECK_CONCURRENCY=4"}, "4 open, burst 7"},
		{"a flag over a variable", "--burst 7", nil, []string{"IMPALA_LBCHECK_BURST=0"}, "16 open, burst 7"},
		{"burst in the file", "--concurrency 4", file("load.burst"), nil, "4 open, burst 16"},
		{"concurrency in the file", "", file("load.concurrency"), nil, "16 open, burst 16"},
	} {
		s, err := applied(t, scenarios.KindLooks, tc.args, tc.file, tc.environ...)
		if got := fmt.Sprintf("%d open, burst %d", s.Load.Concurrency, s.Load.Burst); err != nil || got != tc.want {
			t.Errorf("%s: %s, %v, want %s", tc.name, got, err, tc.want)
		}
	}
}

func TestOverrides_ListsReplaceTheLayerBelow(t *testing.T) {
	t.Parallel()
	s, err := applied(t, "", "--expect-issuer O=A --expect-issuer C=US", nil, "IMPALA_LBCHECK_EXPECT_ISSUER=O=B")
	if got := strings.Join(s.Expect.TLS.Issuer, " "); err != nil || got != "O=A C=US" {
		t.Errorf("issuer %s, %v", got, err)
	}
	s, err = applied(t, "", "", nil, "IMPALA_LBCHECK_EXPECT_ISSUER=O=B")
	if got := strings.Join(s.Expect.TLS.Issuer, " "); err != nil || got != "O=B" {
		t.Errorf("issuer %s, %v", got, err)
	}
}

func TestOverrides_OfAnotherKind(t *testing.T) {
	t.Parallel()
	if _, err := applied(t, scenarios.KindWatch, "--hold 4", nil); err == nil || err.Error() != "--hold: only scenarios of kind capacity have it, and mine is of kind watch" {
		t.Errorf("a flag: %v", err)
	}
	s, err := applied(t, scenarios.KindWatch, "", nil, "IMPALA_LBCHECK_HOLD=4", "IMPALA_LBCHECK_BURST=3")
	if err != nil || s.Capacity.Hold != 0 || s.Load.Burst == 3 {
		t.Errorf("variables: hold %d, burst %d, %v", s.Capacity.Hold, s.Load.Burst, err)
	}
}

func TestOverrides_RefuseWhatCannotBe(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ args, variable, want string }{
		{"", "IMPALA_LBCHECK_EXPECT_COORDINATOR=4", "unknown variable IMPALA_LBCHECK_EXPECT_COORDINATOR; did you mean IMPALA_LBCHECK_EXPECT_COORDINATORS?"},
		{"", "IMPALA_LBCHECK_SERVICE_HOST=10.96.0.7", "unknown variable IMPALA_LBCHECK_SERVICE_HOST: no setting has this name; Kubernetes sets it for a Service of this name, unless the pod has enableServiceLinks: false"},
		{"", "IMPALA_LBCHECK_EXPORTER_PORT_9102_TCP=tcp://10.96.0.7:9102", "unknown variable IMPALA_LBCHECK_EXPORTER_PORT_9102_TCP: no setting has this name; Kubernetes sets it for a Service of this name, unless the pod has enableServiceLinks: false"},
		{"", "IMPALA_LBCHECK_WAVES=4", "unknown variable IMPALA_LBCHECK_WAVES: no setting has this name"},
		{"", "IMPALA_LBCHECK_POLICY=best", `IMPALA_LBCHECK_POLICY=best: "best" is not one of auto, round-robin, flow-hash, random, leastconn, source`},
		{"", "IMPALA_LBCHECK_PASSWORD=x", ""},
		{"", "IMPALA_LBCHECK_WAVES=", ""},
		{"", "LBCHECK_POLICY=best", ""},
		{"--concurency 4", "", "unknown flag: --concurency; did you mean --concurrency?"},
		{"--waves 4", "", "unknown flag: --waves; try --help lists them"},
		{"", "IMPALA_LBCHECK_TOKEN=x", ""},
		{"--token", "", "there is no --token, because every process on this host can read a command line; use --token-file, --token-command or IMPALA_LBCHECK_TOKEN"},
		{"--password", "", "there is no --password, because every process on this host can read a command line; use --password-file, --password-command or IMPALA_LBCHECK_PASSWORD"},
		{"--burst -1", "", "--burst -1: must be from 1 to 100000 (0: none)"},
		{"--burst many", "", `--burst many: "many" is not a whole number`},
		{"--alpha 1", "", "--alpha 1: must be more than 0 and less than 1; the default is 0.001"},
		{"--tls=maybe", "", `--tls maybe: "maybe" is not one of true, false`},
	} {
		_, err := applied(t, "", tc.args, nil, tc.variable)
		if got := fmt.Sprint(err); got != tc.want && (err != nil || tc.want != "") {
			t.Errorf("%s %s:\n got %s\nwant %s", tc.args, tc.variable, got, tc.want)
		}
	}
}

func TestBind_CompletesEveryChoice(t *testing.T) {
	t.Parallel()
	cmd := &cobra.Command{Use: "try"}
	Bind(cmd, nil, scenarios.Default(), scenarios.Kinds()...)
	for _, st := range scenarios.Settings() {
		if st.Name == "" {
			continue
		}
		complete, ok := cmd.GetFlagCompletionFunc(st.Name)
		if ok != (st.Values != nil) {
			t.Errorf("--%s has values: %t, completes them: %t", st.Name, st.Values != nil, ok)
		}
		if !ok {
			continue
		}
		if values, directive := complete(cmd, nil, ""); !slices.Equal(values, st.Values) || directive != cobra.ShellCompDirectiveNoFileComp {
			t.Errorf("--%s completes %q with directive %d, want %q", st.Name, values, directive, st.Values)
		}
	}
}

func TestUsage_EveryFlagSaysItsDefault(t *testing.T) {
	t.Parallel()
	cmd := &cobra.Command{Use: "try", Run: func(*cobra.Command, []string) {}}
	Bind(cmd, nil, scenarios.Default(), scenarios.Kinds()...)
	cmd.Flags().String("plain", "", "text")
	cmd.Flags().Int("number", 0, "number")
	cmd.Flags().Bool("switch", false, "switch")
	for _, group := range groups(cmd.Flags()) {
		flagsOf(cmd.Flags(), group).VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(f.Usage, "(default") {
				t.Errorf("--%s under %q does not say its default: %s", f.Name, group, f.Usage)
			}
		})
	}
	var out strings.Builder
	Usage(&out, cmd)
	for _, want := range []string{"\nLogin:\n", "\nOther:\n", "(default 10/s)", "--policy P", "\nCapacity:\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the usage lacks %q:\n%s", want, out.String())
		}
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"tls.ca_cert":               "--ca-cert",
		"expect.coordinators":       "--expect-coordinators",
		"expect.coordinators.names": "--expect-coordinators",
		"thresholds.session.open":   "--threshold",
		"query":                     "--query",
		"capacity.hold":             "--hold",
		"load.burst_hold":           "",
		"load.stages":               "",
		"nowhere":                   "",
		"":                          "",
	} {
		if got, ok := For(key); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %t, want %q", key, got, ok, want)
		}
	}
}

func TestFix(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		fix  vocab.Fix
		want string
	}{
		{vocab.Fix{Setting: "tls.enabled", Value: "true"}, "--tls"},
		{vocab.Fix{Setting: "tls.enabled", Value: "false"}, "without --tls"},
		{vocab.Fix{Setting: "auth.mechanism", Value: "ldap"}, "--auth ldap"},
		{vocab.Fix{Setting: "tls.ca_cert"}, "--ca-cert"},
		{vocab.Fix{Setting: "load.burst_hold", Value: "3s"}, "load.burst_hold: 3s"},
		{vocab.Fix{Setting: "expect.tls.issuer", Value: "CN=$(id),O='x'"}, `--expect-issuer 'CN=$(id),O='\''x'\'''`},
		{vocab.Fix{Why: "it is gone"}, ""},
	} {
		if got := Fix(tc.fix); got != tc.want {
			t.Errorf("%+v: %s, want %s", tc.fix, got, tc.want)
		}
	}
}

func TestWord(t *testing.T) {
	t.Parallel()
	invalid := &scenarios.InvalidError{Key: "query", Msg: "m", Fix: []vocab.Fix{{Setting: "tls.enabled", Value: "true"}, {Setting: "auth.user"}}}
	if got := Word(fmt.Errorf("w: %w", invalid), scenarios.KindQuery).Error(); got != "--sql (query): m; add --tls or --user" {
		t.Errorf("got %s", got)
	}
	if got := Word(&scenarios.InvalidError{Key: "load.stages", Msg: "m"}, "").Error(); got != "load.stages: m" {
		t.Errorf("got %s", got)
	}
	if got := Word(nil, ""); got != nil {
		t.Errorf("got %v", got)
	}
}

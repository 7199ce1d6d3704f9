package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Loopback is not paced unless somebody asked for it; a threshold on a time that
// counts from when a session was due asks.
func TestSmoke_ThresholdOnLoginKeepsTheRateOnLoopback(t *testing.T) {
	t.Parallel()
	c := cluster(t, simcluster.Config{Coordinators: 1, Nodes: 1})
	out := filepath.Join(t.TempDir(), "r.json")
	stdout, stderr, _ := call(t, "smoke", c.Nodes()[0].String(), "--quiet", "--sessions", "5", "--burst", "0", "--rate", "50/s",
		"--threshold", "session.login: max < 30s", "--out", out)
	paced, err := readResult(t.Context(), out)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	stdout, stderr, _ = call(t, "smoke", c.Nodes()[0].String(), "--quiet", "--sessions", "5", "--burst", "0",
		"--threshold", "session.login: max < 30s", "--out", out)
	habit, err := readResult(t.Context(), out)
	if err != nil {
		t.Fatalf("%v\n%s%s", err, stdout, stderr)
	}
	for name, r := range map[string]scenarios.Result{"a rate that was asked for": paced, "the default rate": habit} {
		found := false
		for _, f := range r.Findings {
			if f.ID == "threshold.session.login: max < 30s" {
				found = true
				if f.Status == scenarios.StatusFail || f.Observed == nil {
					t.Errorf("%s: %+v", name, f)
				}
			}
		}
		if !found {
			t.Errorf("%s: no finding on the threshold", name)
		}
	}
}

func TestRoot_EveryBuiltinScenarioIsACommand(t *testing.T) {
	t.Parallel()
	root := newRoot(env{})
	for _, name := range scenarios.BuiltinNames() {
		cmd, rest, err := root.Find([]string{name})
		if err != nil || len(rest) > 0 || cmd.Name() != name || cmd.Short == "" || cmd.Long == "" || cmd.Example == "" {
			t.Errorf("%s: command %q, %v", name, cmd.Name(), err)
		}
	}
}

// flagEntry is the first line of a flag in --help.
var flagEntry = regexp.MustCompile(`(?m)^(      |  -\w, )--([a-z0-9-]+)`)

// Where a run's reports go stands in one section of its help, not in two.
func TestHelp_OutputIsOneSection(t *testing.T) {
	t.Parallel()
	stdout, _, _ := call(t, "smoke", "--help")
	_, section, _ := strings.Cut(stdout, "\nOutput:\n")
	section, _, _ = strings.Cut(section, "\n\n")
	for _, flag := range []string{"out", "github-summary", "explain", "observations", "serve", "metrics-listen", "quiet", "baseline"} {
		if !strings.Contains(section, "--"+flag+" ") {
			t.Errorf("--%s is not in the section Output:\n%s", flag, section)
		}
	}
}

func TestHelp_EveryFlagSaysItsDefault(t *testing.T) {
	t.Parallel()
	for _, cmd := range everyCommand(newRoot(env{})) {
		help, _, code := call(t, append(strings.Fields(cmd)[1:], "--help")...)
		if code != exitPass {
			t.Errorf("%s --help: exit %d", cmd, code)
		}
		paragraphs := strings.Split(help, "\n\n")
		paragraphs = slices.DeleteFunc(paragraphs, func(p string) bool { return strings.HasPrefix(p, "Examples:") })
		help = strings.Join(paragraphs, "\n\n")
		at := flagEntry.FindAllStringSubmatchIndex(help, -1)
		for i, m := range at {
			name, end := help[m[4]:m[5]], len(help)
			if i+1 < len(at) {
				end = at[i+1][0]
			}
			if name != "help" && name != "version" && !strings.Contains(help[m[0]:end], "(default") {
				t.Errorf("%s: --%s does not say its default:\n%s", cmd, name, help[m[0]:end])
			}
		}
	}
}

// everyCommand lists the paths of a command and all below it that can be run.
func everyCommand(cmd *cobra.Command) []string {
	paths := []string{cmd.CommandPath()}
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			paths = append(paths, everyCommand(c)...)
		}
	}
	return paths
}

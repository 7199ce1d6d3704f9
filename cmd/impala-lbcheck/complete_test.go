package main

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// completer asks one command line what completes, through cobra's own command: cobra
// keeps the flags of every command line that it ever had.
type completer struct {
	root *cobra.Command
	out  bytes.Buffer
}

func newCompleter() *completer {
	c := &completer{root: newRoot(env{})}
	c.root.SetOut(&c.out)
	c.root.SetErr(&bytes.Buffer{})
	return c
}

// complete returns the values without their descriptions.
func (c *completer) complete(t *testing.T, words ...string) ([]string, cobra.ShellCompDirective) {
	t.Helper()
	c.out.Reset()
	c.root.SetArgs(append([]string{cobra.ShellCompRequestCmd}, words...))
	if err := c.root.Execute(); err != nil {
		t.Fatalf("%q: %v", words, err)
	}
	lines := strings.Split(strings.TrimSpace(c.out.String()), "\n")
	directive, err := strconv.Atoi(strings.TrimPrefix(lines[len(lines)-1], ":"))
	if err != nil {
		t.Fatalf("%q: %v in\n%s", words, err, c.out.String())
	}
	values := lines[:len(lines)-1]
	for i, line := range values {
		values[i], _, _ = strings.Cut(line, "\t")
	}
	return values, cobra.ShellCompDirective(directive)
}

// pathOf are the words that name a command.
func pathOf(cmd *cobra.Command) []string { return strings.Fields(cmd.CommandPath())[1:] }

var (
	// A usage ends with the list of values, before the default.
	listInHelp = regexp.MustCompile(`: ([a-z0-9][\w.+-]*(?:, [a-z0-9][\w.+-]*)+)(?: \(default.*)?$`)
	// So does the word for the value: none|ldap, or cli, which is no type of pflag's.
	listAsWord = regexp.MustCompile(`^[a-z0-9][\w.-]*(\|[a-z0-9][\w.-]*)*$`)
	plainTypes = []string{"", "bool", "string", "stringArray", "strings", "int", "uint", "uint64", "float", "duration"}
)

// listOf are the values that a flag can have, as the table of settings or help says.
func listOf(f *pflag.Flag, word string) []string {
	for _, st := range scenarios.Settings() {
		if st.Name == f.Name && strings.HasPrefix(f.Usage, st.Help) {
			return st.Values
		}
	}
	if m := listInHelp.FindStringSubmatch(f.Usage); m != nil {
		return strings.Split(m[1], ", ")
	}
	if listAsWord.MatchString(word) && !slices.Contains(plainTypes, word) {
		return strings.Split(word, "|")
	}
	return nil
}

func TestCompletion_EveryFlag(t *testing.T) {
	t.Parallel()
	c := newCompleter()
	lists, files := 0, 0
	eachCommand(c.root, func(cmd *cobra.Command) {
		path := pathOf(cmd)
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			word, usage := pflag.UnquoteUsage(f)
			if f.NoOptDefVal != "" { // a switch
				return
			}
			got, directive := c.complete(t, append(slices.Clone(path), "--"+f.Name, "")...)
			list := listOf(&pflag.Flag{Name: f.Name, Usage: usage}, word)
			switch _, ext, _ := strings.Cut(word, "."); {
			case f.Name == "out" || f.Name == "fault": // each has a test
			case list != nil:
				if lists++; !slices.Equal(got, list) || directive != cobra.ShellCompDirectiveNoFileComp {
					t.Errorf("%q --%s has the values %q, and completes %q with directive %d", path, f.Name, list, got, directive)
				}
			case word == "FILE":
				if files++; len(got) > 0 || directive != cobra.ShellCompDirectiveDefault {
					t.Errorf("%q --%s is a file, and completes %q with directive %d", path, f.Name, got, directive)
				}
			case strings.HasPrefix(word, "FILE."):
				if files++; !slices.Contains(got, ext) || directive != cobra.ShellCompDirectiveFilterFileExt {
					t.Errorf("%q --%s is a %s, and completes %q with directive %d", path, f.Name, word, got, directive)
				}
			default:
				if len(got) > 0 || directive != cobra.ShellCompDirectiveNoFileComp {
					t.Errorf("%q --%s %s has no list and is no file, and completes %q with directive %d", path, f.Name, word, got, directive)
				}
			}
		})
	})
	if lists < 50 || files < 50 {
		t.Errorf("%d flags with a list and %d with a file: that is not all", lists, files)
	}
}

func TestCompletion_EveryArgument(t *testing.T) {
	t.Parallel()
	c := newCompleter()
	eachCommand(c.root, func(cmd *cobra.Command) {
		if cmd.HasSubCommands() {
			return
		}
		path, words := pathOf(cmd), argWords(cmd)
		given := slices.Clone(path)
		next := ""
		if strings.HasSuffix(cmd.Use, "...") {
			next = words[len(words)-1] // it may be repeated
		}
		for _, word := range append(words, next) {
			got, directive := c.complete(t, append(slices.Clone(given), "")...)
			want, wantDirective := []string(nil), cobra.ShellCompDirectiveNoFileComp
			switch word {
			case "NAME", "SCENARIO":
				want = scenarios.BuiltinNames()
			case "FILE.yaml":
				want, wantDirective = []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
			case "FILE.json", "OLD.json", "NEW.json", "A.json", "B.json":
				want, wantDirective = []string{"json"}, cobra.ShellCompDirectiveFilterFileExt
			case "RUN", "LOG":
				wantDirective = cobra.ShellCompDirectiveDefault
			case "DIR":
				wantDirective = cobra.ShellCompDirectiveFilterDirs
			case "", "HOST", "N", "CLUSTER", "NAME|ARN|HOST", "--", "COMMAND":
			default:
				t.Errorf("%q: which values has %s?", path, word)
			}
			if !slices.Equal(got, want) || directive != wantDirective {
				t.Errorf("%q completes %s to %q with directive %d, want %q with %d", given, word, got, directive, want, wantDirective)
			}
			given = append(given, "x")
		}
	})
}

func TestCompletion_ScenariosHaveDescriptions(t *testing.T) {
	t.Parallel()
	stdout, _, _ := call(t, cobra.ShellCompRequestCmd, "demo", "sm")
	smoke, err := scenarios.Builtin("smoke")
	if err != nil || !strings.Contains(stdout, "smoke\t"+smoke.Description+"\n") {
		t.Errorf("%v: %s", err, stdout)
	}
}

func TestCompletion_Outs(t *testing.T) {
	t.Parallel()
	c := newCompleter()
	var formats []string
	for _, f := range report.Formats() {
		formats = append(formats, string(f)+"=")
	}
	for typed, want := range map[string][]string{"": formats, "js": {"json="}, "json=": nil, "r": nil, "./j": nil} {
		wantDirective := cobra.ShellCompDirectiveDefault // files
		if want != nil {
			wantDirective = cobra.ShellCompDirectiveNoSpace
		}
		got, directive := c.complete(t, "smoke", "--out", typed)
		if !slices.Equal(got, want) || directive != wantDirective {
			t.Errorf("--out %s completes %q with directive %d, want %q with %d", typed, got, directive, want, wantDirective)
		}
	}
}

func TestCompletion_Faults(t *testing.T) {
	t.Parallel()
	c := newCompleter()
	for typed, want := range map[string][]string{
		"dea":      {"dead"},
		"dead":     {"dead", "dead@1", "dead@2", "dead@3"},
		"dead@":    {"dead@1", "dead@2", "dead@3"},
		"slow@2":   {"slow@2=200ms"},
		"restar":   {"restart"},
		"flak":     {"flaky=1"},
		"flaky":    {"flaky=1"}, // the balancer has no number
		"flaky@":   nil,
		"expired":  {"expired", "expired@1", "expired@2", "expired-intermediate", "expired-root"},
		"slow@2=":  {"slow@2=200ms"},
		"slow=":    {"slow=200ms", "slow=200ms@1", "slow=200ms@2", "slow=200ms@3"},
		"slow=1":   nil, // without a unit
		"slow=1s":  {"slow=1s", "slow=1s@1", "slow=1s@2", "slow=1s@3"},
		"slow=1s@": {"slow=1s@1", "slow=1s@2", "slow=1s@3"},
		"weights=": {"weights=6:1:1:1:1"},
		"dead=":    nil,
		"nothing":  nil,
	} {
		if got, directive := c.complete(t, "demo", "--coordinators", "3", "--fault", typed); !slices.Equal(got, want) || directive != cobra.ShellCompDirectiveNoFileComp {
			t.Errorf("--fault %s completes %q with directive %d, want %q", typed, got, directive, want)
		}
	}
	for _, command := range []string{"demo", "sim"} {
		names, _ := c.complete(t, command, "--fault", "")
		for i, f := range simcluster.Faults() {
			forms, _ := c.complete(t, command, "--fault", f.Name)
			for _, value := range append(forms, names[i]) {
				if parsed, err := simcluster.ParseFault(value); err != nil || strings.Contains(value, "@") != (parsed.At > 0) {
					t.Errorf("%s --fault %s completes %s, which is no fault: %v", command, f.Name, value, err)
				}
			}
		}
	}
}

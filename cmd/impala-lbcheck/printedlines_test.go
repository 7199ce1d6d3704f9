package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// A commandLine is one of ours that somebody reads.
type commandLine struct {
	words    []string // behind the program's name
	fragment bool     // its endpoint may be missing
}

// Words that stand for what the reader puts there.
var (
	placeholder = regexp.MustCompile(`^(\.\.\.|%[a-z]|[A-Z][A-Z0-9_]*(\.[a-z]+)?)$`)
	endpoint    = "127.0.0.1:21050" // loopback needs no --confirm
	anyValue    = []string{"3", "10s", "true", "auto", "ldap", "all", "a=b", "4:2:1", "0.5", "session: p(99) < 2s"}
)

// commandLines are the command lines of ours in a passage.
func commandLines(p passage) []commandLine {
	if p.form == inProse {
		return proseLines(p.text)
	}
	var out []commandLine
	for _, words := range shellCommands(p.text) {
		words, fragment := ownWords(words, p.form)
		if words == nil {
			continue
		}
		for _, one := range alternatives(words) {
			out = append(out, commandLine{one, fragment})
		}
	}
	return out
}

// ownWords are the words behind our program's name; nil: it is another program.
func ownWords(words []string, f form) (own []string, fragment bool) {
	switch {
	case words[0] == "impala-lbcheck":
		return words[1:], f == asSpan
	case strings.HasPrefix(strings.Join(words, " ")+" ", "go run ./cmd/impala-lbcheck "):
		return words[3:], f == asSpan
	case strings.HasPrefix(strings.Join(words, " ")+" ", "go run -tags noaws ./cmd/impala-lbcheck "):
		return words[5:], f == asSpan
	case f == asSpan:
		// A name such as "show" may be another program's, too.
		if group, known := commandNames()[words[0]]; known && (group == nil || len(words) > 1 && isFlag.MatchString(words[1])) {
			return slices.Concat(group, words), true
		}
	}
	return nil, false
}

// commandNames are the names of all commands, with those of the commands above.
var commandNames = sync.OnceValue(func() map[string][]string {
	names := map[string][]string{}
	for _, cmd := range newRoot(env{}).Commands() {
		for _, sub := range cmd.Commands() {
			names[sub.Name()] = []string{cmd.Name()}
		}
	}
	for _, cmd := range newRoot(env{}).Commands() {
		names[cmd.Name()] = nil
	}
	return names
})

var (
	// An indented line is an example's.
	ourName = regexp.MustCompile(`(?m)(?:^|\S |\()impala-lbcheck +(\S.*)$`)
	// No word of a sentence looks like this.
	argument = regexp.MustCompile(`^--[a-z]|^[^(]*[0-9%@=/A-Z]|[a-z]\.[a-z]`)
)

// proseLines are command lines within sentences: they end where the sentence goes on.
func proseLines(text string) []commandLine {
	var out []commandLine
	for _, m := range ourName.FindAllStringSubmatch(text, -1) {
		words := strings.Fields(m[1])
		if words[0] == "%s" {
			words[0] = "smoke"
		}
		n := proseEnd(words)
		if n > 0 {
			words[n-1] = strings.TrimRight(words[n-1], sentenceMarks)
			out = append(out, commandLine{words[:n], true})
		}
	}
	return out
}

const sentenceMarks = "`.,;:)"

// proseEnd is how many of the words are a command line: the command's names, its
// arguments, and the values of its flags.
func proseEnd(words []string) int {
	cmd, named := newRoot(env{}), true
	for i, word := range words {
		bare := strings.TrimRight(word, sentenceMarks)
		sub, _, err := cmd.Find([]string{bare})
		switch {
		case named && err == nil && sub != cmd:
			cmd = sub
		case i == 0:
			return 0
		case argument.MatchString(bare) || needsValue(cmd, words[i-1]):
			named = false
		default:
			return i
		}
		if bare != word {
			return i + 1
		}
	}
	return len(words)
}

// needsValue reports whether a word is a flag whose value is the next word.
func needsValue(cmd *cobra.Command, word string) bool {
	if !isFlag.MatchString(word) {
		return false
	}
	f := cmd.Flags().Lookup(word[2:])
	return f != nil && f.NoOptDefVal == ""
}

// errPermitted ends a command whose scenario might run.
var errPermitted = errors.New("permitted")

func parsingEnv() env {
	return env{out: &bytes.Buffer{}, err: &bytes.Buffer{},
		permitted: func(scenarios.Scenario, scenarios.Shard) error { return errPermitted }}
}

// parse carries a command line out up to where something would be sent. What asks
// AWS or serves until it is interrupted has its arguments read alone.
func (l commandLine) parse(t *testing.T) error {
	root := newRoot(parsingEnv())
	root.SetOut(&bytes.Buffer{})
	root.SetErr(&bytes.Buffer{})
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	cmd, rest, err := root.Find(l.words)
	if err != nil || len(rest) == 0 && l.fragment {
		return err
	}
	tried.Lock()
	rest = filled(cmd, rest, l.fragment)
	tried.Unlock()
	cmd.InitDefaultHelpFlag()
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	args := cmd.Flags().Args()
	if asked, _ := cmd.Flags().GetBool("help"); asked {
		return nil
	}
	if l.fragment && strings.Contains(cmd.Use, "HOST") && !cmd.Flags().Changed("from-provision") && !slices.Contains(args, endpoint) {
		rest, args = append(rest, endpoint), append(args, endpoint)
	}
	if err := errors.Join(cmd.ValidateArgs(args), cmd.ValidateRequiredFlags(), cmd.ValidateFlagGroups()); err != nil {
		return err
	}
	inBucket := func(arg string) bool { return strings.HasPrefix(arg, bucketScheme) }
	if remote(cmd) || slices.ContainsFunc(args, inBucket) { // of whose values some are read late: other commands with the flag read them here
		var errs []error
		cmd.Flags().Visit(func(f *pflag.Flag) {
			if v := f.Value.String(); v != "" { // a setting's is read at once, and not shown
				errs = append(errs, takenByAll([]string{"--" + f.Name + "=" + v}))
			}
		})
		return errors.Join(errs...)
	}
	prepare(t, rest)
	return untilSent(append(strings.Fields(cmd.CommandPath())[1:], rest...))
}

// untilSent runs a command line in an environment where nothing is sent.
func untilSent(words []string) error {
	e := parsingEnv()
	var err error
	if e.in, err = inputOf(words); err != nil {
		return err
	}
	defer e.in.Close()
	root := newRoot(e)
	root.SetOut(&bytes.Buffer{})
	root.SetErr(&bytes.Buffer{})
	root.SetArgs(words)
	err = root.ExecuteContext(context.Background())
	if done, ok := errors.AsType[*exitError](err); ok && done.err == nil || errors.Is(err, errPermitted) {
		return nil // it came to a verdict, or to sending
	}
	return err
}

// inputOf is what stands on standard input of a command that reads it: a result. It is
// nil for others.
func inputOf(words []string) (*os.File, error) {
	if !slices.Contains(words, stdoutPath) {
		return nil, nil
	}
	name := filepath.Join(os.TempDir(), fmt.Sprintf("stdin-%d.json", os.Getpid()))
	defer os.Remove(name) // it stays open
	if err := os.WriteFile(name, storedRun, 0o600); err != nil {
		return nil, err
	}
	return os.Open(name)
}

// remote reports whether a command does more than reading before it sends.
func remote(cmd *cobra.Command) bool {
	below := cmd.Name() == "sim" || cmd.HasParent() && cmd.Parent().Name() == "provision" && cmd.Name() != "init"
	return below || cmd.Flags().Changed("from-provision")
}

// filled has values in place of placeholders. In a fragment the last flag may lack
// its value.
func filled(cmd *cobra.Command, words []string, fragment bool) []string {
	out := slices.Clone(words)
	for i, word := range out {
		isValue := i > 0 && needsValue(cmd, out[i-1])
		switch {
		case word == "HOST" && isValue:
			out[i] = "127.0.0.1"
		case !placeholder.MatchString(word):
		case strings.HasPrefix(path.Ext(word), ".") && word != "...":
			out[i] = "mine" + path.Ext(word)
		case isValue:
			out[i] = accepted(cmd, out[i-1])
		case word == "HOST":
			out[i] = endpoint
		case word == "FILE":
			out[i] = map[bool]string{true: "mine.json", false: "mine.yaml"}[cmd.Name() == "report"]
		default:
			out[i] = "smoke"
		}
	}
	if n := len(out); fragment && n > 0 && needsValue(cmd, out[n-1]) {
		out = append(out, accepted(cmd, out[n-1]))
	}
	return out
}

// tried is a command line on which values are tried, whatever was tried before. It
// is locked by who calls filled.
var tried = struct {
	sync.Mutex
	root func() *cobra.Command
}{root: sync.OnceValue(func() *cobra.Command { return newRoot(env{}) })}

// accepted is a value that a flag takes.
func accepted(cmd *cobra.Command, flag string) string {
	values := anyValue
	for _, st := range scenarios.Settings() {
		if st.Name == flag[2:] {
			values = slices.Concat(st.Values, values)
		}
	}
	fresh, _, err := tried.root().Find(strings.Fields(cmd.CommandPath())[1:])
	for _, v := range values {
		if err == nil && fresh.Flags().Set(flag[2:], v) == nil {
			return v
		}
	}
	return "..."
}

// prepare makes the files that a command line reads.
func prepare(t *testing.T, words []string) {
	t.Helper()
	for _, name := range words {
		var src []byte
		switch {
		case strings.Contains(name, "/") || strings.Contains(name, "="):
			continue
		case name == "exporter.yaml":
			src = exporterFile
		case strings.HasSuffix(name, ".yaml"):
			src, _ = scenarios.BuiltinSource("smoke")
		case strings.HasSuffix(name, ".json"):
			src = bytes.Replace(storedRun, []byte(`"run": "`), fmt.Appendf(nil, `"run": "%s-`, name), 1) // a run of its own
		case strings.HasSuffix(name, ".jsonl"):
			src = observedRun
		case strings.HasSuffix(name, ".log"):
			src = balancerLog
		default:
			continue
		}
		if err := os.WriteFile(name, src, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// storedRun is a result, for the command lines that read one.
var storedRun, _ = os.ReadFile(repo + "/testdata/runs/pass.json")

// observedRun is a session, and balancerLog a connection, for the command lines that join
// them.
var (
	observedRun = []byte(`{"schema":"impala-lbcheck/observations/1","tool":"0.1.0"}` + "\n" +
		`{"seq":0,"part":"scout","start_ms":0.1,"start_unix_us":1795860938200137,"end_ms":8.9,"node":"10.0.0.9:21050","local":"10.1.2.3:40000","source":"ping","outcome":"ok"}` + "\n")
	balancerLog = []byte("10.1.2.3:40000 [1795860938.201] 10.0.0.9:21050 impala impala/c1 10.0.1.1:21050 10.0.0.9:50000 1/0/9 675/7403 -- 0\n")
)

// exporterFile is the one that is shipped, for the command lines that read one.
var exporterFile, _ = os.ReadFile(repo + "/deploy/prometheus/exporter.yaml")

// flagNames are all flags that a command of ours has, with a command that has it.
var flagNames = sync.OnceValue(func() map[string][]*cobra.Command {
	out := map[string][]*cobra.Command{}
	eachCommand(newRoot(env{}), func(cmd *cobra.Command) {
		cmd.InitDefaultHelpFlag()
		cmd.Flags().VisitAll(func(f *pflag.Flag) { out["--"+f.Name] = append(out["--"+f.Name], cmd) })
	})
	return out
})

// takenByAll says why a command of ours that has these flags does not take their
// values, or that there is no such command.
func takenByAll(words []string) error {
	tried.Lock()
	defer tried.Unlock()
	var errs []error
	n := 0
	eachCommand(tried.root(), func(cmd *cobra.Command) {
		if !hasAll(cmd, words) {
			return
		}
		n++
		if err := cmd.ParseFlags(filled(cmd, words, true)); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", cmd.CommandPath(), err))
		} else if rest := cmd.Flags().Args(); len(rest) > 0 {
			errs = append(errs, fmt.Errorf("%s: %q is no flag's", cmd.CommandPath(), rest))
		}
	})
	if n == 0 {
		return fmt.Errorf("no command has all of %q", words)
	}
	return errors.Join(errs...)
}

func hasAll(cmd *cobra.Command, words []string) bool {
	cmd.InitDefaultHelpFlag()
	for _, word := range words {
		name, _, _ := strings.Cut(strings.TrimPrefix(word, "--"), "=")
		if strings.HasPrefix(word, "--") && cmd.Flags().Lookup(name) == nil {
			return false
		}
	}
	return true
}

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/jobs"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios/run/limits"
)

// fileKeys are the names under which files are mounted, by the flag that names each.
var fileKeys = map[string]string{
	"ca-cert": "ca.crt", "client-cert": "client.crt", "krb5-conf": "krb5.conf",
	"password-file": "password", "token-file": "token", "keytab": "keytab", "ccache": "ccache",
	"client-key": "client.key", "web-password-file": "web-password",
}

// publicFiles are those of the files that hold no secret.
var publicFiles = []string{"ca-cert", "client-cert", "krb5-conf"}

// needShell are the flags that have a shell do something, which the image has not.
var needShell = []string{"password-command", "token-command", "on-event"}

// errWouldRun ends a command that would run.
var errWouldRun = errors.New("permitted")

// fillJob tries the command of a job without running it, and says what its shards need.
func fillJob(ctx context.Context, e env, j *jobs.Job, args []string) error {
	if err := checkEnvironment(e.environ); err != nil {
		return err
	}
	words, leaf, err := wordsOf(args)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(words, func(w word) bool { return w.flag == "seed" }) {
		words = append(words, flagWord("seed", strconv.FormatUint(1+uint64(rand.Uint32()), 10)))
	}
	words = append(words, flagWord("shards", strconv.Itoa(j.Shards)), word{flag: "quiet"}, flagWord("out", "json=-"))
	first := scenarios.Shard{Index: 1, Count: j.Shards}
	s, err := permittedScenario(ctx, joinWords(words), first)
	if err != nil {
		return fmt.Errorf("the command behind --: %w", err)
	}
	starts, err := untilStart(words)
	if err := errors.Join(err, checkReach(s)); err != nil {
		return err
	}
	if err := checkLogin(s, j.PasswordElsewhere); err != nil {
		return err
	}
	if err := checkNamed(s, words); err != nil {
		return err
	}
	if err := mountFiles(j, words, leaf); err != nil {
		return err
	}
	j.Args = joinWords(words)
	if err := checkSecrets(ctx, j); err != nil {
		return err
	}
	d := limits.DemandOf(limits.Part(s, first))
	_, lasts := limits.ShardCost(s, first, len(s.Target.Endpoints))
	j.Needs = jobs.Needs{Open: d.Open, Rate: float64(d.Rate), TLS: s.TLS.Enabled, Lasts: lasts + starts}
	return nil
}

// untilStart is how long the shards wait before they start, as it is now. A start that is
// past is refused: each would begin when it is there.
func untilStart(words []word) (time.Duration, error) {
	for _, w := range words {
		at, err := time.Parse(time.RFC3339, w.value)
		if w.flag != "start-at" || err != nil {
			continue
		}
		left := time.Until(at)
		if left <= 0 {
			return 0, fmt.Errorf("--start-at %s is past: the shards would not wait for each other; give them time to be started", w.value)
		}
		return left, nil
	}
	return 0, nil
}

// checkReach refuses a balancer on this machine's loopback: a container has one of its own.
func checkReach(s scenarios.Scenario) error {
	for _, endpoint := range s.Target.Endpoints {
		if one := (scenarios.Scenario{Target: scenarios.Target{Endpoints: []string{endpoint}}}); limits.Loopback(one) {
			return fmt.Errorf("%s is this machine, and in a container the container: name the balancer as the shards reach it", endpoint)
		}
	}
	return nil
}

// checkEnvironment refuses settings that are here and would not be in the containers.
func checkEnvironment(environ []string) error {
	for _, name := range flags.Variables() {
		if flags.Lookup(environ, name) != "" {
			return fmt.Errorf("%s is set here, and would not be where the shards run: unset it, and give a flag behind --", name)
		}
	}
	return nil
}

// word is a part of a command line: a flag, which may have a value, or an argument.
type word struct {
	flag, value string
	given       bool // the flag has a value, which may be empty
}

// flagWord is a flag with a value.
func flagWord(flag, value string) word { return word{flag: flag, value: value, given: true} }

// wordsOf parts a command line, whose first word is a command of ours that has shards.
func wordsOf(args []string) ([]word, *cobra.Command, error) {
	leaf, rest, err := newRoot(env{}).Find(args)
	if err != nil || leaf.Flags().Lookup("shards") == nil || !leaf.HasParent() || leaf.Parent().HasParent() {
		return nil, nil, fmt.Errorf("%q is no command that has shards: see --shards in its help", args[0])
	}
	words := []word{{value: leaf.Name()}}
	for i := 0; i < len(rest); i++ {
		name, isFlag := strings.CutPrefix(rest[i], "--")
		if !isFlag && len(rest[i]) > 1 && rest[i][0] == '-' {
			return nil, nil, fmt.Errorf("unknown flag: %s; a command of a job has its flags in full, such as --seed", rest[i])
		}
		if !isFlag {
			words = append(words, word{value: rest[i]})
			continue
		}
		name, value, given := strings.Cut(name, "=")
		f := leaf.Flags().Lookup(name)
		switch {
		case f == nil:
			return nil, nil, fmt.Errorf("unknown flag: --%s; impala-lbcheck %s --help lists them", name, leaf.Name())
		case slices.Contains(needShell, name):
			return nil, nil, fmt.Errorf("--%s needs a shell, which the image has not", name)
		case !isSetting(name) && name != "start-at":
			return nil, nil, fmt.Errorf("--%s is not for a command of a job: each shard prints its result, and merge does the rest", name)
		case isOnce(name) && slices.ContainsFunc(words, func(w word) bool { return w.flag == name }):
			return nil, nil, fmt.Errorf("--%s is there twice: leave one out", name)
		case !given && f.NoOptDefVal == "" && i+1 == len(rest):
			return nil, nil, fmt.Errorf("--%s needs a value: --%s=VALUE", name, name)
		case !given && f.NoOptDefVal == "":
			i++
			value, given = rest[i], true
		}
		words = append(words, word{flag: name, value: value, given: given})
	}
	return words, leaf, nil
}

// isOnce reports whether a flag names what is there once for all shards: a file that is
// mounted under one name, or when they start.
func isOnce(name string) bool { return fileKeys[name] != "" || name == "start-at" }

// isSetting reports whether a flag is a setting of a scenario.
func isSetting(name string) bool {
	return slices.ContainsFunc(scenarios.Settings(), func(st scenarios.Setting) bool { return st.Name == name })
}

// joinWords is the command line.
func joinWords(words []word) []string {
	var out []string
	for _, w := range words {
		switch {
		case w.flag == "":
			out = append(out, w.value)
		case w.given:
			out = append(out, "--"+w.flag+"="+w.value)
		default:
			out = append(out, "--"+w.flag)
		}
	}
	return out
}

// permittedScenario is the scenario that a command line would run as the first shard, which
// is checked as a run is; no secret is read and nothing is sent.
func permittedScenario(ctx context.Context, args []string, first scenarios.Shard) (s scenarios.Scenario, err error) {
	var shard scenarios.Shard
	root := newRoot(env{
		environ:   []string{indexVariables[0] + "=0"},
		permitted: func(found scenarios.Scenario, part scenarios.Shard) error { s, shard = found, part; return errWouldRun },
	})
	root.SetArgs(args)
	root.SetOut(io.Discard) // the manifest alone is printed
	root.SetErr(io.Discard)
	err = root.ExecuteContext(ctx)
	switch {
	case errors.Is(err, errWouldRun) && shard == first:
		return s, nil
	case errors.Is(err, errWouldRun):
		return s, fmt.Errorf("it would not run as shard %s: is a flag there without its value?", first)
	}
	if err == nil {
		err = fmt.Errorf("%s opens no session", args[0])
	}
	return s, err
}

// checkLogin refuses a login of which the shards would not have the secret.
func checkLogin(s scenarios.Scenario, passwordElsewhere bool) error {
	a := s.Auth
	switch {
	case a.Mechanism == scenarios.MechanismLDAP && a.PasswordFile == "" && !passwordElsewhere:
		return errors.New("the shards need the password: name its file behind --, with --password-file")
	case a.Mechanism == scenarios.MechanismJWT && a.TokenFile == "":
		return errors.New("the shards need the token: name its file behind --, with --token-file")
	case a.Mechanism == scenarios.MechanismKerberos && a.Keytab == "" && a.CCache == "":
		return errors.New("the shards need the keys of the principal: name their file behind --, with --keytab")
	case a.Mechanism == scenarios.MechanismKerberos && a.Krb5Conf == "":
		return errors.New("the shards need to know where the Kerberos servers are: name the file behind --, with --krb5-conf")
	}
	return nil
}

// checkNamed refuses what a scenario's own file alone names and the shards would not have.
func checkNamed(s scenarios.Scenario, words []word) error {
	for _, st := range scenarios.Settings() {
		given := slices.ContainsFunc(words, func(w word) bool { return w.flag == st.Name })
		switch {
		case st.Name == "" || given || st.Text(&s) == "":
		case slices.Contains(needShell, st.Name):
			return fmt.Errorf("%s of the scenario needs a shell, which the image has not: leave it out", st.Key)
		case fileKeys[st.Name] != "":
			return fmt.Errorf("%s of the scenario is not mounted: name the file on this machine behind --, with --%s", st.Key, st.Name)
		}
	}
	return nil
}

// mountFiles has words name files where they are mounted.
func mountFiles(j *jobs.Job, words []word, leaf *cobra.Command) error {
	mount := func(w *word, key string, secret bool) {
		f := jobs.File{Local: w.value, Key: key, Secret: secret}
		j.Files = append(j.Files, f)
		w.value = f.Mounted()
	}
	file := -1 // of words, the scenario
	if leaf.Name() == "run" {
		file = 1 + slices.IndexFunc(words[1:], func(w word) bool { return w.flag == "" })
	}
	for i := range words {
		w := &words[i]
		switch key, isFile := fileKeys[w.flag]; {
		case i == file:
			mount(w, "scenario.yaml", false)
		case isFile && w.value == "": // it takes back what a scenario's own file names
		case isFile && w.value == "-":
			return fmt.Errorf("--%s - is the standard input of this machine: name a file", w.flag)
		case isFile && strings.HasPrefix(w.value, "DIR:"):
			return fmt.Errorf("--%s: name one file", w.flag)
		case isFile:
			mount(w, key, !slices.Contains(publicFiles, w.flag))
		}
	}
	return nil
}

// maxSecretText bounds what is compared.
const maxSecretText = 1 << 16

// checkSecrets refuses to print what has the text of a secret in it. A file that is not
// here, or cannot be read, is for whoever makes the Secret.
func checkSecrets(ctx context.Context, j *jobs.Job) error {
	const shortest = 4
	for _, f := range j.Files {
		if !f.Secret {
			continue
		}
		text, err := readFile(ctx, f.Local, maxSecretText)
		secret := strings.TrimSpace(string(text))
		if err != nil || len(secret) < shortest {
			continue
		}
		for _, arg := range j.Args {
			if strings.Contains(arg, secret) {
				return fmt.Errorf("an argument behind -- contains what is in %s: it would be in the manifest, and in the list of processes", f.Local)
			}
		}
	}
	return nil
}

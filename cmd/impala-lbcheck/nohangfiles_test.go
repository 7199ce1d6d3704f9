//go:build unix

package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// withFlag is what a flag that names a file takes beside it to be of use.
var withFlag = map[string][]string{
	"password-file":     {"--auth", "ldap", "--user", "u", "--allow-cleartext-auth"},
	"token-file":        {"--protocol", "hs2-http", "--auth", "jwt", "--allow-cleartext-auth"},
	"keytab":            {"--auth", "kerberos", "--principal", "u@EXAMPLE.COM", "--kerberos-host-fqdn", "h.example.com"},
	"ccache":            {"--auth", "kerberos", "--kerberos-host-fqdn", "h.example.com"},
	"krb5-conf":         {"--auth", "kerberos", "--principal", "u", "--password-command", "echo p", "--kerberos-host-fqdn", "h.example.com"},
	"ca-cert":           {"--tls"},
	"client-cert":       {"--tls", "--client-key", "PIPE"},
	"client-key":        {"--tls", "--client-cert", "PIPE"},
	"web-password-file": {"--web-port", "1", "--web-user", "u", "--expect-coordinators", "a"},
	"baseline":          {"--max-regression", "session.login: p(95) +20%"},
}

// withFlagOf is the same where a command differs.
var withFlagOf = map[string][]string{
	"sim password-file":       {"--auth", "ldap"},
	"sim keytab":              {"--hs2-http-port", "0", "--auth", "kerberos"},
	"sim jwks":                {"--hs2-http-port", "0", "--auth", "jwt", "--tls"},
	"sim ca-out":              {"--tls"},
	"sim client-out":          {"--tls"},
	"sim web-password-file":   {"--web-port", "0", "--web-user", "u"},
	"audit web-password-file": {"--web-port", "1", "--web-user", "u"},
	"audit ca-cert":           {"--web-port", "1", "--web-tls"},
}

// withCommand is what a command takes to begin.
var withCommand = map[string][]string{
	"capacity": {"--hold", "1"}, "query": {"--sql", "SELECT 1"}, "watch": {"--watch-for", "1s"}, "idle": {"--idle-steps", "100ms", "--min-idle", "100ms"},
}

// unread are the files that a command with the flag does not read here: demo logs in with what
// it makes itself, certificates take no login, and without AWS an audit has no report.
var unread = map[string][]string{
	"demo":  {"ca-cert", "ccache", "keytab", "krb5-conf", "password-file", "token-file", "web-password-file"},
	"tls":   {"ccache", "keytab", "krb5-conf", "password-file", "token-file"},
	"audit": {"github-summary", "out"},
}

// argFor are arguments that are no files.
var argFor = map[string]string{"HOST": "127.0.0.1:1", "NAME|ARN|HOST": "impala-prod"}

// A pipe that nobody writes to or reads, in the place of every file that a command line names,
// is given up in time, and at a signal.
func TestNoHang_Files(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range commandsOf(wholeTree()) {
		words := argWords(c)
		for i, w := range words {
			if isPipe(w) {
				args := argsOf(words)
				args[i] = "PIPE"
				waitForPipe(t, c, w, args)
			}
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			word, _ := pflag.UnquoteUsage(f)
			late := f.Name == "out" || f.Name == "github-summary" // which are written after a signal, too
			if !isPipe(word) || slices.Contains(unread[c.Name()], f.Name) || !measured() && (seen[f.Name] || late) {
				return
			}
			seen[f.Name] = true
			waitForPipe(t, c, "--"+f.Name, flagArgs(c, f.Name))
		})
	}
}

// isPipe reports whether a pipe may stand in the place of what help has a word for.
func isPipe(word string) bool { return isFile(word) && word != "DIR" }

// flagArgs are the arguments with which a flag names a pipe.
func flagArgs(c *cobra.Command, name string) []string {
	more, own := withFlagOf[c.Name()+" "+name]
	if !own {
		more = withFlag[name]
	}
	file, args := "PIPE", argsOf(argWords(c))
	switch name {
	case "out":
		file = "json=PIPE"
	case "from-provision":
		args = nil // it has the host
	}
	return slices.Concat(args, withCommand[c.Name()], more, []string{"--" + name, file})
}

// argsOf are arguments of a command.
func argsOf(words []string) []string {
	var args []string
	for _, w := range words {
		switch arg, known := argFor[w]; {
		case known:
			args = append(args, arg)
		case w == "RUN":
			args = append(args, "FAILED")
		case w == "FILE.yaml":
			args = append(args, "SCENARIO")
		case w == "B.json": // a run is merged once
			args = append(args, "SECOND")
		case isFile(w):
			args = append(args, "RESULT")
		}
	}
	return args
}

// waitForPipe waits for a command that names a pipe.
func waitForPipe(t *testing.T, c *cobra.Command, what string, args []string) {
	t.Run(nameOf(c)+" "+what, func(t *testing.T) {
		t.Parallel()
		pipe := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(pipe, 0o600); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { release(t, pipe) })
		fill := filesFor(t, pipe)
		for i, a := range args {
			args[i] = fill.Replace(a)
		}
		b := blocked{path: "a pipe for " + what, command: nameOf(c), args: args, limit: readTimeout, least: readTimeout / 2, why: "for a file"}
		if c.Name() == "demo" { // which logs in with what it makes itself
			b.exits = []int{exitPass, exitFail, exitUsage, exitUnmeasured, exitInternal}
		}
		if c.Name() == "reconcile" { // whose inputs may be what another command writes, however long that takes
			b.limit, b.why = 2*time.Second, "after a signal"
		}
		if !b.waits() || c.Name() == "reconcile" {
			b = b.told()
		}
		b.wait(t)
	})
}

// filesFor has the names of files for the words of arguments.
func filesFor(t *testing.T, pipe string) *strings.Replacer {
	t.Helper()
	const runs = "../../testdata/runs/"
	dir := t.TempDir()
	scenario, second := filepath.Join(dir, "s.yaml"), filepath.Join(dir, "second.json")
	write(t, scenario, "name: mine\n")
	write(t, second, anotherPass(t))
	return strings.NewReplacer("PIPE", pipe, "SCENARIO", scenario, "SECOND", second, "RESULT", runs+"pass.json", "FAILED", runs+"capacity-full.json")
}

// anotherPass is pass.json as another run, which can be merged with it.
func anotherPass(t *testing.T) string {
	t.Helper()
	pass, err := os.ReadFile("../../testdata/runs/pass.json")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(pass), "20260102T150405Z-", "another-")
}

// release lets go who still waits for a pipe, and who comes to it later.
func release(t *testing.T, pipe string) {
	t.Helper()
	f, err := os.OpenFile(pipe, os.O_RDWR, 0) // which never waits
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(pipe); err != nil {
		t.Error(err)
	}
	f.Close()
}

// Standard input that never comes is waited for until a signal: whoever writes it may take as
// long as they like.
func TestNoHang_Stdin(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	t.Cleanup(func() { w.Close() })
	b := blocked{path: "standard input", command: "merge", args: []string{"-"}, env: env{in: r}, limit: 2 * time.Second, why: "after a signal"}
	b.told().wait(t)
}

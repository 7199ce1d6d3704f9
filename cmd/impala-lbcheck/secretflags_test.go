package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// secretWord is in the name of a flag that is about a secret, and place at the end of one
// that says where it is.
var (
	secretWord = regexp.MustCompile(`password|token|secret|key|cookie|credential`)
	place      = regexp.MustCompile(`-(file|command)$`)
)

// notSecret are flags whose values are no secrets: files, and what the simulation does.
var notSecret = map[string]string{
	"client-key": "a file", "keytab": "a file", "password-from": "the name of a secret", "sticky-cookie": "on or off", "shared-cookie-key": "on or off",
}

// No flag takes a secret, which other users would see in the list of processes.
func TestFlags_TakeNoSecret(t *testing.T) {
	t.Parallel()
	asked := 0
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if !secretWord.MatchString(f.Name) {
				return
			}
			asked++
			if !place.MatchString(f.Name) && notSecret[f.Name] == "" {
				t.Errorf("%s --%s: %s", c.CommandPath(), f.Name, f.Usage)
			}
		})
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(env{}))
	if asked < 10 {
		t.Errorf("%d flags are about secrets", asked)
	}
}

// What the command of a password writes to stderr may be the password, and is shown nowhere.
func TestPasswordCommand_StderrIsDropped(t *testing.T) {
	t.Parallel()
	const said = "hunter-on-stderr"
	for _, command := range []string{"echo " + said + " >&2; echo pw", "echo " + said + " >&2; exit 3"} {
		stdout, stderr, code := call(t, "smoke", "127.0.0.1:1", "--auth", "ldap", "--user", "u", "--allow-cleartext-auth", "--expect-coordinators", "1", "--password-command", command)
		if code == exitPass || strings.Contains(stdout+stderr, said) {
			t.Errorf("exit %d\n%s%s", code, stdout, stderr)
		}
	}
}

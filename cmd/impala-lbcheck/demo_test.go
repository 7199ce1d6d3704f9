package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// Errors of the simulated cluster name the flag, not the package or a Go field.
func TestDemo_ClusterErrorsNameTheFlag(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"demo --balance randm":                     `--balance: unknown name "randm"; did you mean random?`,
		"demo --background 1:2":                    "--background: got 2 numbers for 5 coordinators",
		"demo --background x":                      "--background x: it must be a number per coordinator",
		"demo --coordinators 900":                  "it must be a number from 1 to 500",
		"demo --nodes 0":                           "it must be a number from 1 to 64",
		"demo --fault ded@2":                       `--fault ded@2: unknown name "ded"; did you mean dead?`,
		"demo --fault slow=x":                      `--fault slow=x: invalid duration "x"`,
		"demo --fault expired":                     "--fault expired: it needs TLS",
		"demo --fault auth-reject":                 "--fault auth-reject: it needs authentication",
		"demo --fault dead@9":                      "--fault dead@9: @9 is out of range: there are 5 coordinators",
		"demo --fault zones=1:2":                   "--fault zones: it needs a number for each of the 2 nodes",
		"demo --nodes 1 --fault one-node":          "--fault one-node: it needs at least two nodes",
		"sim --first 500 --coordinators 2":         "--first: 2 coordinators from number 500 on exceed the range",
		"sim --first 0":                            "it must be a number from 1 to 500",
		"sim --hs2-port 99999":                     "it must be a port from 0 to 65535",
		"sim --web-port -1":                        "it must be a port from 0 to 65535",
		"sim --hs2-port 2105 --beeswax-port 2105":  "--beeswax-port: it must differ from the HS2 port",
		"sim --auth gssapi":                        "--auth gssapi: it must be one of none, ldap, kerberos, ldap+kerberos, jwt",
		"sim --auth kerberos":                      "--auth kerberos needs --keytab with the keys of the service",
		"sim --auth jwt":                           "--auth jwt needs --hs2-http-port: a token is sent over HTTP alone",
		"sim --hs2-http-port 2105 --hs2-port 2105": "--hs2-http-port: it must differ from the other ports",
	} {
		_, stderr, code := call(t, strings.Fields(args)...)
		if code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %q; want %d, %q", args, code, stderr, exitUsage, want)
		}
		for _, internal := range []string{"simcluster", "Faults", "strconv"} {
			if strings.Contains(stderr, internal) {
				t.Errorf("%s: the error contains %q: %s", args, internal, stderr)
			}
		}
	}
}

func TestDemo_RejectsFlagsOfOtherScenarios(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"demo watch --for 3s":       "--for: only scenarios of kind capacity have it, and watch is of kind watch",
		"demo --sql x":              "--sql: only scenarios of kind query have it, and smoke is of kind looks",
		"demo idle --max-outage 1s": "--max-outage: only scenarios of kind watch have it, and idle is of kind idle",
	} {
		if _, stderr, code := call(t, strings.Fields(args)...); code != exitUsage || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit %d, %q; want %d, %q", args, code, stderr, exitUsage, want)
		}
	}
}

func TestDemo_ListsAndCompletesFaults(t *testing.T) {
	t.Parallel()
	help, _, _ := call(t, "demo", "--help")
	completed, _, _ := call(t, "__complete", "demo", "--fault", "")
	values := strings.Split(completed, "\n")
	for _, f := range simcluster.Faults() {
		if !strings.Contains(help, f.Syntax()) || !strings.Contains(help, f.Effect) {
			t.Errorf("demo --help does not list the fault %s", f.Name)
		}
		if !slices.ContainsFunc(values, func(line string) bool {
			value, effect, _ := strings.Cut(line, "\t")
			parsed, err := simcluster.ParseFault(value)
			return err == nil && parsed.Name == f.Name && effect == f.Effect
		}) {
			t.Errorf("--fault does not complete %s", f.Name)
		}
	}
}

func TestDemo_CompletesValues(t *testing.T) {
	t.Parallel()
	for args, want := range map[string][]string{
		"demo --balance": balanceNames(),
		"sim --balance":  balanceNames(),
		"sim --auth":     authModes,
		"demo":           scenarios.BuiltinNames(),
		"scenarios show": scenarios.BuiltinNames(),
		"size --policy":  {"auto", "leastconn"},
	} {
		stdout, _, _ := call(t, append(append([]string{"__complete"}, strings.Fields(args)...), "")...)
		lines := strings.Split(stdout, "\n")
		for _, value := range want {
			if !slices.ContainsFunc(lines, func(line string) bool { return line == value || strings.HasPrefix(line, value+"\t") }) {
				t.Errorf("%s: %q does not complete %s", args, stdout, value)
			}
		}
	}
}

func TestSim_VerboseLogsCounters(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // sim stops as soon as it is ready
	var stdout, stderr strings.Builder
	e := env{out: &stdout, err: &stderr}
	cmd := newSim(e)
	cmd.SetArgs([]string{"--verbose", "--coordinators", "2"})
	if err := cmd.ExecuteContext(ctx); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(stdout.String(), "\n"); n != 4 { // two nodes, two protocols
		t.Errorf("%d lines, want one per listener:\n%s", n, stdout.String())
	}
	for _, want := range []string{"msg=served coordinator=coord-a2:25000 connections=0 sessions_opened=0", "msg=stopped logins=0"} {
		if !strings.Contains(stderr.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, stderr.String())
		}
	}
}

package main

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOutputs_AreNotOneFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return dir + "/" + name } // not filepath.Join, which would tidy it up
	b, err := os.ReadFile("../../testdata/runs/pass.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"in.json": string(b), "pw": "good", "s.yaml": "name: x\n", "old.json": "old"} {
		write(t, at(name), text)
	}
	for name, to := range map[string]string{"link.json": "old.json", "new-link.json": "new.json", "ca.pem": "pw"} {
		if err := os.Symlink(to, at(name)); err != nil {
			t.Skip(err)
		}
	}
	run := []string{"smoke", "127.0.0.1:1", "--timeout", "1s", "--quiet"}
	login := append(run[:len(run):len(run)], "--auth", "ldap", "--user", "u", "--tls")
	for name, args := range map[string][]string{
		"the same name":                      append(run[:5:5], "--out", at("a.json"), "--out", at("a.json")),
		"two formats":                        append(run[:5:5], "--out", at("a.json"), "--out", "junit="+at("a.json")),
		"another spelling":                   append(run[:5:5], "--out", at("a.json"), "--out", "junit="+at("./a.json")),
		"a link to a file":                   append(run[:5:5], "--out", at("old.json"), "--out", at("link.json")),
		"a link to a file that is not there": append(run[:5:5], "--out", at("new.json"), "--out", at("new-link.json")),
		"stdout twice":                       append(run[:5:5], "--out", "-", "--out", "json=-"),
		"observations":                       append(run[:5:5], "--out", at("a.json"), "--observations", at("a.json")),
		"the password file":                  append(login[:len(login):len(login)], "--password-file", at("pw"), "--out", "json="+at("pw")),
		"the CA file":                        append(login[:len(login):len(login)], "--ca-cert", at("ca.pem"), "--password-command", "echo good", "--out", "json="+at("pw")),
		"observations over an input":         append(login[:len(login):len(login)], "--password-file", at("pw"), "--observations", at("pw")),
		"the scenario":                       {"run", at("s.yaml"), "127.0.0.1:1", "--out", "json=" + at("s.yaml")},
		"the result":                         {"report", at("in.json"), "--out", at("in.json")},
		"the judge's scenario":               {"report", at("in.json"), "--judge", at("s.yaml"), "--out", "json=" + at("s.yaml")},
		"the CA's and the password":          {"sim", "--auth", "ldap", "--password-file", at("pw"), "--ca-out", at("./pw")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, code := call(t, args...)
			if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 {
				t.Errorf("exit %d: %s%s", code, stdout, stderr)
			}
		})
	}
	t.Cleanup(func() {
		for name, want := range map[string]string{"pw": "good", "old.json": "old", "in.json": string(b)} {
			if got, _ := os.ReadFile(at(name)); string(got) != want {
				t.Errorf("%s was written over", name)
			}
		}
		for _, name := range []string{"a.json", "new.json"} {
			if _, err := os.Stat(at(name)); err == nil {
				t.Errorf("%s was made", name)
			}
		}
	})
}

func TestOutputs_StdoutIsOneToo(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "out.json")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for want, args := range map[int][]string{
		exitUsage: {"report", "../../testdata/runs/pass.json", "--out", name},
		exitPass:  {"report", "../../testdata/runs/pass.json", "--out", "json=-"},
	} {
		var stderr bytes.Buffer
		if code := mainCode(args, env{out: f, err: &stderr}); code != want {
			t.Errorf("%q: exit %d, want %d: %s", args, code, want, stderr.String())
		}
	}
	if _, err := os.Stat("/dev/null"); err == nil {
		if _, stderr, code := call(t, "report", "../../testdata/runs/pass.json", "--out", "json=/dev/null", "--out", "junit=/dev/null"); code != exitPass {
			t.Errorf("two documents for nobody: exit %d: %s", code, stderr)
		}
	}
}

// Progress and errors go to stderr: two writers of one file would write over each other.
func TestOutputs_StderrIsOneToo(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "err.jsonl")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	run := []string{"smoke", "127.0.0.1:1", "--timeout", "1s", "--quiet"}
	for of, args := range map[string][]string{
		"observations": append(run[:5:5], "--observations", name),
		"a report":     append(run[:5:5], "--out", "json="+name),
	} {
		var stdout bytes.Buffer
		if code := mainCode(args, env{out: &stdout, err: f}); code != exitUsage || stdout.Len() > 0 {
			t.Errorf("%s: exit %d, want %d: %s", of, code, exitUsage, stdout.String())
		}
	}
}

// A run that is refused leaves what an earlier one has written.
func TestOutputs_RefusedRunKeepsTheLinesBefore(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "o.jsonl")
	write(t, name, "before")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, listen := range []string{"--serve", "--metrics-listen"} {
		_, stderr, code := call(t, "smoke", "127.0.0.1:1", "--timeout", "1s", "--quiet", "--observations", name, listen, taken.Addr().String())
		if b, _ := os.ReadFile(name); code != exitUsage || string(b) != "before" {
			t.Errorf("%s: exit %d, the file has %q: %s", listen, code, b, stderr)
		}
	}
}

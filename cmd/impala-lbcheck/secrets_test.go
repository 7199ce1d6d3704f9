package main

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/simcluster"
)

// marked is a password that can be told from everything else.
const marked = "m4rked-Kenwort-0123456789"

func TestPassword_IsNowhere(t *testing.T) {
	t.Parallel()
	cluster := cluster(t, simcluster.Config{TLS: true, Auth: simcluster.AuthLDAP, Users: map[string]string{"svc-ci": marked}})
	for name, c := range map[string]struct {
		password string
		how      string
		want     int
	}{
		"a good one from a file":     {marked, "--password-file", exitPass},
		"a refused one from a file":  {marked + "x", "--password-file", exitUnmeasured},
		"a good one from a command":  {marked, "--password-command", exitPass},
		"one that cannot be read":    {marked + "\nsecond line", "--password-file", exitUsage},
		"a command that leaks to us": {marked, "leaking --password-command", exitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			file := func(name string) string { return filepath.Join(dir, name) }
			write(t, file("pw"), c.password+"\n")
			write(t, file("ca.pem"), string(cluster.CA()))
			args := []string{
				"smoke", cluster.Nodes()[0].String(), "--tls", "--ca-cert", file("ca.pem"), "--server-name", clusterHost,
				"--auth", "ldap", "--user", "svc-ci", "--sessions", "40", "--burst", "2", "--explain", "--timeout", "20s",
				"--out", file("r.json"), "--out", file("r.xml"), "--observations", file("o.jsonl"),
			}
			switch c.how {
			case "--password-file":
				args = append(args, "--password-file", file("pw"))
			case "--password-command":
				// The command also looks for the password among the arguments of
				// every process there is, ours included.
				args = append(args, "--password-command",
					"grep -F -l -f "+file("pw")+" /proc/[0-9]*/cmdline >"+file("leaks")+" 2>/dev/null; cat "+file("pw"))
			default:
				args = append(args, "--password-command", "cat "+file("pw")+" >&2; exit 1")
			}
			stdout, stderr, code := call(t, args...)
			if code != c.want {
				t.Errorf("exit %d, want %d\n%s%s", code, c.want, stdout, stderr)
			}
			found := map[string]string{"stdout": stdout, "stderr": stderr}
			for _, name := range []string{"r.json", "r.xml", "o.jsonl", "leaks"} {
				if b, err := os.ReadFile(file(name)); err == nil {
					found[name] = string(b)
				}
			}
			for where, text := range found {
				for _, form := range []string{marked, base64.StdEncoding.EncodeToString([]byte(marked))} {
					if strings.Contains(text, form) {
						t.Errorf("the password is in %s:\n%s", where, text)
					}
				}
			}
			if found["leaks"] != "" {
				t.Errorf("the password is in the command line of %s", found["leaks"])
			}
		})
	}
}

func TestPassword_RepeatedByTheServerIsMasked(t *testing.T) {
	t.Parallel()
	const password = "coord-a1:25000" // as the simulated coordinator is called
	c := cluster(t, simcluster.Config{Coordinators: 2, Auth: simcluster.AuthLDAP, Users: map[string]string{"u": password}})
	smoke := func(t *testing.T, more ...string) string {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "pw"), password)
		stdout, stderr, code := call(t, append([]string{
			"smoke", c.Nodes()[0].String(), "--auth", "ldap", "--user", "u", "--allow-cleartext-auth", "--password-file", filepath.Join(dir, "pw"),
			"--sessions", "40", "--burst", "2", "--explain", "--timeout", "20s",
			"--out", filepath.Join(dir, "r.json"), "--out", filepath.Join(dir, "r.xml"), "--observations", filepath.Join(dir, "o.jsonl"),
		}, more...)...)
		if code != exitPass {
			t.Errorf("exit %d\n%s%s", code, stdout, stderr)
		}
		all := stdout + stderr
		for _, name := range []string{"r.json", "r.xml", "o.jsonl"} {
			b, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			all += string(b)
		}
		return all
	}
	t.Run("of its own accord", func(t *testing.T) {
		t.Parallel()
		if all := smoke(t); strings.Contains(all, password) || !strings.Contains(all, "***") {
			t.Errorf("the password is shown:\n%s", all)
		}
	})
	t.Run("as the user declared it", func(t *testing.T) {
		t.Parallel()
		if all := smoke(t, "--expect-coordinators", password+",coord-a2:25000"); !strings.Contains(all, password) {
			t.Errorf("a declared name is not shown:\n%s", all)
		}
	})
}

func TestEndpoint_ShowsHostAndPortOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	yaml, text := filepath.Join(dir, "list.yaml"), filepath.Join(dir, "text.yaml")
	write(t, yaml, "name: x\ntarget: {endpoints: [\"u:"+marked+"@h\"]}\n")
	write(t, text, "name: x\ntarget: {endpoints: \"u:"+marked+"@h\"}\nauth: u:"+marked+"@h\n")
	for _, args := range [][]string{
		{"smoke", "u:" + marked + "@h"}, {"smoke", "h", "u:" + marked + "@h:21050"}, {"smoke", "ldap://u:" + marked + "@h"},
		{"smoke", "u:" + marked}, {"smoke", "u:" + marked + "/h"}, {"smoke", "jdbc:hive2://h:21050/;pwd=" + marked},
		{"u:" + marked + "@h"}, {"demo", "u:" + marked + "@h"}, {"tls", "u:" + marked + "@h"},
		{"smoke", "--from-provision", "lb.yaml", "u:" + marked + "@h"},
		{"smoke", "h", "--rate", "100/s", "--confirm", "u:" + marked + "@h"},
		{"run", yaml}, {"scenarios", "check", yaml}, {"scenarios", "check", text},
	} {
		stdout, stderr, code := call(t, args...)
		if code != exitUsage || strings.Contains(stdout+stderr, marked) {
			t.Errorf("%q: exit %d: %s%s", args, code, stdout, stderr)
		}
	}
}

func TestPasswordCommand_IsNotStored(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "r.json")
	call(t, "smoke", "127.0.0.1:1", "--auth", "ldap", "--user", "u", "--allow-cleartext-auth", "--quiet", "--timeout", "1s",
		"--password-command", "echo "+marked, "--out", out)
	b, err := os.ReadFile(out)
	if err != nil || strings.Contains(string(b), marked) {
		t.Errorf("%v: %s", err, b)
	}
	r, err := readResult(t.Context(), out)
	if err != nil || r.Scenario.Auth.PasswordCommand != "(not stored)" {
		t.Errorf("%v: the result says %q", err, r.Scenario.Auth.PasswordCommand)
	}
}

// showToOthers lets others read a file in a directory of [testing.T.TempDir]. It skips the
// test where they cannot reach the directory for temporary files, which protects the file.
func showToOthers(t *testing.T, name string) {
	t.Helper()
	dir := filepath.Dir(name)
	for path, mode := range map[string]os.FileMode{filepath.Dir(dir): 0o755, dir: 0o755, name: 0o644} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm()&0o001 == 0 {
			t.Skipf("others cannot reach %s", dir)
		}
	}
}

// Who may read and change the file, internal/localfile tests.
func TestPasswordFile_RefusedIfOthersCanRead(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "pw")
	write(t, name, marked)
	showToOthers(t, name)
	_, stderr, code := call(t, "smoke", "127.0.0.1:1", "--auth", "ldap", "--user", "u", "--allow-cleartext-auth", "--password-file", name)
	if code != exitUsage || !strings.Contains(stderr, "can be read by others") || strings.Contains(stderr, marked) {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

func TestUserCommand_DoesNotInheritThePassword(t *testing.T) {
	t.Parallel()
	got := withoutSecrets([]string{"HOME=/h", "IMPALA_LBCHECK_PASSWORD=" + marked, "impala_lbcheck_password=" + marked, "IMPALA_LBCHECK_TOKEN=" + marked, "IMPALA_LBCHECK_USER=u"})
	if want := []string{"HOME=/h", "IMPALA_LBCHECK_USER=u"}; !slices.Equal(got, want) {
		t.Errorf("withoutSecrets = %q, want %q", got, want)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

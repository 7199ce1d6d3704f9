package floors

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// install runs ci/install.sh with the tools that it would use, which only note how they
// were called, and returns what it said and those calls.
func install(t *testing.T, system, machine, version, sum string) (said, calls string, err error) {
	t.Helper()
	dir := t.TempDir()
	for name, script := range map[string]string{
		"uname": `case $1 in -s) echo "$SYSTEM" ;; -m) echo "$MACHINE" ;; esac`,
		"curl":  `echo "curl $*" >>"$CALLS"; exit 22`,
		"go":    `echo "go $*" >>"$CALLS"; exit 1`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	noted := filepath.Join(dir, "calls")
	cmd := exec.CommandContext(t.Context(), "sh", filepath.Join(root, "ci/install.sh"))
	cmd.Env = []string{
		"PATH=" + dir + ":" + os.Getenv("PATH"), "CALLS=" + noted, "SYSTEM=" + system, "MACHINE=" + machine,
		"LBCHECK_VERSION=" + version, "LBCHECK_SHA256=" + sum, "LBCHECK_BIN=" + filepath.Join(dir, "bin"),
	}
	out, err := cmd.CombinedOutput()
	b, readErr := os.ReadFile(noted)
	if readErr != nil && !errors.Is(readErr, os.ErrNotExist) {
		t.Fatal(readErr)
	}
	return string(out), string(b), err
}

// A checksum that nothing would be held against is an error.
func TestInstall_ChecksumIsNeverIgnored(t *testing.T) {
	t.Parallel()
	const commit = "0123456789abcdef0123456789abcdef01234567"
	sum := strings.Repeat("0", 64)
	for _, c := range []struct{ system, machine, version, sum, calls string }{
		{"Linux", "x86_64", commit, sum, ""},
		{"Linux", "x86_64", "0.2.0", sum, ""},
		{"Linux", "riscv64", "v0.2.0", sum, ""},
		{"Linux", "x86_64", commit, "", "go install -tags noaws"},
		{"Linux", "riscv64", "v0.2.0", "", "go install -tags noaws"},
		{"Linux", "x86_64", "v0.2.0", sum, "impala-lbcheck_0.2.0_linux_amd64.tar.gz\n"},
		{"Linux", "aarch64", "v0.2.0", sum, "impala-lbcheck_0.2.0_linux_arm64.tar.gz\n"},
		{"Linux", "arm64", "v0.2.0", sum, "impala-lbcheck_0.2.0_linux_arm64.tar.gz\n"},
		{"Darwin", "arm64", "v0.2.0", sum, "impala-lbcheck_0.2.0_darwin_arm64.tar.gz\n"},
	} {
		said, calls, err := install(t, c.system, c.machine, c.version, c.sum)
		if err == nil {
			t.Errorf("%+v: it succeeded without a download", c)
		}
		if c.calls != "" && !strings.Contains(calls, c.calls) {
			t.Errorf("%+v: it called %q", c, calls)
		}
		if c.calls == "" && (calls != "" || strings.Count(said, "\n") != 1 || !strings.Contains(said, "LBCHECK_SHA256 is of an archive")) {
			t.Errorf("%+v: it said %q and called %q", c, said, calls)
		}
	}
}

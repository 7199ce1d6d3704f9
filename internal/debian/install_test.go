//go:build linux

package debian

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMissingNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "lib3.11.so"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got := missingNames([]Package{{File: dir + "/lib3.*.so", Name: "there"}, {File: dir + "/other", Name: "missing"}})
	if !slices.Equal(got, []string{"missing"}) {
		t.Errorf("missing %v, want only the one without a file", got)
	}
}

func TestInstall_NothingMissing(t *testing.T) {
	t.Parallel()
	if err := Install(t.Context(), []Package{{File: "/proc", Name: "no-such-package"}}); err != nil {
		t.Error(err)
	}
}

func TestForbidServices(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "policy-rc.d")
	restore, err := forbidServices(path)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !strings.Contains(string(b), "exit 101") {
		t.Errorf("policy %q, %v", b, err)
	}
	if again, err := forbidServices(path); err != nil {
		t.Error("an existing file:", err)
	} else {
		again()
	}
	if _, err := os.Stat(path); err != nil {
		t.Error("an existing file was removed:", err)
	}
	restore()
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
}

func TestVenv_ReusesCompleteOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "complete"), []byte("impyla==0"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Venv(t.Context(), dir, "impyla==0"); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 1 {
		t.Errorf("the environment was created again: %v", entries)
	}
}

func TestRun_ErrorHasOutput(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), "sh", "-c", "echo reason >&2; exit 3")
	if err == nil || !strings.Contains(err.Error(), "exit status 3") || !strings.Contains(err.Error(), "reason") {
		t.Error(err)
	}
}

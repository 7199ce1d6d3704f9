package floors

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The tag that was pushed is released, also where the commit has others.
func TestRelease_TagIsOneOfHEAD(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "release"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "release/tag"), []byte(text(t, "release/tag")), 0o755); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) {
		t.Helper()
		args = append([]string{"-C", dir, "-c", "user.name=test", "-c", "user.email=test@localhost"}, args...)
		if out, err := exec.CommandContext(t.Context(), "git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v: %s", args, err, out)
		}
	}
	tag := func(env ...string) (said string, err error) {
		cmd := exec.CommandContext(t.Context(), "bash", filepath.Join(dir, "release/tag"))
		cmd.Env = append(cmd.Environ(), append([]string{"TAG="}, env...)...)
		out, err := cmd.CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	git("init", "--quiet")
	git("add", "release")
	git("commit", "--quiet", "-m", "first")
	git("tag", "-a", "-m", "old", "v0.1.0")
	git("commit", "--quiet", "--allow-empty", "-m", "second")
	if said, err := tag(); err == nil || !strings.Contains(said, "HEAD has no tag") {
		t.Errorf("without a tag: %q, %v", said, err)
	}
	for _, name := range []string{"v0.2.0-rc.1", "v0.2.0", "nightly"} {
		git("tag", "-a", "-m", name, name)
	}
	for name, refused := range map[string]string{
		"v0.2.0-rc.1": "", "v0.2.0": "",
		"v0.1.0": "no tag of HEAD", "v0.3.0": "no tag of HEAD", "nightly": "no version", "main": "no version",
	} {
		said, err := tag("TAG=" + name)
		if refused == "" && (err != nil || said != name) {
			t.Errorf("%s: %q, %v", name, said, err)
		}
		if refused != "" && (err == nil || !strings.Contains(said, refused)) {
			t.Errorf("%s: %q, %v, want that it is %s", name, said, err, refused)
		}
	}
}

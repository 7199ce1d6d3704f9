package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/manpage"
)

// manPages runs the command and returns the pages by their file names.
func manPages(t *testing.T) map[string]string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "man1")
	if _, stderr, code := call(t, "man", dir); code != exitPass {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		pages[f.Name()] = string(b)
	}
	return pages
}

func TestMan_EveryCommandAndFlagHasItsPlace(t *testing.T) {
	t.Parallel()
	pages := manPages(t)
	for _, name := range []string{"impala-lbcheck.1", "impala-lbcheck-completion-bash.1", "impala-lbcheck-exit-codes.1"} {
		if _, ok := pages[name]; !ok {
			t.Errorf("no page %s of %v", name, slices.Sorted(maps.Keys(pages)))
		}
	}
	for _, cmd := range manpage.Commands(newRoot(env{})) {
		page := pages[manpage.Name(cmd)+".1"]
		if !strings.HasPrefix(page, ".TH ") || !strings.Contains(page, `"impala\-lbcheck `+version()+`"`) {
			t.Errorf("%s has no page with the version", cmd.CommandPath())
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			arg, _ := pflag.UnquoteUsage(f)
			want := `\fB\-\-` + strings.ReplaceAll(f.Name, "-", `\-`) + `\fR`
			if arg != "" {
				want += ` \fI`
			}
			if !f.Hidden && !strings.Contains(page, want) {
				t.Errorf("the page of %s has no --%s with its value", cmd.CommandPath(), f.Name)
			}
		})
	}
}

func TestMan_IsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	if !maps.Equal(manPages(t), manPages(t)) {
		t.Error("two runs wrote different pages")
	}
}

func TestMan_RefusesAFileForADirectory(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := call(t, "man", file); code != exitUsage || !strings.Contains(stderr, "man pages: mkdir "+file) {
		t.Errorf("exit %d, stderr %q", code, stderr)
	}
}

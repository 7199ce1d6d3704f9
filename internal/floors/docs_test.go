package floors

import (
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// mapped are the documents whose file names are to be trusted: a contributor goes
// where they point.
var mapped = []string{"docs/DESIGN.md", "CONTRIBUTING.md"}

var (
	codeSpan = regexp.MustCompile("`([^`\n]+)`")
	// A path has a slash or the name of a kind of file that the repository has.
	fileName  = regexp.MustCompile(`^\.?[a-z0-9*][\w*.-]*(/[\w*.-]+)*$`)
	fileExt   = []string{".go", ".md", ".yaml", ".yml", ".json", ".txt", ".mod", ".txtar"}
	docLink   = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	makeRule  = regexp.MustCompile(`(?m)^([a-z]+):`)
	makeCall  = regexp.MustCompile("(?m)(?:`|^ *- run: |^step |^\t?go run \\S+ +# or: )make ([a-z]+)")
	makeLine  = regexp.MustCompile(`(?m)^make ([a-z]+)`)
	codeFence = regexp.MustCompile("(?ms)^```.*?^```")
)

// notOurs are names that look like paths of this repository and are none.
var notOurs = []string{
	"service/acm", "service/s3", // of the SDK
	"database/sql", "testing/synctest", // of Go
	"lb.yaml",       // what a user writes for provision
	"testdata/fuzz", // of each package that has a fuzz target
}

func TestDocs_PathsExist(t *testing.T) {
	t.Parallel()
	n := 0
	for _, name := range mapped {
		for line := range strings.Lines(document(t, name)) {
			var dirs []string // named before, in one of which a bare file name is
			for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
				p := m[1]
				if isPath(p) && !slices.Contains(notOurs, p) {
					if n++; !exists(t, p) && !slices.ContainsFunc(dirs, func(dir string) bool { return exists(t, path.Join(dir, p)) }) {
						t.Errorf("%s: there is no %s, in %q", name, p, strings.TrimSpace(line))
					}
				}
				if fileName.MatchString(p) && exists(t, p) {
					dirs = append(dirs, p, path.Dir(p))
				}
			}
		}
	}
	if n < 80 {
		t.Errorf("%d paths: that is not all", n)
	}
}

func isPath(p string) bool {
	if !fileName.MatchString(p) {
		return false
	}
	first, _, slash := strings.Cut(p, "/")
	return slash && !strings.Contains(first[1:], ".") || slices.Contains(fileExt, path.Ext(p))
}

// exists reports whether the repository has a path, which may have stars.
func exists(t *testing.T, p string) bool {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(p)))
	if err != nil {
		t.Fatal(err)
	}
	return len(found) > 0
}

func TestDocs_LinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	n := 0
	for _, name := range documents(t) {
		for _, m := range docLink.FindAllStringSubmatch(document(t, name), -1) {
			if n++; !exists(t, path.Join(path.Dir(name), m[1])) {
				t.Errorf("%s: there is no %s", name, m[1])
			}
		}
	}
	if n < 20 {
		t.Errorf("%d links: that is not all", n)
	}
}

// Who reads README finds every other document there.
func TestDocs_ReadmeLinksAll(t *testing.T) {
	t.Parallel()
	readme := document(t, "README.md")
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil || len(pages) < 15 {
		t.Fatalf("documents %v: %v", pages, err)
	}
	for _, page := range pages {
		name := "docs/" + filepath.Base(page)
		if !strings.Contains(readme, "\n| ["+name+"]("+name+") | ") {
			t.Errorf("README.md has no row for %s under \"Reading on\"", name)
		}
	}
}

func TestDocs_MakeTargetsExist(t *testing.T) {
	t.Parallel()
	targets := map[string]bool{}
	for _, m := range makeRule.FindAllStringSubmatch(document(t, "Makefile"), -1) {
		targets[m[1]] = true
	}
	n := 0
	for _, name := range append(documents(t), "Makefile", ".ci/run", ".github/workflows/ci.yml", ".github/workflows/release.yml") {
		src := document(t, name)
		calls := makeCall.FindAllStringSubmatch(src, -1)
		for _, block := range codeFence.FindAllString(src, -1) {
			calls = append(calls, makeLine.FindAllStringSubmatch(block, -1)...)
		}
		for _, m := range calls {
			if n++; !targets[m[1]] {
				t.Errorf("%s: there is no make %s", name, m[1])
			}
		}
	}
	if n < 15 {
		t.Errorf("%d calls of make: that is not all", n)
	}
}

// documents are the Markdown files, by their path in the repository.
func documents(t *testing.T) []string {
	t.Helper()
	var out []string
	err := fs.WalkDir(os.DirFS(root), ".", func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == ".git" || d.Name() == ".work") {
			return fs.SkipDir
		}
		if err == nil && path.Ext(p) == ".md" {
			out = append(out, p)
		}
		return err
	})
	if err != nil || !slices.Contains(out, "docs/DESIGN.md") {
		t.Fatalf("documents %v: %v", out, err)
	}
	return out
}

func document(t *testing.T, name string) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

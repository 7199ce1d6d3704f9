package floors

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/internal/golden"
)

// apiDir holds one file per public package, at the package's own path.
const apiDir = "../../testdata/api"

// TestAPI_MatchesGolden compares what each public package exports with a file
// that a reviewer has read. `go test ./internal/floors -update` rewrites them.
func TestAPI_MatchesGolden(t *testing.T) {
	exports := newExports(t)
	for _, p := range public(list(t)) {
		t.Run(p.name(), func(t *testing.T) {
			api := exports.api(t, p.ImportPath)
			golden.Equal(t, filepath.Join(apiDir, p.name()+".txt"), []byte(api))
			if strings.Contains(api, "internal/") {
				t.Error("an exported name needs a type of an internal package, which no other module can name")
			}
		})
	}
}

func TestAPI_GoldenWithoutPackage(t *testing.T) {
	t.Parallel()
	var names []string
	for _, p := range public(list(t)) {
		names = append(names, p.name())
	}
	err := filepath.WalkDir(apiDir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(apiDir, path)
		if name := strings.TrimSuffix(filepath.ToSlash(rel), ".txt"); !slices.Contains(names, name) {
			t.Errorf("%s describes a package that is gone or no longer public: delete it", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAPI_ShowsPromotedMethods guards what `go doc` leaves out: methods that a
// type exports because it embeds a type of another package.
func TestAPI_ShowsPromotedMethods(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "go.mod", "module example.com/promoted\n\ngo 1.26.0\n")
	writeFile(t, dir, "p.go", `package promoted

import "bytes"

// A Session embeds what is none of its callers' business.
type Session struct {
	link
	Addr string `+"`json:\"addr\"`"+`
	id   int
}

type link struct{ bytes.Buffer }

type Doer interface{ Do(n int) error }

type Names = []string

const Most Level = 3

type Level int

func (Level) String() string { return "" }

func Open(addr string) (*Session, error) { return nil, nil }
`)
	got := loadExports(t, dir, "./...").api(t, "example.com/promoted")
	for _, want := range []string{
		"\tmethod (*Session) ReadByte() (byte, error)\n",
		"type Session struct\n\tfield Addr string `json:\"addr\"`\n",
		"type Doer interface\n\tmethod Do(n int) error\n",
		"type Names = []string\n",
		"const Most Level = 3\n",
		"type Level int\n\tmethod (Level) String() string\n",
		"func Open(addr string) (*Session, error)\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	if strings.Contains(got, "id") || strings.Contains(got, "link") {
		t.Errorf("unexported names are shown:\n%s", got)
	}
}

// public returns the packages that other modules can import.
func public(pkgs []pkg) []pkg {
	return slices.DeleteFunc(pkgs, func(p pkg) bool {
		return p.Name == "main" || slices.Contains(strings.Split(p.ImportPath, "/"), "internal")
	})
}

func writeFile(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

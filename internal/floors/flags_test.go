package floors

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// flagless are the rooms that do not know how a user writes a setting: they name
// it by its key in a scenario, and the caller of report says how it is written.
var flagless = []string{"scenarios", "report", "hs2client", "lbcheck"}

// flagName is a flag as a command line has it. Impala's own have underscores.
var flagName = regexp.MustCompile(`--[a-z][a-z0-9_-]*`)

func TestFlags_AreTheCommandsAlone(t *testing.T) {
	t.Parallel()
	for _, room := range flagless {
		for name, src := range shipped(t, room) {
			for _, flag := range flagName.FindAllString(src, -1) {
				if !strings.Contains(flag, "_") {
					t.Errorf("%s names the flag %s: name the setting by its key, as data of a vocab.Fix", name, flag)
				}
			}
		}
	}
}

// shipped are the sources below a folder that are no tests, by their path in
// the module.
func shipped(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		out[filepath.ToSlash(name)] = string(src)
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d sources in %s: %v", len(out), folder, err)
	}
	return out
}

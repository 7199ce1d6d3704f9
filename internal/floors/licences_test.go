package floors

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/licensecheck"
)

// compatible are the licences whose code may be part of a work under Apache-2.0
// (apache.org/legal/resolved.html, category A).
var compatible = []string{"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSD-2-Clause-Views", "ISC", "MIT", "Unlicense"}

// licencesOf are the licences of a module's own texts, sorted.
func licencesOf(t *testing.T, dir string) (ids []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name := strings.ToUpper(f.Name())
		if f.IsDir() || !strings.HasPrefix(name, "LICEN") && !strings.HasPrefix(name, "COPYING") && !strings.HasPrefix(name, "UNLICENSE") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range licensecheck.Scan(text).Match {
			ids = append(ids, m.ID)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// TestLicences: each module that the tool or its tests are built with has a licence that
// goes with ours.
func TestLicences(t *testing.T) {
	t.Parallel()
	dependOnSources(t)
	modules := map[string]string{} // path: directory
	for _, p := range listIn(t, root, "-deps", "-test", "./...") {
		if p.Module != nil && p.Module.Dir != "" {
			modules[p.Module.Path] = p.Module.Dir
		}
	}
	if len(modules) < 20 {
		t.Fatalf("%d modules", len(modules))
	}
	for path, dir := range modules {
		ids := licencesOf(t, dir)
		if len(ids) == 0 {
			t.Errorf("%s: no licence was found in %s", path, dir)
		}
		for _, id := range ids {
			if !slices.Contains(compatible, id) {
				t.Errorf("%s has the licence %s, which does not go with Apache-2.0", path, id)
			}
		}
	}
}

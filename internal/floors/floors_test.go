package floors

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/impala-lbcheck/impala-lbcheck"

// may lists what each package may import of this module. Only cmd knows its
// neighbours: a measuring room does not know the judging one, a rendering one
// knows the vocabulary alone.
var may = map[string][]string{
	"cmd/impala-lbcheck": {
		"hs2client", "scenarios", "scenarios/run", "scenarios/judge", "report", "internal/simcluster", "internal/impalaweb",
		"internal/provision", "internal/provision/lbfile", "internal/localfile", "internal/shellcmd",
	},
	"report":                     {"scenarios"},
	"scenarios/run":              {"scenarios", "scenarios/judge"},
	"scenarios/judge":            {"scenarios", "internal/stats"},
	"scenarios":                  {},
	"hs2client":                  {"internal/thriftgen/hs2", "internal/thriftgen/beeswax", "internal/saslframe"},
	"internal/simcluster":        {"internal/thriftgen/hs2", "internal/thriftgen/beeswax", "internal/saslframe", "internal/certs"},
	"internal/provision":         {"internal/provision/lbfile"},
	"internal/provision/lbfile":  {"scenarios"},
	"internal/impalaweb":         {},
	"internal/saslframe":         {},
	"internal/certs":             {},
	"internal/stats":             {},
	"internal/golden":            {},
	"internal/awssim":            {},
	"internal/faultproxy":        {},
	"internal/localfile":         {},
	"internal/shellcmd":          {},
	"internal/floors":            {},
	"internal/thriftgen/hs2":     {},
	"internal/thriftgen/beeswax": {},
	"interop":                    {},
}

// pkg is what `go list -json` says of a package, as far as we ask.
type pkg struct {
	ImportPath string
	Imports    []string
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	for _, p := range list(t) {
		name := strings.TrimPrefix(p.ImportPath, module+"/")
		allowed, known := may[name]
		if !known {
			t.Errorf("package %s stands on no floor: give it a line in floors_test.go and a room in docs/DESIGN.md", name)
			continue
		}
		for _, imported := range p.Imports {
			sibling, ours := strings.CutPrefix(imported, module+"/")
			if ours && !slices.Contains(allowed, sibling) {
				t.Errorf("%s imports %s, which is not below it", name, sibling)
			}
		}
	}
}

func TestEveryFloorIsThere(t *testing.T) {
	t.Parallel()
	have := map[string]bool{}
	for _, p := range list(t) {
		have[strings.TrimPrefix(p.ImportPath, module+"/")] = true
	}
	for _, name := range slices.Sorted(maps.Keys(may)) {
		if !have[name] {
			t.Errorf("the table names %s, and there is no such package", name)
		}
	}
}

func list(t *testing.T) []pkg {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var pkgs []pkg
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := dec.Decode(&p); err == io.EOF {
			return pkgs
		} else if err != nil {
			t.Fatalf("go list's answer: %v", err)
		}
		pkgs = append(pkgs, p)
	}
}

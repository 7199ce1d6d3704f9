package floors

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// required matches a module that a go.mod requires itself.
var required = regexp.MustCompile(`(?m)^\t(\S+) v\S+$`)

// TestDependencies_HaveASentence: each module that go.mod requires is in the table of
// docs/DESIGN.md, by its path, or by its name beside its owner's.
func TestDependencies_HaveASentence(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(filepath.Join(root, "docs", "DESIGN.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(doc), "## Dependencies")
	table, _, _ = strings.Cut(table, "## How it is proved")
	rows := strings.Split(table, "\n")
	modules := required.FindAllStringSubmatch(string(text), -1)
	if len(modules) < 20 {
		t.Fatalf("go.mod requires %d modules", len(modules))
	}
	version := regexp.MustCompile(`/v[0-9]+$`)
	for _, m := range modules {
		path := version.ReplaceAllString(m[1], "")
		parts := strings.Split(path, "/")
		owner, name := parts[1], parts[len(parts)-1]
		if !slices.ContainsFunc(rows, func(row string) bool {
			return strings.Contains(row, path) || strings.Contains(row, owner+"/") && strings.Contains(row, name)
		}) {
			t.Errorf("%s has no row in docs/DESIGN.md, Dependencies", path)
		}
	}
}

// tools matches the tools of a module.
var tools = regexp.MustCompile(`(?ms)^tool \((.*?)^\)|^tool (\S+)`)

// TestDependencies_ToolsAreLinkedIntoNothing: no package of ours depends on one of a tool.
func TestDependencies_ToolsAreLinkedIntoNothing(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root, "tools", "*", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var named []string
	for _, name := range append(files, filepath.Join(root, "tools", "go.mod")) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range tools.FindAllStringSubmatch(string(text), -1) {
			named = append(named, strings.Fields(m[1]+" "+m[2])...)
		}
	}
	if len(named) < 5 {
		t.Fatalf("tools: %q", named)
	}
	for _, p := range listIn(t, root, "-deps", "./...") {
		for _, tool := range named {
			if p.ImportPath == tool || strings.HasPrefix(p.ImportPath, tool+"/") {
				t.Errorf("%s is linked", p.ImportPath)
			}
		}
	}
}

// speaksHTTP are the packages that may connect by HTTP, and to whom. Whoever adds one says
// that in SECURITY.md, too: the tool calls nobody else.
var speaksHTTP = map[string]string{
	"cmd/impala-lbcheck":                   "nobody: it serves",
	"cmd/impala-lbcheck/internal/livepage": "nobody: it serves",
	"hs2client":                            "the endpoint under test",
	"hs2client/internal/httpwire":          "the endpoint under test",
	"internal/awssim":                      "nobody: it serves",
	"internal/exporter":                    "nobody: it serves",
	"internal/faultproxy":                  "the AWS that it stands before, in tests",
	"internal/httpserve":                   "nobody: it serves",
	"internal/impalaweb":                   "the coordinators' pages that were declared",
	"internal/provision":                   "AWS",
	"internal/s3log":                       "AWS",
	"internal/simcluster":                  "nobody: it serves",
	"interop":                              "what it has started",
	"lbcheck":                              "nobody: its headers' names",
}

func TestNetwork_WhoSpeaksHTTP(t *testing.T) {
	t.Parallel()
	found := map[string]bool{}
	for _, p := range listIn(t, root, "./...") {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		if slices.Contains(p.Imports, "net/http") {
			found[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if speaksHTTP[name] == "" {
			t.Errorf("%s imports net/http: whom does it call?", name)
		}
	}
	for name := range speaksHTTP {
		if !found[name] {
			t.Errorf("%s imports net/http no more", name)
		}
	}
}

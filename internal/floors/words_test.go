package floors

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// flagless are the rooms that know settings by their keys alone: how one is written
// is for the command to say.
var flagless = []string{"scenarios"}

// mapped are the rooms that look a kind of scenario up in one map. A comparison with
// a kind elsewhere would be forgotten when a kind is added.
var mapped = []string{"scenarios", "cmd/impala-lbcheck"}

func TestNoFlagIsNamedInALibrary(t *testing.T) {
	t.Parallel()
	for _, room := range flagless {
		for name, src := range shipped(t, room) {
			for _, flag := range flagsIn(src) {
				t.Errorf("%s names the flag %s: name the key of the setting", name, flag)
			}
		}
	}
}

func TestNoKindIsComparedOutsideAMap(t *testing.T) {
	t.Parallel()
	for _, room := range mapped {
		for name, src := range shipped(t, room) {
			for _, found := range comparing.FindAllString(src, -1) {
				t.Errorf("%s has %q: give each kind its entry in the map of this room", name, found)
			}
		}
	}
}

func TestWordsAreRecognised(t *testing.T) {
	t.Parallel()
	if got := flagsIn("add --tls, or --expect-coordinators a,b"); len(got) != 2 {
		t.Errorf("flags found: %q", got)
	}
	if got := flagsIn("fe_service_threads, -- a dash, --no-such-flag"); len(got) != 0 {
		t.Errorf("flags found: %q", got)
	}
	for src, want := range map[string]bool{
		"if s.Kind == scenarios.KindWatch {":   true,
		"s.Kind != KindStages":                 true,
		"case scenarios.KindIdle:":             true,
		"case KindStages, KindWatch:":          true,
		"KindWatch: Scenario.watchClaims,":     false,
		"{scenarios.KindIdle: {login: true}}":  false,
		"if v.Kind() == reflect.String {":      false,
		"return cmp.Or(k, KindLooks)":          false,
		"func(k Kind) bool { return k == all}": false,
	} {
		if got := comparing.MatchString(src); got != want {
			t.Errorf("%q: %t", src, got)
		}
	}
}

var (
	flagWord  = regexp.MustCompile(`--[a-z]+(-[a-z]+)*`)
	comparing = regexp.MustCompile(`[!=]= *(scenarios\.)?Kind[A-Z]\w*|case (scenarios\.)?Kind[A-Z]\w*`)
)

// flagsIn lists the flags of settings that a text names.
func flagsIn(text string) []string {
	known := map[string]bool{}
	for _, g := range scenarios.Settings() {
		known["--"+g.Name] = g.Name != ""
	}
	var found []string
	for _, word := range flagWord.FindAllString(text, -1) {
		if known[word] {
			found = append(found, word)
		}
	}
	return found
}

// shipped returns the sources of a room that are no tests, by name.
func shipped(t *testing.T, room string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, room, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in %s: %v", room, err)
	}
	out := map[string]string{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(src)
	}
	return out
}

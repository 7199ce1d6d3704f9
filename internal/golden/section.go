package golden

import (
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// mark begins the line that names a section.
const mark = "=== "

// sections guards the files of sections, which parallel tests share, and knows
// those that this process has begun anew.
var sections = struct {
	sync.Mutex
	begun map[string]bool
}{begun: map[string]bool{}}

// Section fails t unless the section of the file at path that is named for t
// holds exactly got. Under -update it writes the section; where all tests run,
// sections that none of them writes go. Tests may be parallel.
func Section(t testing.TB, path, got string) {
	t.Helper()
	sections.Lock()
	defer sections.Unlock()
	b, err := os.ReadFile(path)
	if err != nil && !*update {
		t.Fatalf("%v (go test -update writes it)", err)
	}
	all := split(string(b))
	if *update {
		if !sections.begun[path] && flag.Lookup("test.run").Value.String() == "" {
			clear(all)
		}
		sections.begun[path] = true
		all[t.Name()] = got
		write(t, path, []byte(joined(all)))
		return
	}
	if diff := cmp.Diff(lines([]byte(all[t.Name()])), lines([]byte(got))); diff != "" {
		t.Errorf("%s differs (-file +now); go test -update writes it:\n%s", path, diff)
	}
}

// split parts a file into its sections.
func split(text string) map[string]string {
	out := map[string]string{}
	name := ""
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, mark); ok {
			name = strings.TrimSuffix(rest, "\n")
			continue
		}
		out[name] += line
	}
	return out
}

func joined(all map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		b.WriteString(mark + name + "\n" + all[name])
	}
	return b.String()
}

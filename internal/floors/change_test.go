package floors

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// An edit puts text in the place of other text that a file has once. Where old is
// "" it makes a new file, of which a row may name the folder alone.
type edit struct {
	file     string
	old, new string
}

// A change adds one thing by edits of the files alone that its row in "Where to
// put a change" names.
type change struct {
	row   string // the row's first cell
	edits []edit
	works func(*testing.T, command)
}

// TestDesign_RowsAreTrue makes the changes that rows of docs/DESIGN.md describe, in
// an overlay, and runs the command that is built of it. Where a change needs a file
// that its row does not name, the build fails, or the command lacks what was added.
func TestDesign_RowsAreTrue(t *testing.T) {
	t.Parallel()
	dependOnSources(t)
	overlay := map[string]string{}
	dir := t.TempDir()
	for _, c := range changes {
		row := designRow(t, c.row)
		for _, e := range c.edits {
			if !row.names(e.file) && (e.old != "" || !slices.Contains(row, path.Dir(e.file))) {
				t.Errorf("the row %q does not name %s: either the change belongs elsewhere, or the row is not true", c.row, e.file)
			}
			e.make(t, dir, overlay)
		}
	}
	if t.Failed() {
		return
	}
	cmd := build(t, dir, overlay)
	for _, c := range changes {
		t.Run(c.row, func(t *testing.T) {
			t.Parallel()
			c.works(t, cmd)
		})
	}
}

// make adds the edit to the overlay, on top of the edits before.
func (e edit) make(t *testing.T, dir string, overlay map[string]string) {
	t.Helper()
	name, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(e.file)))
	if err != nil {
		t.Fatal(err)
	}
	text := e.new
	if e.old == "" {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s is to be a new file, and there is one", e.file)
		}
	} else {
		from := name
		if edited := overlay[name]; edited != "" {
			from = edited
		}
		src, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(src), e.old); n != 1 {
			t.Errorf("%s has %d times\n%s\nThe change is made there: adapt it in changes_test.go, and see whether its row is still true", e.file, n, e.old)
			return
		}
		text = strings.Replace(string(src), e.old, e.new, 1)
	}
	overlay[name] = filepath.Join(dir, strings.ReplaceAll(e.file, "/", "_"))
	writeFile(t, dir, filepath.Base(overlay[name]), text)
}

// A command is the path of a built impala-lbcheck.
type command string

// build builds the command with files replaced.
func build(t *testing.T, dir string, overlay map[string]string) command {
	t.Helper()
	b, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, dir, "overlay.json", string(b))
	binary := filepath.Join(dir, "impala-lbcheck")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"), "-o", binary, "./cmd/impala-lbcheck")
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("a change that a row of docs/DESIGN.md describes does not build: %v\n%s", err, out)
	}
	return command(binary)
}

// run runs the command in a directory of the test's own and returns what it wrote.
func (c command) run(t *testing.T, dir string, wantCode int, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), string(c), args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != wantCode {
		t.Fatalf("%s: exit %d (%v), want %d\n%s", strings.Join(args, " "), code, err, wantCode, out)
	}
	return string(out)
}

// wantText wants texts in what was printed, however wide its columns are.
func wantText(t *testing.T, got string, want ...string) {
	t.Helper()
	got = columns.ReplaceAllString(got, " ")
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("no %q in\n%s", w, got)
		}
	}
}

// row is the second cell of a row: the names of files in it, as they stand.
type row []string

// designRow is the row of docs/DESIGN.md that begins with a cell.
func designRow(t *testing.T, first string) row {
	t.Helper()
	for line := range strings.Lines(document(t, "docs/DESIGN.md")) {
		if _, rest, found := strings.Cut(line, "| "+first+" |"); found && strings.HasPrefix(line, "|") {
			var out row
			for _, m := range codeSpan.FindAllStringSubmatch(rest, -1) {
				out = append(out, m[1])
			}
			return out
		}
	}
	t.Fatalf("docs/DESIGN.md has no row %q", first)
	return nil
}

// names reports whether a row names a file: by its path, by its name alone behind
// the path of another one of its folder, or by a pattern such as `kind_*.go`.
func (r row) names(file string) bool {
	folder := slices.ContainsFunc(r, func(p string) bool {
		return p == path.Dir(file) || path.Ext(p) != "" && path.Dir(p) == path.Dir(file)
	})
	return slices.ContainsFunc(r, func(p string) bool {
		whole, _ := path.Match(p, file)
		base, _ := path.Match(p, path.Base(file))
		return whole || base && folder
	})
}

// kindMap is the beginning of a room's map by kind.
var kindMap = regexp.MustCompile(`map\[(scenarios\.)?Kind\][\w().*, ]+\{\n\t+(scenarios\.)?Kind[A-Z]`)

// TestDesign_KindHasEveryMap: a kind that a map by kind lacks gets a zero value
// there, which builds and may even run.
func TestDesign_KindHasEveryMap(t *testing.T) {
	t.Parallel()
	i := slices.IndexFunc(changes, func(c change) bool { return c.row == "a kind of scenario" })
	n := 0
	for _, room := range []string{"scenarios", "report", "lbcheck", "cmd"} {
		for file, src := range shipped(t, room) {
			if !kindMap.MatchString(src) {
				continue
			}
			if n++; !slices.ContainsFunc(changes[i].edits, func(e edit) bool { return e.file == file }) {
				t.Errorf("%s has a map by kind: the row %q must name it, and the change here have its line", file, changes[i].row)
			}
		}
	}
	if n < 5 {
		t.Errorf("found %d maps by kind", n)
	}
}

func TestRow_NamesFiles(t *testing.T) {
	t.Parallel()
	r := row{"a/b/c.go", "d.go", "e/f", "kind_*.go", "text"}
	for file, want := range map[string]bool{
		"a/b/c.go": true, "a/b/d.go": true, "e/f/kind_x.go": true, "a/b/kind_x.go": true,
		"a/d.go": false, "c.go": false, "e/f/g.go": false, "x/kind_x.go": false,
	} {
		if got := r.names(file); got != want {
			t.Errorf("%s: %v, want %v", file, got, want)
		}
	}
}

// serve starts the simulated cluster for the rest of the test and returns the
// addresses of its nodes.
func (c command) serve(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), string(c), append([]string{"sim"}, args...)...)
	stdout, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() }) // its context has ended by then, which kills it
	var nodes []string
	for lines := json.NewDecoder(stdout); ; {
		var line struct{ Listener, Address string }
		if err := lines.Decode(&line); err != nil {
			t.Fatal(err)
		}
		if line.Listener != "hs2" {
			return nodes
		}
		nodes = append(nodes, line.Address)
	}
}

var columns = regexp.MustCompile(` +`)

// result runs the command with further variables, and returns the result that it
// wrote, as it was decoded.
func (c command) result(t *testing.T, environ []string, args ...string) map[string]any {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), string(c), append(args, "--quiet", "--out", "json=-")...)
	cmd.Env = append(os.Environ(), environ...)
	out, err := cmd.Output()
	var r map[string]any
	if err == nil {
		err = json.Unmarshal(out, &r)
	}
	if err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return r
}

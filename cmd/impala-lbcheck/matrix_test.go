package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// matrixRow is a fault of the surroundings, of a peer or of an input: a row of the
// matrix of docs/faults.md, which begins with its number. It is injected by tries, or
// shown by tests and proofs that have names.
type matrixRow struct {
	id         string
	fault      string
	report     string // class and finding, or what is said
	exit       string
	partial    string // what there is of a report; "": a complete one
	tries      []matrixTry
	shownBy    []string // tests, and proofs of interop
	unprovable string   // why nothing shows it, or a part of it; "": all is shown
}

// showings are the names of all tests and proofs that show the row.
func (r matrixRow) showings() []string {
	if len(r.tries) == 0 {
		return r.shownBy
	}
	return append([]string{"TestMatrix"}, r.shownBy...)
}

// matrixTry is a command line against a peer that is at fault.
type matrixTry struct {
	name  string
	linux bool                    // what is done takes Linux
	peer  func(*testing.T) string // returns the address that is ADDR in args; nil: none
	args  []string                // DIR is a directory of its own
	files map[string]string       // written there before
	exit  int
	class string   // of the failure in the result; "": there is no result
	says  []string // on stdout or stderr
}

// matrixSecret is the password of tries that log in.
const matrixSecret = `matrix-"s3cret`

var matrixRows = slices.Concat(matrixNetwork, matrixServers, matrixSecurity, matrixNames, matrixRuns, matrixInputs, matrixAWS)

// Each fault that a row tries is said as what it is.
func TestMatrix(t *testing.T) {
	t.Parallel()
	for _, row := range matrixRows {
		for _, try := range row.tries {
			if try.linux && runtime.GOOS != "linux" {
				continue
			}
			t.Run(strings.TrimSpace(row.id+" "+cmp.Or(try.name, row.fault)), func(t *testing.T) {
				t.Parallel()
				if !slices.Contains(strings.Split(row.exit, ", "), fmt.Sprint(try.exit)) {
					t.Errorf("exit %d is not one of the row's: %s", try.exit, row.exit)
				}
				try.run(t)
			})
		}
	}
}

// run makes a try. That nothing is left open is seen when the package's tests end.
func (m matrixTry) run(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range m.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	addr := ""
	if m.peer != nil {
		addr = m.peer(t)
	}
	fill := strings.NewReplacer("ADDR", addr, "DIR", dir)
	args := make([]string, len(m.args))
	for i, a := range m.args {
		args[i] = fill.Replace(a)
	}
	result := filepath.Join(dir, "result.json")
	if m.class != "" {
		args = append(args, "--out", result)
	}
	stdout, stderr, code := call(t, args...)
	said := stdout + stderr
	if code != m.exit {
		t.Errorf("exit %d, want %d\n%s", code, m.exit, said)
	}
	for _, words := range m.says {
		if !strings.Contains(said, fill.Replace(words)) {
			t.Errorf("nothing says %q:\n%s", words, said)
		}
	}
	stored := ""
	if m.class != "" {
		stored = m.checkResult(t, result)
	}
	for _, shape := range []string{matrixSecret, strings.ReplaceAll(matrixSecret, `"`, `\"`)} {
		if strings.Contains(said+stored, shape) {
			t.Errorf("the password is shown:\n%s%s", said, stored)
		}
	}
	if strings.Contains(said, "goroutine ") {
		t.Errorf("a panic:\n%s", said)
	}
}

// checkResult checks what was written of the run up to the fault. Reading it refuses
// contradictions.
func (m matrixTry) checkResult(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := readResult(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(b), `"class": "`+m.class+`"`) {
		t.Errorf("no failure of class %s:\n%s", m.class, b)
	}
	if r.Exit != m.exit || r.Complete && m.exit == exitUnmeasured {
		t.Errorf("the result has exit %d and complete %v", r.Exit, r.Complete)
	}
	if s := r.Sessions; s.Attempted != s.OK+s.Failed+s.Unknown {
		t.Errorf("attempted %d is not ok %d + failed %d + unknown %d", s.Attempted, s.OK, s.Failed, s.Unknown)
	}
	return string(b)
}

func TestMatrix_HasEveryFaultOnce(t *testing.T) {
	t.Parallel()
	unprovable := 0
	for i, row := range matrixRows {
		if want := fmt.Sprintf("F%02d", i+1); row.id != want {
			t.Errorf("row %d is %s, want %s", i+1, row.id, want)
		}
		if row.unprovable != "" {
			unprovable++
		}
		if len(row.tries)+len(row.shownBy) == 0 && row.unprovable == "" {
			t.Errorf("%s: nothing shows it", row.id)
		}
	}
	if len(matrixRows) != 55 || unprovable > 5 {
		t.Errorf("%d rows, want 55; %d not proven, want at most 5", len(matrixRows), unprovable)
	}
}

// TestMatrix_ShownByWhatThereIs has a test or a proof for every name.
func TestMatrix_ShownByWhatThereIs(t *testing.T) {
	t.Parallel()
	tests, proofs := testNames(t), proofNames(t)
	if proofs["audit.zone.cross"] {
		t.Error("the name of a finding is taken for that of a proof")
	}
	for _, row := range matrixRows {
		for _, name := range row.showings() {
			if !tests[name] && !proofs[name] {
				t.Errorf("%s: there is no test and no proof %q", row.id, name)
			}
		}
	}
}

// testName is the name of a test or a fuzz target in a text.
var testName = regexp.MustCompile(`\b(?:Test|Fuzz)[A-Z]\w*`)

func TestSecurity_NamesTestsThatExist(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../SECURITY.md")
	if err != nil {
		t.Fatal(err)
	}
	tests, named := testNames(t), testName.FindAllString(string(doc), -1)
	for _, name := range named {
		if !tests[name] {
			t.Errorf("SECURITY.md names %s, which is no test", name)
		}
	}
	if len(named) < 20 {
		t.Errorf("SECURITY.md names %d tests", len(named))
	}
}

// testNames are the tests and fuzz targets of this module.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names, err := readTestNames()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// readTestNames parses every test of the module.
var readTestNames = sync.OnceValues(func() (map[string]bool, error) {
	names := map[string]bool{}
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
				names[f.Name.Name] = true
			}
		}
		return nil
	})
	return names, err
})

// proofName is the name that a proof of interop has in its source, or in a row of the table
// that it is made of.
var proofName = regexp.MustCompile(`(?:\bname: |\bprove\()"([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+)"`)

// proofNames are the names of proofs in interop, as far as its source has them.
func proofNames(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("../../interop/*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no source of interop: %v", err)
	}
	names := map[string]bool{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range proofName.FindAllStringSubmatch(string(b), -1) {
			names[m[1]] = true
		}
	}
	return names
}

// matrixTable is the matrix as docs/faults.md has it.
func matrixTable() string {
	var b strings.Builder
	b.WriteString("| no. | fault | report | exit | partial report | shown by |\n|---|---|---|---|---|---|\n")
	for _, r := range matrixRows {
		by := strings.Join(r.showings(), ", ")
		if r.unprovable != "" {
			by = strings.TrimPrefix(by+". NOT PROVEN: "+r.unprovable, ". ")
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s |\n", r.id, r.fault, r.report, r.exit, cmp.Or(r.partial, "-"), by)
	}
	return b.String()
}

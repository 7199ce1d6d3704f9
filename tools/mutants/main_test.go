package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// writeModule is a small module of the project's name: one function that tests hold, one
// that only the command's test executes, one that none does.
func writeModule(t *testing.T) (root string) {
	t.Helper()
	root = t.TempDir()
	for name, src := range map[string]string{
		"go.mod": "module " + module + "\n\ngo 1.26.0\n",
		"sum/sum.go": `package sum

// Held is held by a test.
func Held(a, b int) int { return a + b }

// Loose is executed and not looked at.
func Loose(a int) int { return a * 2 }

// Alone is executed by no test.
func Alone(a int) int { return a - 4 }

// Same counts down or up.
func Same(a int) bool { return a*a >= 1 }
`,
		"sum/sum_test.go": `package sum

import "testing"

func TestHeld(t *testing.T) {
	if Held(2, 1) != 3 {
		t.Error("wrong")
	}
}

func TestLoose(t *testing.T) { Loose(3) }
`,
		"wait/wait.go":              "package wait\n\n// Until counts down.\nfunc Until(n int) {\n\tfor n > 0 {\n\t\tn--\n\t}\n}\n",
		"wait/wait_test.go":         "package wait\n\nimport \"testing\"\n\nfunc TestUntil(t *testing.T) { Until(3) }\n",
		elsewhere + "/main.go":      "package main\n\nfunc main() {}\n",
		elsewhere + "/main_test.go": "package main\n\nimport (\n\t\"testing\"\n\n\t\"" + module + "/sum\"\n)\n\nfunc TestSame(t *testing.T) {\n\tif !sum.Same(1) {\n\t\tt.Error(\"wrong\")\n\t}\n}\n",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(src), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// tried runs the command on the small module.
func tried(t *testing.T, pkg string, o options) (string, error) {
	t.Helper()
	o.n, o.seed, o.root, o.work, o.most = 100, 1, writeModule(t), t.TempDir(), time.Minute
	o.areas, o.from = []area{{name: pkg, code: []string{pkg}}}, []string{pkg}
	var out strings.Builder
	err := try(o, &out, t.Output())
	return out.String(), err
}

// hasLines looks for lines, which are patterns.
func hasLines(t *testing.T, out string, lines ...string) {
	t.Helper()
	for _, want := range lines {
		if !regexp.MustCompile("(?m)^" + want + "$").MatchString(out) {
			t.Errorf("no line like %s in\n%s", want, out)
		}
	}
}

// A mutant is killed by a test of its own package or, where none executes it, by one of
// the command's.
func TestTry_TellsWhatLives(t *testing.T) {
	t.Parallel()
	out, err := tried(t, "sum", options{
		slow: time.Minute, least: 100,
		equivalent: "sum/sum.go Held: a + b => a - b\n  Wrong: a test tells.\nsum/sum.go Loose: 2 => (2 + 1)\n  For this test.\n",
	})
	for _, want := range []string{"Held: a + b => a - b: killed by sum TestHeld", "100 % is wanted"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	hasLines(t, out,
		`killed .* sum/sum.go Held: a \+ b => a - b  \[sum TestHeld\]`,
		`lived .* sum/sum.go Loose: a \* 2 => a / 2  \[1 test\]`,
		`equivalent .* sum/sum.go Loose: 2 => \(2 \+ 1\)  \[1 test\]`,
		`lived .* sum/sum.go Alone: a - 4 => a \+ 4  \[0 tests\]`,
		`killed .* sum/sum.go Same: a\*a >= 1 => a\*a > 1  \[`+elsewhere+` TestSame\]`,
	)
}

func TestTry_TellsWhatHangs(t *testing.T) {
	t.Parallel()
	out, _ := tried(t, "wait", options{slow: time.Second})
	hasLines(t, out, `timeout .* wait/wait.go Until: n-- => nothing  \[wait timeout\]`)
}

// Where nothing is tried, nothing has passed: as where what lived is there no more.
func TestTry_NothingIsNoPass(t *testing.T) {
	t.Parallel()
	for name, again := range map[string]map[string]bool{"of an earlier run that killed all": {}, "gone since": {"sum/sum.go Gone: 1 => 0": true}} {
		if out, err := tried(t, "sum", options{again: again, least: 90}); err == nil || !strings.Contains(err.Error(), "no mutant to try") {
			t.Errorf("%s: error %v\n%s", name, err, out)
		}
	}
}

func TestRun_RefusesWrongArguments(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-n 0":                  "-n",
		"-areas nowhere":        `"nowhere"`,
		"-again /nonexistent/x": "/nonexistent/x",
		"more":                  `"more"`,
	} {
		var errs strings.Builder
		if code := run(strings.Fields(args), t.Output(), &errs); code != 2 || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: exit %d, %s", args, code, &errs)
		}
	}
}

package main

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// packageWith is a package of one file without imports.
func packageWith(t *testing.T, src string) *goPackage {
	t.Helper()
	p := &goPackage{name: "p", fset: token.NewFileSet(), info: newInfo(), importer: importer.Default()}
	f := sourceFile{name: "p/p.go", path: "p.go", src: []byte(src)}
	var err error
	if f.syntax, err = parser.ParseFile(p.fset, f.path, f.src, parser.SkipObjectResolution); err != nil {
		t.Fatal(err)
	}
	p.files = []sourceFile{f}
	if err := p.check(p.fset, []*ast.File{f.syntax}, p.info); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMutants_ChangeEachKindOfCode(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body string
		want []string // of one kind; others are there beside it
	}{
		"comparison":       {"_ = a < b", []string{"a < b => a <= b", "a < b => a >= b"}},
		"equality":         {"_ = a == b", []string{"a == b => a != b"}},
		"and":              {"_ = a < b && ok", []string{"a < b && ok => a < b || ok"}},
		"not":              {"_ = !ok", []string{"!ok => ok"}},
		"arithmetic":       {"_ = a + b", []string{"a + b => a - b"}},
		"assigned sum":     {"a += b", []string{"a += b => a -= b", "a += b => nothing"}},
		"increment":        {"a++", []string{"a++ => a--", "a++ => nothing"}},
		"numbers":          {"_ = a + 0; _ = a + 1; _ = a + 7", []string{"0 => 1", "1 => 0", "7 => (7 + 1)"}},
		"true":             {"ok = true", []string{"true => false", "ok = true => nothing"}},
		"call":             {"f()", []string{"f() => nothing"}},
		"defer":            {"defer f()", []string{"defer f() => nothing"}},
		"assignment":       {"ok = a < b", []string{"ok = a < b => nothing"}},
		"condition":        {"if a < b { f() }", []string{"if a < b => if false"}},
		"condition alone":  {"if ok { f() }", []string{"if ok => if false", "if ok => if true"}},
		"case":             {"switch { case a < b: f() }", []string{"case a < b => case false"}},
		"jump":             {"for { if ok { break }; continue }", []string{"break => continue", "continue => break"}},
		"largest":          {"_ = max(a, b)", []string{"max(a, b) => min(a, b)"}},
		"error":            {"_ = func() error { return fault{} }", []string{"return fault{} => return nil"}},
		"the second alike": {"f(); f()", []string{"f() => nothing", "f() => nothing #2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := packageWith(t, "package p\ntype fault struct{}\nfunc (fault) Error() string { return \"\" }\nfunc do(a, b int, ok bool, f func()) {\n"+tc.body+"\n}\n")
			keys := keysOf(mutantsOf(p, p.files[0]))
			for _, want := range tc.want {
				if !slices.Contains(keys, "p/p.go do: "+want) {
					t.Errorf("%q is not among\n%s", want, strings.Join(keys, "\n"))
				}
			}
		})
	}
}

func keysOf(ms []mutant) []string {
	var keys []string
	for _, m := range ms {
		keys = append(keys, m.key())
	}
	return keys
}

// A key is a mutant's alone, and outlives what is written above its function.
func TestKeys_NameOneMutant(t *testing.T) {
	t.Parallel()
	const src = "package p\n%\nfunc (t *T) Add(a int) int { if a > 1 { return a + 1 }; return a + 1 }\ntype T struct{}\n"
	first := packageWith(t, strings.Replace(src, "%", "", 1))
	later := packageWith(t, strings.Replace(src, "%", "var x = 1\n// A comment.\n", 1))
	keys := keysOf(mutantsOf(first, first.files[0]))
	for i, key := range keys {
		if slices.Contains(keys[:i], key) {
			t.Errorf("%s is the key of two", key)
		}
		if !slices.Contains(keysOf(mutantsOf(later, later.files[0])), key) {
			t.Errorf("%s has another key below other code", key)
		}
	}
	if !slices.Contains(keys, "p/p.go T.Add: a + 1 => a - 1 #2") {
		t.Errorf("keys %q", keys)
	}
}

// What the compiler would refuse is no mutant; what it takes is the file with one change.
func TestCompiles_RefusesWhatHasNoTypes(t *testing.T) {
	t.Parallel()
	p := packageWith(t, "package p\nfunc join(a, b string) string { return a + b }\nfunc sum(a, b int) int { return a + b }\n")
	got := map[string]bool{}
	for _, m := range mutantsOf(p, p.files[0]) {
		got[m.key()] = p.compiles(m)
	}
	if got["p/p.go join: a + b => a - b"] || !got["p/p.go sum: a + b => a - b"] || len(got) != 2 {
		t.Errorf("compiles: %v", got)
	}
	m := mutantsOf(p, p.files[0])[1]
	if changed := string(m.apply(p.files[0].src)); !strings.Contains(changed, "return a - b") || strings.Count(changed, "a + b") != 1 {
		t.Errorf("applied:\n%s", changed)
	}
}

// Room that make takes in advance changes no result.
func TestMutants_LeaveCapacitiesAlone(t *testing.T) {
	t.Parallel()
	p := packageWith(t, "package p\nfunc list() []int { return make([]int, 0, 64) }\n")
	if keys := keysOf(mutantsOf(p, p.files[0])); !slices.Equal(keys, []string{"p/p.go list: 0 => 1"}) {
		t.Errorf("keys %q", keys)
	}
}

// A change of a long statement shows the part that changes.
func TestKeys_AreShort(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é + ", 40)
	if got, want := head(long+"\n\tx"), strings.Repeat("é + ", 15)+"…"; got != want {
		t.Errorf("head %q, want %q", got, want)
	}
	if got, want := tail("x\n\t"+long+"x"), "…"+strings.Repeat(" + é", 14)+" + x"; got != want {
		t.Errorf("tail %q, want %q", got, want)
	}
	if head("a\n\tb") != "a b" || tail("a\n\tb") != "a b" {
		t.Error("a short text is cut")
	}
}

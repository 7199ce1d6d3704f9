package floors

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// classRooms are where classes of failure are asked by predicate and kind.
var classRooms = []string{"hs2client", "scenarios", "report", "cmd"}

// findingIDs names findings, of which one is spelt like a class: "tls.version".
const findingIDs = "scenarios/finding.go"

// A class that is compared as text is misspelt without a word, and what cuts it
// apart knows its form a second time.
func TestClasses_NotComparedAsText(t *testing.T) {
	t.Parallel()
	root := os.DirFS(filepath.Join("..", ".."))
	read := 0
	for _, room := range classRooms {
		err := fs.WalkDir(root, room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || path == findingIDs {
				return err
			}
			read++
			src, err := fs.ReadFile(root, path)
			if err != nil {
				return err
			}
			for _, found := range classTexts(t, path, string(src)) {
				t.Errorf("%s: ask the class by its predicates, its Phase and its Kind", found)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 100 {
		t.Errorf("read %d files: that is not the whole of %v", read, classRooms)
	}
}

func TestClasses_ComparedAsTextIsFound(t *testing.T) {
	t.Parallel()
	for name, code := range map[string]string{
		"the whole":          `_ = o.Class.String() == "x"`,
		"not the whole":      `_ = "x" != err.Class().String()`,
		"the end":            `_ = strings.HasSuffix(g.Class.String(), end)`,
		"the beginning":      `_ = strings.HasPrefix(string(class.String()), "x")`,
		"cut":                `_, kind, _ := strings.Cut(c.StoppedBy.String(), sep)`,
		"in a list":          `_ = slices.Contains(ends, s.Class.String())`,
		"a switch":           `switch o.Class.String() { }`,
		"a key":              `_ = partial[g.Class.String()]`,
		"in brackets":        `_ = strings.Split((o.Class.String()), sep)`,
		"a kind":             `_ = g.Class.Kind.String() == "x"`,
		"a phase":            `_ = g.Class.Phase.String() == "x"`,
		"a class written":    `var rejected = "sasl.rejected"`,
		"the end of one":     `var ends = []string{".timeout"}`,
		"read from a string": `_ = c.Class.UnmarshalText(b)`,
	} {
		src := "package x\nfunc f() {\n" + code + "\n}\n"
		if got := classTexts(t, name, src); len(got) == 0 {
			t.Errorf("%s: %s is not found", name, code)
		}
	}
	for _, code := range []string{
		`_ = "never opened, " + s.Class.String()`,
		`_ = strings.Contains(text, name(s.Class.String()))`,
		`_ = name(e.Class.String())`,
		`_ = o.Class.IsTimeout() && o.Class.Kind == vocab.KindEOF`,
		`f.Message = "4 of 4 failed: open.timeout and more"`,
	} {
		if got := classTexts(t, "good", "package x\nfunc f() {\n"+code+"\n}\n"); len(got) != 0 {
			t.Errorf("%s is refused: %v", code, got)
		}
	}
}

// classTexts are the places in a file where the text of a class is tested, or one
// is written out.
func classTexts(t *testing.T, path, src string) []string {
	t.Helper()
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, path, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	written := spelt()
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		if tests(n) || writes(n, written) {
			out = append(out, fmt.Sprint(files.Position(n.Pos())))
		}
		return true
	})
	return out
}

// tests reports whether a node compares the text of a class, looks it up, cuts
// it apart or reads it.
func tests(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		return slices.Contains([]token.Token{token.EQL, token.NEQ, token.LSS, token.GTR}, n.Op) && (isText(n.X) || isText(n.Y))
	case *ast.SwitchStmt:
		return n.Tag != nil && isText(n.Tag)
	case *ast.IndexExpr:
		return isText(n.Index)
	case *ast.CallExpr:
		called, ok := n.Fun.(*ast.SelectorExpr)
		if !ok {
			return false
		}
		if called.Sel.Name == "UnmarshalText" {
			return isClass(called.X)
		}
		from, ok := called.X.(*ast.Ident)
		return ok && (from.Name == "strings" || from.Name == "slices") && slices.ContainsFunc(n.Args, isText)
	}
	return false
}

// isText reports whether an expression is the text of a class, of its phase or
// of its kind.
func isText(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return isText(e.X)
	case *ast.CallExpr:
		switch f := e.Fun.(type) {
		case *ast.Ident:
			return f.Name == "string" && len(e.Args) == 1 && isText(e.Args[0])
		case *ast.SelectorExpr:
			return f.Sel.Name == "String" && isClass(f.X)
		}
	}
	return false
}

// isClass goes by how classes are called.
func isClass(e ast.Expr) bool {
	named := func(name string) bool { return strings.EqualFold(name, "class") || name == "StoppedBy" }
	switch e := e.(type) {
	case *ast.Ident:
		return named(e.Name)
	case *ast.CallExpr:
		return isClass(e.Fun)
	case *ast.SelectorExpr:
		return named(e.Sel.Name) || (e.Sel.Name == "Kind" || e.Sel.Name == "Phase") && isClass(e.X)
	}
	return false
}

// writes reports whether a node is the text of a class, or the end of one.
func writes(n ast.Node, written map[string]bool) bool {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return false
	}
	text, err := strconv.Unquote(lit.Value)
	return err == nil && written[text]
}

// spelt are all classes, and the ends of all.
func spelt() map[string]bool {
	out := map[string]bool{}
	for k := vocab.KindOther; k == vocab.KindOther || k.String() != vocab.KindOther.String(); k++ {
		out["."+k.String()] = true
		for p := vocab.PhaseResolve; p <= vocab.PhasePages; p++ {
			out[vocab.Class{Phase: p, Kind: k}.String()] = true
		}
	}
	return out
}

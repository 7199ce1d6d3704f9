package floors

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"testing"
)

// kindTables say what there is: the kinds, and which kinds have a setting.
var kindTables = []string{"scenarios/kind.go", "scenarios/settings.go"}

// kindName is one of the scenarios' kinds. A class of failure has kinds, too.
var kindName = regexp.MustCompile(`^Kind(Looks|Certificates|Stages|Capacity|Query|Idle|Watch|Audit)$`)

// TestKinds_AreAskedInMaps: each room has one map of what it does by kind, and
// a test that it is complete. A kind that stands anywhere else is a switch in
// the making, which the next kind is forgotten in.
func TestKinds_AreAskedInMaps(t *testing.T) {
	t.Parallel()
	for _, room := range []string{"scenarios", "report", "lbcheck", "cmd"} {
		for name, src := range shipped(t, room) {
			n, err := kindsOutsideMaps(name, src)
			if err != nil {
				t.Fatal(err)
			}
			if n > 0 && !slices.Contains(kindTables, name) {
				t.Errorf("%s names %d kinds outside a map by kind", name, n)
			}
		}
	}
}

// kindsOutsideMaps counts the kinds of scenarios that are no key of a map literal.
func kindsOutsideMaps(name, src string) (int, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
	if err != nil {
		return 0, err
	}
	keys := map[*ast.Ident]bool{}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CompositeLit:
			if _, ok := node.Type.(*ast.MapType); ok {
				for _, e := range node.Elts {
					keys[kindIdent(e.(*ast.KeyValueExpr).Key)] = true
				}
			}
		case *ast.Ident:
			if kindName.MatchString(node.Name) && !keys[node] {
				n++
			}
		}
		return true
	})
	return n, nil
}

// kindIdent is the identifier of KindLooks or scenarios.KindLooks.
func kindIdent(e ast.Expr) *ast.Ident {
	if s, ok := e.(*ast.SelectorExpr); ok {
		return s.Sel
	}
	id, _ := e.(*ast.Ident)
	return id
}

func TestKindsOutsideMaps_Counts(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]int{
		"var m = map[Kind]int{scenarios.KindIdle: 1, KindWatch: 2}":               0,
		"var b = k == scenarios.KindIdle":                                         1,
		"func f() { switch k { case KindIdle, KindWatch: } }":                     2,
		"var m = map[string]Kind{\"idle\": KindIdle}":                             1,
		"var m = map[vocab.Kind]int{vocab.KindTimeout: 1}; var k = vocab.KindEOF": 0,
	} {
		if got, err := kindsOutsideMaps("p.go", "package p\n"+src); got != want || err != nil {
			t.Errorf("%s: %d, %v, want %d", src, got, err, want)
		}
	}
}

package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/impala-lbcheck/impala-lbcheck/cmd/impala-lbcheck/internal/flags"
	"github.com/impala-lbcheck/impala-lbcheck/report"
	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// fixRooms hold the code that makes fixes.
var fixRooms = []string{"hs2client", "lbcheck", "scenarios", "cmd"}

// computed are values as the code computes them, by the setting that they are for.
var computed = map[string]string{
	"target.confirm":         "impala.example.com",
	"target.http_connection": "session",
	"reuse.handles":          "20",
	"target.protocol":        "beeswax",
	"auth.mechanism":         "ldap",
	"auth.principal":         "alice@EXAMPLE.COM",
	"auth.kerberos_qop":      "auth-conf",
	"load.sessions":          "40",
	"capacity.hold":          "400",
	"expect.coordinators":    "5",
	"expect.nodes":           "2",
	"expect.tls.issuer":      "CN=Example Server CA,O=Amazon,C=US",
	"expect.tls.root":        "CN=Amazon Root CA 1,O=Amazon,C=US",
}

// TestFixes_OfTheCodeParse takes every fix that the code can make, words it as the
// reports do, and lets the commands parse it.
func TestFixes_OfTheCodeParse(t *testing.T) {
	t.Parallel()
	n, used := 0, map[string]bool{}
	for _, room := range fixRooms {
		for _, made := range fixesIn(t, room) {
			if made.Value == valueComputed {
				var known bool
				if made.Value, known = computed[made.Setting]; !known {
					t.Errorf("%s: a computed value for %s: give an example of one here", made.place, made.Setting)
				}
				used[made.Setting] = true
			}
			n++
			if err := parses(made.Fix); err != nil {
				t.Errorf("%s: %+v: %v", made.place, made.Fix, err)
			}
		}
	}
	if n < 50 {
		t.Errorf("%d fixes: that is not all", n)
	}
	for setting := range computed {
		if !used[setting] {
			t.Errorf("no value for %s is computed any more: delete it here", setting)
		}
	}
}

// TestFixes_OfStoredRunsParse does so with values as runs had them.
func TestFixes_OfStoredRunsParse(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob(repo + "/testdata/runs/*.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d runs: %v", len(names), err)
	}
	n := 0
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := report.Read(bytes.NewReader(src))
		if err != nil {
			t.Fatal(err)
		}
		var fixes scenarios.Fixes
		for _, f := range r.Findings {
			fixes = append(fixes, f.Fix...)
		}
		for _, e := range r.Errors {
			fixes = append(fixes, e.Hint...)
		}
		for _, fix := range fixes {
			n++
			if err := parses(fix); err != nil {
				t.Errorf("%s: %+v: %v", name, fix, err)
			}
		}
	}
	if n < 20 {
		t.Errorf("%d fixes: that is not all", n)
	}
}

// parses says why what a report prints of a fix is no flag and no key of ours.
func parses(fix vocab.Fix) error {
	text := flags.Fix(fix)
	switch flag, without := strings.CutPrefix(text, "without "); {
	case fix.Setting == "":
		return nil // its why is among the passages
	case without:
		return takenByAll([]string{flag})
	case strings.HasPrefix(text, "--"):
		return takenByAll(shellCommands(text)[0])
	}
	return isKey(fix.Setting)
}

// isKey says why a scenario file cannot have a key: its parser knows it, whatever
// it says of the value.
func isKey(key string) error {
	var b strings.Builder
	parts := strings.Split(key, ".")
	for i, part := range parts {
		fmt.Fprintf(&b, "%s%s:\n", strings.Repeat("  ", i), part)
	}
	fmt.Fprintf(&b, "%sno-such-key: 1\n", strings.Repeat("  ", len(parts)))
	_, err := scenarios.Parse("fix.yaml", []byte(b.String()))
	if err == nil {
		return fmt.Errorf("a scenario file takes anything as %s", key)
	}
	for _, part := range parts {
		if strings.Contains(err.Error(), strconv.Quote(part)) {
			return fmt.Errorf("a scenario file has no key %s: %w", key, err)
		}
	}
	return nil
}

type madeFix struct {
	vocab.Fix
	place string
}

// valueComputed stands for a value that is no constant.
const valueComputed = "(computed)"

// fixesIn are the fixes that the code below a folder makes: its vocab.Fix literals,
// and what judges make of phrase.Set(setting, value, why).
func fixesIn(t *testing.T, folder string) []madeFix {
	t.Helper()
	var parsed []*ast.File
	constants := map[string]string{}
	positions := token.NewFileSet()
	for name, src := range files(t, folder, ".go") {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(positions, name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, f)
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			for i := 0; ok && i < len(spec.Values); i++ {
				if text, isText := literal(spec.Values[i]); isText {
					constants[spec.Names[i].Name] = text
				}
			}
			return true
		})
	}
	var out []madeFix
	for _, f := range parsed {
		ast.Inspect(f, func(n ast.Node) bool {
			setting, value := fixParts(n)
			if setting == nil {
				return true
			}
			made := madeFix{place: fmt.Sprint(positions.Position(n.Pos()))}
			if made.Setting = constant(setting, constants); made.Setting == valueComputed {
				if _, parameter := setting.(*ast.Ident); !parameter {
					t.Errorf("%s: a setting that is computed cannot be tested here", made.place)
				}
				return true // the literal in phrase.Set itself
			}
			if value != nil {
				made.Value = constant(value, constants)
			}
			out = append(out, made)
			return true
		})
	}
	return out
}

// fixParts are setting and value of a node that makes a fix; nil: it makes none.
func fixParts(n ast.Node) (setting, value ast.Expr) {
	switch n := n.(type) {
	case *ast.CallExpr:
		if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "setTo" && len(n.Args) == 2 {
			return n.Args[0], n.Args[1]
		}
		if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Set" && len(n.Args) == 3 {
			return n.Args[0], n.Args[1]
		}
	case *ast.CompositeLit:
		if of, ok := n.Type.(*ast.SelectorExpr); ok && of.Sel.Name == "Style" {
			return nil, nil // its Setting writes settings
		}
		for _, e := range n.Elts {
			pair, ok := e.(*ast.KeyValueExpr)
			if !ok {
				return nil, nil
			}
			switch key, _ := pair.Key.(*ast.Ident); {
			case key == nil:
				return nil, nil
			case key.Name == "Setting":
				setting = pair.Value
			case key.Name == "Value":
				value = pair.Value
			}
		}
	}
	return setting, value
}

func constant(e ast.Expr, constants map[string]string) string {
	if text, ok := literal(e); ok {
		return text
	}
	if name, ok := e.(*ast.Ident); ok && constants[name.Name] != "" {
		return constants[name.Name]
	}
	return valueComputed
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func TestParses_RefusesWhatNoCommandTakes(t *testing.T) {
	t.Parallel()
	for _, fix := range []vocab.Fix{
		{Setting: "auth.mechanism", Value: "gssapi"}, {Setting: "target.protocol", Value: "http"},
		{Setting: "load.sesions"}, {Setting: "nothing.burst_hold", Value: "1s"}, {Setting: "load.rate", Value: "fast"},
	} {
		if parses(fix) == nil {
			t.Errorf("%+v passes as %s", fix, flags.Fix(fix))
		}
	}
	if err := parses(vocab.Fix{Setting: "load.burst_hold", Value: "1s"}); err != nil {
		t.Error(err)
	}
}

func TestCommandLine_RefusesWhatNoCommandTakes(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, p := range []passage{
		{"", asLine, "impala-lbcheck smoke"}, {"", asLine, "impala-lbcheck smok impala.example.com"},
		{"", asLine, "impala-lbcheck smoke h --protocol http"}, {"", asLine, "go run ./cmd/impala-lbcheck demo --fault dead@9"},
		{"", asLine, "go run -tags noaws ./cmd/impala-lbcheck demo --fault dead@9"},
		{"", asLine, "impala-lbcheck capacity impala.example.com --hold 400"}, {"", asLine, "impala-lbcheck size"},
		{"", asSpan, "smoke HOST --hold 4"}, {"", asSpan, "scenarios show NAMES --now"},
		{"", inProse, "say impala-lbcheck size --session 400, or nothing"}, {"", asSpan, "demo nosuch"},
		{"", asLine, "impala-lbcheck provision apply now"}, {"", asLine, "impala-lbcheck sim --nodes many > f"}, {"", asLine, "impala-lbcheck sim --auth gssapi"},
	} {
		for _, line := range commandLines(p) {
			if line.parse(t) == nil {
				t.Errorf("%s passes as %q", p.text, line.words)
			}
		}
		if len(commandLines(p)) == 0 {
			t.Errorf("no command line in %s", p.text)
		}
	}
}

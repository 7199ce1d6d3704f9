package schema_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// source is what the Go source says of types, which reflection does not: comments, and
// the constants of types that are text. Names are those of package and type.
type source struct {
	types  map[string]string            // the comment of a type, by its name
	fields map[string]map[string]string // those of its fields
	values map[string][]string          // its constants
}

// sourceOf reads packages, by their directory below the root of the module.
func sourceOf(t *testing.T, dirs ...string) source {
	t.Helper()
	s := source{types: map[string]string{}, fields: map[string]map[string]string{}, values: map[string][]string{}}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join("..", "..", dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", dir, len(files), err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			s.read(file)
		}
	}
	return s
}

func (s source) read(file *ast.File) {
	for _, decl := range file.Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range group.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				s.readType(file.Name.Name+"."+spec.Name.Name, spec, commentOf(spec.Doc, group.Doc))
			case *ast.ValueSpec:
				s.readConstant(file.Name.Name, group.Tok, spec)
			}
		}
	}
}

func (s source) readType(name string, spec *ast.TypeSpec, comment string) {
	s.types[name] = comment
	fields, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	s.fields[name] = map[string]string{}
	for _, f := range fields.Fields.List {
		for _, id := range f.Names {
			s.fields[name][id.Name] = commentOf(f.Comment, f.Doc)
		}
	}
}

// readConstant keeps a text of a named type.
func (s source) readConstant(pkg string, tok token.Token, spec *ast.ValueSpec) {
	kind, ok := spec.Type.(*ast.Ident)
	if tok != token.CONST || !ok || len(spec.Values) != 1 {
		return
	}
	if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
		if text, err := strconv.Unquote(lit.Value); err == nil {
			s.values[pkg+"."+kind.Name] = append(s.values[pkg+"."+kind.Name], text)
		}
	}
}

// link is how comments name what they speak of.
var link = regexp.MustCompile(`\[([A-Za-z.]+)\]`)

// commentOf is the first comment that is there, in one line.
func commentOf(groups ...*ast.CommentGroup) string {
	for _, g := range groups {
		if text := strings.Join(strings.Fields(g.Text()), " "); text != "" {
			return link.ReplaceAllString(text, "$1")
		}
	}
	return ""
}

// nameOf is the name of a type in the source.
func nameOf(t reflect.Type) string { return t.String() }

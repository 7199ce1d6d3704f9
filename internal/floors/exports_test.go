package floors

import (
	"fmt"
	"go/constant"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
)

// exports reads packages from the export data of the build, as the compiler
// does. So it sees what an importer can use, methods of embedded types included,
// and does not depend on how a release of `go doc` formats it.
type exports struct{ importer types.Importer }

func newExports(t *testing.T) exports {
	t.Helper()
	dependOnSources(t)
	return loadExports(t, ".", module+"/...")
}

// loadExports builds the packages that pattern names in dir.
func loadExports(t *testing.T, dir, pattern string) exports {
	t.Helper()
	file := map[string]string{}
	for _, p := range listIn(t, dir, "-export", "-deps", pattern) {
		file[p.ImportPath] = p.Export
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(file[path]) }
	return exports{importer.ForCompiler(token.NewFileSet(), "gc", open)}
}

// api returns every exported name of a package, one a line: constants,
// variables, functions, and types with their fields and methods below them.
func (e exports) api(t *testing.T, path string) string {
	t.Helper()
	p, err := e.importer.Import(path)
	if err != nil {
		t.Fatal(err)
	}
	var objs []types.Object
	for _, name := range p.Scope().Names() {
		if obj := p.Scope().Lookup(name); obj.Exported() {
			objs = append(objs, obj)
		}
	}
	slices.SortStableFunc(objs, func(a, b types.Object) int { return section(a) - section(b) })
	w := apiWriter{pkg: p}
	for _, obj := range objs {
		w.object(obj)
	}
	return w.String()
}

// section is where an object stands in the file.
func section(obj types.Object) int {
	switch obj.(type) {
	case *types.Const:
		return 0
	case *types.Var:
		return 1
	case *types.Func:
		return 2
	}
	return 3
}

type apiWriter struct {
	strings.Builder
	pkg *types.Package
}

func (w *apiWriter) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

// qualifier names other packages of this module by their path within it.
func (w *apiWriter) qualifier(p *types.Package) string {
	if p == w.pkg {
		return ""
	}
	return strings.TrimPrefix(p.Path(), module+"/")
}

func (w *apiWriter) text(t types.Type) string { return types.TypeString(t, w.qualifier) }

func (w *apiWriter) object(obj types.Object) {
	switch obj := obj.(type) {
	case *types.Const:
		w.line("%s = %s", types.ObjectString(obj, w.qualifier), value(obj.Val()))
	case *types.TypeName:
		w.typeName(obj)
	default:
		w.line("%s", types.ObjectString(obj, w.qualifier))
	}
}

func (w *apiWriter) typeName(obj *types.TypeName) {
	if obj.IsAlias() {
		w.line("%s", types.ObjectString(obj, w.qualifier))
		return
	}
	switch u := obj.Type().Underlying().(type) {
	case *types.Struct:
		w.line("type %s struct", w.text(obj.Type()))
		w.fields(u)
		w.methods(obj)
	case *types.Interface:
		w.line("type %s interface", w.text(obj.Type()))
		w.interfaceMethods(u)
	default:
		w.line("type %s %s", w.text(obj.Type()), w.text(u))
		w.methods(obj)
	}
}

func (w *apiWriter) fields(s *types.Struct) {
	for i := range s.NumFields() {
		f, tag := s.Field(i), ""
		if !f.Exported() {
			continue
		}
		if s.Tag(i) != "" {
			tag = " `" + s.Tag(i) + "`"
		}
		if f.Embedded() {
			w.line("\tembeds %s%s", w.text(f.Type()), tag)
			continue
		}
		w.line("\tfield %s %s%s", f.Name(), w.text(f.Type()), tag)
	}
}

func (w *apiWriter) interfaceMethods(u *types.Interface) {
	for m := range u.Methods() {
		if !m.Exported() {
			w.line("\tunexported methods")
			return
		}
		w.line("\tmethod %s%s", m.Name(), w.signature(m))
	}
}

// methods writes the method set of *T, with the receiver that each needs.
func (w *apiWriter) methods(obj *types.TypeName) {
	ofValue := types.NewMethodSet(obj.Type())
	for m := range types.NewMethodSet(types.NewPointer(obj.Type())).Methods() {
		if !m.Obj().Exported() {
			continue
		}
		receiver := "*" + obj.Name()
		if ofValue.Lookup(w.pkg, m.Obj().Name()) != nil {
			receiver = obj.Name()
		}
		w.line("\tmethod (%s) %s%s", receiver, m.Obj().Name(), w.signature(m.Obj()))
	}
}

func (w *apiWriter) signature(obj types.Object) string {
	return strings.TrimPrefix(w.text(obj.Type()), "func")
}

// value is exact except for floats, whose exact form is a fraction.
func value(v constant.Value) string {
	if v.Kind() == constant.Float {
		return v.String()
	}
	return v.ExactString()
}

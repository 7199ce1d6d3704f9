package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
)

// A sourceFile is a shipped file of Go.
type sourceFile struct {
	name   string // below the root, with slashes
	path   string // absolute
	src    []byte
	syntax *ast.File
}

// A goPackage is a package of the module with its types.
type goPackage struct {
	name     string // below the root
	files    []sourceFile
	fset     *token.FileSet
	info     *types.Info
	importer types.Importer
}

// listed is what `go list` says of a package, as far as we ask.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles                 []string
	Module                  *struct{ Main bool }
}

// load reads the packages of the module at root, by their names below it.
func load(root string, names []string) (map[string]*goPackage, error) {
	args := []string{"list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles,Module"}
	for _, name := range names {
		args = append(args, "./"+name)
	}
	out, err := goCommand(root, args...)
	if err != nil {
		return nil, err
	}
	exports, dirs := map[string]string{}, map[string]listed{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("go list's answer: %w", err)
		}
		exports[p.ImportPath] = p.Export
		if p.Module != nil && p.Module.Main {
			below, err := filepath.Rel(root, p.Dir)
			if err != nil {
				return nil, err
			}
			dirs[filepath.ToSlash(below)] = p
		}
	}
	packages := map[string]*goPackage{}
	for _, name := range names {
		p, known := dirs[name]
		if !known {
			return nil, fmt.Errorf("there is no package %s in %s", name, root)
		}
		if packages[name], err = newPackage(name, p, exports); err != nil {
			return nil, err
		}
	}
	return packages, nil
}

func newPackage(name string, l listed, exports map[string]string) (*goPackage, error) {
	p := &goPackage{name: name, fset: token.NewFileSet(), info: newInfo()}
	p.importer = importer.ForCompiler(p.fset, "gc", func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	})
	for _, file := range l.GoFiles {
		f := sourceFile{name: path.Join(name, file), path: filepath.Join(l.Dir, file)}
		var err error
		if f.src, err = os.ReadFile(f.path); err != nil {
			return nil, err
		}
		if f.syntax, err = parser.ParseFile(p.fset, f.path, f.src, parser.SkipObjectResolution); err != nil {
			return nil, err
		}
		p.files = append(p.files, f)
	}
	return p, p.check(p.fset, p.syntax(nil), p.info)
}

func newInfo() *types.Info {
	return &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}
}

// syntax is that of all files, some of which are replaced.
func (p *goPackage) syntax(replaced map[string]*ast.File) []*ast.File {
	var all []*ast.File
	for _, f := range p.files {
		if other := replaced[f.name]; other != nil {
			all = append(all, other)
			continue
		}
		all = append(all, f.syntax)
	}
	return all
}

func (p *goPackage) check(fset *token.FileSet, files []*ast.File, info *types.Info) error {
	conf := types.Config{Importer: p.importer}
	if _, err := conf.Check(p.name, fset, files, info); err != nil {
		return fmt.Errorf("types of %s: %w", p.name, err)
	}
	return nil
}

// file is the file of a mutant.
func (p *goPackage) file(name string) sourceFile {
	for _, f := range p.files {
		if f.name == name {
			return f
		}
	}
	panic("no file " + name)
}

// compiles reports whether the package has types with the mutant in it.
func (p *goPackage) compiles(m mutant) bool {
	f := p.file(m.file)
	syntax, err := parser.ParseFile(p.fset, f.path, m.apply(f.src), parser.SkipObjectResolution)
	if err != nil {
		return false
	}
	return p.check(p.fset, p.syntax(map[string]*ast.File{m.file: syntax}), nil) == nil
}

// goCommand runs go, in pure Go, and returns what it prints.
func goCommand(dir string, args ...string) ([]byte, error) {
	cmd := exec.Command("go", args...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), nil
}

package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// A combined build has every mutant of the sample in it, so that one is compiled as
// quickly as all. Each mutant is a copy of its function, and the function begins with a
// switch to the copy whose number is on. The number is in a file, which programs read that
// a test starts, too.
type combined struct {
	overlay string         // of the compiler
	on      string         // file with the number of the mutant that is on
	numbers map[string]int // by key, from 1; of a mutant that is not in it: 0
}

// combine writes the changed files to work.
func combine(work string, packages map[string]*goPackage, ms []mutant) (*combined, error) {
	c := &combined{overlay: filepath.Join(work, "combined.json"), on: filepath.Join(work, "on"), numbers: map[string]int{}}
	replaced := map[string]string{}
	var errs []error
	write := func(path string, src []byte) {
		to := filepath.Join(work, fmt.Sprintf("combined-%d.go", len(replaced)))
		replaced[path] = to
		errs = append(errs, os.WriteFile(to, src, 0o666))
	}
	byFile := map[string][]mutant{}
	for _, m := range ms {
		byFile[m.file] = append(byFile[m.file], m)
	}
	switches := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(byFile)) { // the compiler knows equal files again
		p := packages[packageOf(name)]
		f := p.file(name)
		src, n := c.switched(p, f, byFile[name])
		if n == 0 {
			continue
		}
		write(f.path, src)
		if dir := filepath.Dir(f.path); !switches[dir] {
			switches[dir] = true
			write(filepath.Join(dir, "mutant_on.go"), fmt.Appendf(nil, switchOf, f.syntax.Name.Name, c.on))
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replaced})
	return c, errors.Join(append(errs, err, os.WriteFile(c.overlay, overlay, 0o666), c.turn(0))...)
}

// switchOf is the file of a package that knows which mutant is on.
const switchOf = `package %s

import (
	"os"
	"strconv"
)

var mutantOn = func() int {
	text, _ := os.ReadFile(%q)
	n, _ := strconv.Atoi(string(text))
	return n
}()
`

// turn turns one mutant on, and all others off.
func (c *combined) turn(number int) error {
	return os.WriteFile(c.on, []byte(strconv.Itoa(number)), 0o666)
}

// switched is the file with the copies and the switches of its functions, and how many
// mutants are in it.
func (c *combined) switched(p *goPackage, f sourceFile, ms []mutant) ([]byte, int) {
	w := &walk{file: f, fset: p.fset}
	var edits []edit
	var copies strings.Builder
	n := 0
	for _, decl := range f.syntax.Decls {
		d, ok := decl.(*ast.FuncDecl)
		if !ok || d.Body == nil || !copyable(w.source(d), d) {
			continue
		}
		from, to := w.offset(d.Pos()), w.offset(d.End())
		called, named := w.forward(d)
		var cases strings.Builder
		for _, m := range ms {
			if m.from < from || m.to > to {
				continue
			}
			n++
			number := len(c.numbers) + 1
			c.numbers[m.key()] = number
			suffix := fmt.Sprintf("__%d", number)
			fmt.Fprintf(&cases, "case %d: %s\n", number, strings.Replace(called, "__", suffix, 1))
			name := w.offset(d.Name.End())
			fmt.Fprintf(&copies, "\n%s%s%s%s%s\n", f.src[from:name], suffix, f.src[name:m.from], m.text, f.src[m.to:to])
		}
		if cases.Len() > 0 {
			at := w.offset(d.Body.Lbrace) + 1
			edits = append(append(edits, named...), edit{at, at, "\nswitch mutantOn {\n" + cases.String() + "}\n"})
		}
	}
	return append(applied(f.src, edits), copies.String()...), n
}

// copyable reports whether a copy that the function calls does what the function does.
func copyable(src string, d *ast.FuncDecl) bool {
	return !strings.Contains(src, "recover()") && !strings.Contains(src, "runtime.") && (d.Recv != nil || d.Name.Name != "init")
}

// forward is the statement by which a function calls its copy, whose name ends in __, and
// what names the receiver and the parameters that have no name.
func (w *walk) forward(d *ast.FuncDecl) (call string, named []edit) {
	fields := func(list *ast.FieldList, prefix string) (names []string) {
		if list == nil {
			return nil
		}
		for i, field := range list.List {
			spread := ""
			if _, variadic := field.Type.(*ast.Ellipsis); variadic {
				spread = "..."
			}
			if len(field.Names) == 0 {
				name := fmt.Sprintf("%s%d", prefix, i)
				at := w.offset(field.Type.Pos())
				named = append(named, edit{at, at, name + " "})
				names = append(names, name+spread)
			}
			for j, id := range field.Names {
				name := id.Name
				if name == "_" {
					name = fmt.Sprintf("%s%d_%d", prefix, i, j)
					named = append(named, edit{w.offset(id.Pos()), w.offset(id.End()), name})
				}
				names = append(names, name+spread)
			}
		}
		return names
	}
	call = d.Name.Name + "__"
	if receiver := fields(d.Recv, "receiver"); len(receiver) > 0 {
		call = receiver[0] + "." + call
	}
	var kinds []string
	if d.Type.TypeParams != nil {
		for _, field := range d.Type.TypeParams.List {
			for _, id := range field.Names {
				kinds = append(kinds, id.Name)
			}
		}
		call += "[" + strings.Join(kinds, ", ") + "]"
	}
	call += "(" + strings.Join(fields(d.Type.Params, "parameter"), ", ") + ")"
	if d.Type.Results == nil {
		return call + "; return", named
	}
	return "return " + call, named
}

// An edit replaces bytes of a file.
type edit struct {
	from, to int
	text     string
}

// applied makes edits that do not overlap.
func applied(src []byte, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var out []byte
	at := 0
	for _, e := range edits {
		out = append(append(out, src[at:e.from]...), e.text...)
		at = e.to
	}
	return append(out, src[at:]...)
}

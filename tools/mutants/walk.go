package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// walk goes through a file and collects its mutants.
type walk struct {
	file       sourceFile
	fset       *token.FileSet
	info       *types.Info
	capacities map[ast.Node]bool // of make: room that is taken in advance changes no result
	function   string            // that is walked through
	scope      scope
	found      []mutant
}

// mutantsOf are all changes of a file, in its order.
func mutantsOf(p *goPackage, f sourceFile) []mutant {
	w := &walk{file: f, fset: p.fset, info: p.info, capacities: map[ast.Node]bool{}}
	for _, decl := range f.syntax.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			if d.Body == nil {
				continue
			}
			w.function, w.scope = functionName(d), scope{p.fset.Position(d.Pos()).Line, p.fset.Position(d.End()).Line}
			ast.Inspect(d.Body, w.node)
		case *ast.GenDecl:
			if d.Tok == token.VAR || d.Tok == token.CONST {
				w.function = ""
				ast.Inspect(d, w.node)
			}
		}
	}
	number(w.found)
	return w.found
}

func (w *walk) node(n ast.Node) bool {
	if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 3 {
		if name, ok := call.Fun.(*ast.Ident); ok && name.Name == "make" {
			w.capacities[call.Args[2]] = true
		}
	}
	w.statement(n)
	w.expression(n)
	return true
}

// functionName is Name or Type.Name.
func functionName(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	for {
		switch of := t.(type) {
		case *ast.StarExpr:
			t = of.X
		case *ast.IndexExpr:
			t = of.X
		case *ast.IndexListExpr:
			t = of.X
		case *ast.Ident:
			return of.Name + "." + d.Name.Name
		default:
			return d.Name.Name
		}
	}
}

// replace changes a whole node.
func (w *walk) replace(n ast.Node, text string) {
	w.change(n.Pos(), n.End(), text, head(w.source(n)), head(text))
}

// change notes a mutant.
func (w *walk) change(pos, end token.Pos, text, was, now string) {
	at := w.fset.Position(pos)
	w.found = append(w.found, mutant{
		file: w.file.name, line: at.Line, col: at.Column, from: at.Offset, to: w.offset(end),
		text: text, function: w.function, scope: w.scope, was: was, now: now,
	})
}

func (w *walk) source(n ast.Node) string { return w.text(n.Pos(), n.End()) }

func (w *walk) text(pos, end token.Pos) string {
	return string(w.file.src[w.offset(pos):w.offset(end)])
}

func (w *walk) offset(pos token.Pos) int { return w.fset.Position(pos).Offset }

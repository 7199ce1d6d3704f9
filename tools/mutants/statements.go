package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// statement changes conditions, jumps and what is returned.
func (w *walk) statement(n ast.Node) {
	switch n := n.(type) {
	case *ast.IfStmt:
		w.condition(n.Cond)
	case *ast.SwitchStmt:
		if n.Tag == nil {
			w.cases(n.Body.List)
		}
	case *ast.BlockStmt:
		w.list(n.List)
	case *ast.CaseClause:
		w.list(n.Body)
	case *ast.CommClause:
		w.list(n.Body)
	case *ast.BranchStmt:
		w.operator(n, n.TokPos, n.Tok)
	case *ast.IncDecStmt:
		w.operator(n, n.TokPos, n.Tok)
	case *ast.AssignStmt:
		w.operator(n, n.TokPos, n.Tok)
	case *ast.ReturnStmt:
		w.returned(n)
	}
}

// operator swaps the operator or keyword of a statement.
func (w *walk) operator(n ast.Node, pos token.Pos, tok token.Token) {
	for _, now := range swaps[tok] {
		end := pos + token.Pos(len(tok.String()))
		w.change(pos, end, now.String(), head(w.source(n)), head(w.text(n.Pos(), pos)+now.String()+w.text(end, n.End())))
	}
}

// condition makes a condition false. Comparisons are negated by their operators.
func (w *walk) condition(cond ast.Expr) {
	src := w.source(cond)
	w.change(cond.Pos(), cond.End(), "false && ("+src+")", "if "+head(src), "if false")
	if _, operators := cond.(*ast.BinaryExpr); !operators {
		w.change(cond.Pos(), cond.End(), "true || ("+src+")", "if "+head(src), "if true")
	}
}

// cases makes the conditions of a switch without a tag false.
func (w *walk) cases(list []ast.Stmt) {
	for _, clause := range list {
		for _, cond := range clause.(*ast.CaseClause).List {
			src := w.source(cond)
			w.change(cond.Pos(), cond.End(), "false && ("+src+")", "case "+head(src), "case false")
		}
	}
}

// list leaves out one statement of a list.
func (w *walk) list(list []ast.Stmt) {
	for i, n := range list {
		switch n := n.(type) {
		case *ast.ExprStmt, *ast.SendStmt, *ast.DeferStmt, *ast.IncDecStmt:
			w.remove(n, "")
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				w.remove(n, w.unassigned(n))
			}
		case *ast.ReturnStmt:
			if len(n.Results) == 0 && i == len(list)-1 {
				w.remove(n, "")
			}
		}
	}
}

// unassigned evaluates what is assigned, and does not assign it, so that what is used
// still is; nothing where it is assigned to nobody anyway.
func (w *walk) unassigned(n *ast.AssignStmt) string {
	if !slices.ContainsFunc(n.Lhs, func(to ast.Expr) bool { return w.text(to.Pos(), to.End()) != "_" }) {
		return ""
	}
	blanks := ""
	for i, rhs := range n.Rhs {
		if value, ok := w.info.Types[rhs]; ok && (value.IsNil() || value.Value != nil) {
			return "" // needs no evaluation
		}
		if i > 0 {
			blanks += ", "
		}
		blanks += "_"
	}
	if len(n.Rhs) == 1 {
		for range n.Lhs[1:] {
			blanks += ", _"
		}
	}
	return blanks + " = " + w.text(n.Rhs[0].Pos(), n.End())
}

func (w *walk) remove(n ast.Node, rest string) {
	w.change(n.Pos(), n.End(), rest, head(w.source(n)), "nothing")
}

// returned makes an error that is returned nil.
func (w *walk) returned(n *ast.ReturnStmt) {
	for _, result := range n.Results {
		value := w.info.Types[result]
		if value.IsNil() || value.Type == nil || !types.Implements(value.Type, errorType) {
			continue
		}
		w.change(result.Pos(), result.End(), "nil", "return "+head(w.source(result)), "return nil")
	}
}

var errorType = types.Universe.Lookup("error").Type().Underlying().(*types.Interface)

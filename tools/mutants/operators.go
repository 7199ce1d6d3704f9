package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// swaps are the operators, and what each becomes.
var swaps = map[token.Token][]token.Token{
	token.LSS:        {token.LEQ, token.GEQ},
	token.LEQ:        {token.LSS, token.GTR},
	token.GTR:        {token.GEQ, token.LEQ},
	token.GEQ:        {token.GTR, token.LSS},
	token.EQL:        {token.NEQ},
	token.NEQ:        {token.EQL},
	token.LAND:       {token.LOR},
	token.LOR:        {token.LAND},
	token.ADD:        {token.SUB},
	token.SUB:        {token.ADD},
	token.MUL:        {token.QUO},
	token.QUO:        {token.MUL},
	token.REM:        {token.MUL},
	token.AND:        {token.OR},
	token.OR:         {token.AND},
	token.XOR:        {token.OR},
	token.SHL:        {token.SHR},
	token.SHR:        {token.SHL},
	token.ADD_ASSIGN: {token.SUB_ASSIGN},
	token.SUB_ASSIGN: {token.ADD_ASSIGN},
	token.MUL_ASSIGN: {token.QUO_ASSIGN},
	token.QUO_ASSIGN: {token.MUL_ASSIGN},
	token.OR_ASSIGN:  {token.AND_ASSIGN},
	token.AND_ASSIGN: {token.OR_ASSIGN},
	token.INC:        {token.DEC},
	token.DEC:        {token.INC},
	token.BREAK:      {token.CONTINUE},
	token.CONTINUE:   {token.BREAK},
}

// expression changes operators, constants, and what min and max choose.
func (w *walk) expression(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		left, right := w.source(n.X), w.source(n.Y)
		for _, now := range swaps[n.Op] {
			w.change(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), now.String(),
				tail(left)+" "+n.Op.String()+" "+head(right), tail(left)+" "+now.String()+" "+head(right))
		}
	case *ast.UnaryExpr:
		if n.Op == token.NOT {
			w.replace(n, w.source(n.X))
		}
	case *ast.BasicLit:
		w.literal(n)
	case *ast.Ident:
		switch w.info.Uses[n] {
		case types.Universe.Lookup("true"):
			w.replace(n, "false")
		case types.Universe.Lookup("false"):
			w.replace(n, "true")
		}
	case *ast.CallExpr:
		w.chooser(n)
	}
}

// literal changes a number: 0 and 1 become each other, others one more.
func (w *walk) literal(n *ast.BasicLit) {
	switch {
	case n.Kind != token.INT && n.Kind != token.FLOAT || w.capacities[n]:
	case n.Value == "0":
		w.replace(n, "1")
	case n.Value == "1":
		w.replace(n, "0")
	default:
		w.replace(n, "("+n.Value+" + 1)")
	}
}

// chooser makes min of max and max of min.
func (w *walk) chooser(n *ast.CallExpr) {
	name, ok := n.Fun.(*ast.Ident)
	if !ok {
		return
	}
	if _, builtin := w.info.Uses[name].(*types.Builtin); !builtin {
		return
	}
	other := map[string]string{"min": "max", "max": "min"}[name.Name]
	if other == "" {
		return
	}
	rest := w.text(n.Lparen, n.End())
	w.change(name.Pos(), name.End(), other, name.Name+head(rest), other+head(rest))
}

package scenarios

import (
	"math"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// pairsOf returns a mapping's pairs.
func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// stringOf returns the text of a node that YAML itself reads as text.
func stringOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// rawText returns any single value as it is written.
func rawText(n ast.Node) (string, bool) {
	if text, ok := stringOf(n); ok {
		return text, true
	}
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// wholeOf returns a whole number that is not negative.
func wholeOf(n ast.Node) (uint64, bool) {
	if _, ok := n.(*ast.IntegerNode); !ok {
		return 0, false
	}
	i, err := strconv.ParseUint(n.GetToken().Value, 10, 64)
	return i, err == nil
}

// numberOf returns a finite number.
func numberOf(n ast.Node) (float64, bool) {
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		f, err := strconv.ParseFloat(n.GetToken().Value, 64)
		return f, err == nil && !math.IsInf(f, 0)
	}
	return 0, false
}

// find returns the value at a key's full name; nil where it is not set.
func find(n ast.Node, path string) ast.Node {
	if path == "" {
		return n
	}
	key, rest, _ := strings.Cut(path, ".")
	pairs, _ := pairsOf(n)
	for _, p := range pairs {
		if node, ok := p.Key.(ast.Node); ok {
			if k, _ := rawText(node); k == key {
				return find(p.Value, rest)
			}
		}
	}
	return nil
}

package strictyaml

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
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

// hostPortFromMap returns the text of host:port in a list within braces, which the
// library takes for a key and a value although no space separates them.
func hostPortFromMap(n ast.Node) (string, bool) {
	pairs, _ := pairsOf(n)
	if len(pairs) != 1 || pairs[0].Value == nil {
		return "", false
	}
	key, ok1 := rawText(pairs[0].Key)
	value, ok2 := rawText(pairs[0].Value)
	from, to := pairs[0].Key.GetToken().Position, pairs[0].Value.GetToken().Position
	adjacent := from.Line == to.Line && from.Column+utf8.RuneCountInString(key)+1 == to.Column
	return key + ":" + value, ok1 && ok2 && adjacent
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

// wholeOf returns a decimal whole number that is not negative.
func wholeOf(n ast.Node) (uint64, bool) {
	if _, ok := n.(*ast.IntegerNode); !ok {
		return 0, false
	}
	i, err := strconv.ParseUint(n.GetToken().Value, 10, 64)
	return i, err == nil
}

// numberOf returns a finite number. The library reads 1e-3, which has no dot, as
// text; here it is a number unless it is in quotes.
func numberOf(n ast.Node) (float64, bool) {
	switch n := n.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
	case *ast.StringNode:
		if n.Token.Type != token.StringType || strings.Trim(n.Value, "0123456789+-.eE") != "" {
			return 0, false
		}
	default:
		return 0, false
	}
	f, err := strconv.ParseFloat(n.GetToken().Value, 64)
	return f, err == nil && !math.IsInf(f, 0)
}

// find returns the value at a key's full name, which can have dots of its own, as
// "thresholds.session.open" has; nil where it is not set.
func find(n ast.Node, path string) ast.Node {
	if path == "" {
		return n
	}
	pairs, _ := pairsOf(n)
	for _, p := range pairs {
		key, _ := rawText(p.Key)
		if key == path {
			return p.Value
		}
		if rest, ok := strings.CutPrefix(path, key+"."); ok && key != "" {
			if at := find(p.Value, rest); at != nil {
				return at
			}
		}
	}
	return nil
}

package scenarios

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/internal/usertext"
)

// A file here is a built-in scenario and a command. The comment that it begins
// with is its help.
//
//go:embed builtin/*.yaml
var builtinFiles embed.FS

// BuiltinNames lists the built-in scenarios, sorted.
func BuiltinNames() []string {
	entries, _ := builtinFiles.ReadDir("builtin") // embedded: it is there
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
	}
	slices.Sort(names)
	return names
}

// BuiltinSource returns a built-in scenario's file, comments and all. It fails
// where there is none of that name, and says which was meant.
func BuiltinSource(name string) ([]byte, error) {
	if src, err := builtinFiles.ReadFile("builtin/" + name + ".yaml"); err == nil {
		return src, nil
	}
	names := BuiltinNames()
	if near, ok := usertext.Nearest(name, names); ok {
		return nil, fmt.Errorf("no scenario %s; did you mean %s?", usertext.Quote(name), near)
	}
	return nil, fmt.Errorf("no scenario %s; there are %s", usertext.Quote(name), strings.Join(names, ", "))
}

// Builtin returns a built-in scenario. It names no endpoint.
func Builtin(name string) (Scenario, error) {
	src, err := BuiltinSource(name)
	if err != nil {
		return Scenario{}, err
	}
	return Parse(name+".yaml", src)
}

// BuiltinHelp returns what the comment at the head of a built-in scenario's file
// says: what the scenario does, and command lines that run it. Both are "" where
// there is no such scenario.
func BuiltinHelp(name string) (text, examples string) {
	src, err := BuiltinSource(name)
	if err != nil {
		return "", ""
	}
	var head strings.Builder
	for line := range strings.Lines(string(src)) {
		comment, ok := strings.CutPrefix(line, "#")
		if !ok {
			break
		}
		head.WriteString(strings.TrimPrefix(comment, " "))
	}
	text, examples, _ = strings.Cut(head.String(), "Examples:\n")
	return strings.TrimSpace(text), strings.TrimRight(examples, "\n")
}

package main

import "slices"

// A scope is the lines of a function.
type scope struct{ from, to int }

// covering are the tests that execute what a mutant changes. What is in no block, such as
// the condition of a case, is executed with its function; a variable or a constant with
// anything of its package.
func (s suite) covering(m mutant) []test {
	within := func(b block) bool { return b.File == m.file && b.holds(m.line, m.col) }
	switch {
	case m.function == "":
		within = func(b block) bool { return packageOf(b.File) == packageOf(m.file) }
	case !slices.ContainsFunc(s.Blocks, within):
		within = func(b block) bool { return b.File == m.file && b.Line >= m.scope.from && b.EndLine <= m.scope.to }
	}
	relevant := make([]bool, len(s.Blocks))
	for i, b := range s.Blocks {
		relevant[i] = within(b)
	}
	var out []test
	for _, t := range s.Tests {
		if slices.ContainsFunc(t.Ran, func(i int) bool { return relevant[i] }) {
			out = append(out, t)
		}
	}
	return out
}

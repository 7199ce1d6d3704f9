package main

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A mutant is one change of one file.
type mutant struct {
	file      string // below the root of the module, with slashes
	line, col int    // of the change, from 1
	from, to  int    // the bytes of the file that are replaced
	text      string // what replaces them
	function  string // that it is in; "" for a package's variable or constant
	scope     scope  // of the function
	was, now  string // the change for readers: each on one line
	nth       int    // among equal changes of the function, from 1
}

// key names a mutant whatever stands above it in its file.
func (m mutant) key() string {
	key := fmt.Sprintf("%s %s: %s => %s", m.file, m.function, m.was, m.now)
	if m.function == "" {
		key = fmt.Sprintf("%s: %s => %s", m.file, m.was, m.now)
	}
	if m.nth > 1 {
		key += fmt.Sprintf(" #%d", m.nth)
	}
	return key
}

// apply returns the file with the change.
func (m mutant) apply(src []byte) []byte {
	return []byte(string(src[:m.from]) + m.text + string(src[m.to:]))
}

// number counts equal changes of a function.
func number(ms []mutant) {
	seen := map[string]int{}
	for i := range ms {
		ms[i].nth = 1
		key := ms[i].key()
		seen[key]++
		ms[i].nth = seen[key]
	}
}

// shown is how many characters of an operand, and of a statement, a change shows.
const shown = 60

// oneLine joins the lines of source text.
func oneLine(src string) string { return strings.Join(strings.Fields(src), " ") }

// head is the beginning of source text, on one line.
func head(src string) string {
	if s := oneLine(src); utf8.RuneCountInString(s) > shown {
		return string([]rune(s)[:shown]) + "…"
	}
	return oneLine(src)
}

// tail is the end of source text, on one line.
func tail(src string) string {
	s := oneLine(src)
	if n := utf8.RuneCountInString(s); n > shown {
		return "…" + string([]rune(s)[n-shown:])
	}
	return s
}

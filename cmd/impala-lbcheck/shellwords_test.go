package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shellCommands are the simple commands of a line, as words: parted at pipes and
// lists, without redirections, comments and the assignments before a command.
func shellCommands(line string) [][]string {
	var out [][]string
	var words []string
	end := func() {
		for len(words) > 0 && shellAssignment.MatchString(words[0]) {
			words = words[1:]
		}
		if len(words) > 0 {
			out = append(out, words)
		}
		words = nil
	}
	for rest := strings.TrimLeft(line, " "); rest != ""; rest = strings.TrimLeft(rest, " ") {
		word, quoted, after := shellWord(rest)
		rest = after
		switch {
		case quoted:
			words = append(words, word)
		case strings.HasPrefix(word, "#"):
			rest = ""
		case word == "|" || word == "&&" || word == ";":
			end()
		case word == ">" || word == ">>" || word == "<":
			_, _, rest = shellWord(strings.TrimLeft(rest, " "))
		default:
			words = append(words, word)
		}
	}
	end()
	return out
}

// shellAssignment stands before a command, in a shell or in YAML.
var shellAssignment = regexp.MustCompile(`^([A-Z_]+=.*|-|[a-z]+:)$`)

// shellWord cuts the first word off a line.
func shellWord(line string) (word string, quoted bool, rest string) {
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ':
			return b.String(), quoted, line[i:]
		case '\\':
			if i++; i < len(line) {
				b.WriteByte(line[i])
			}
		case '\'', '"':
			text, _, _ := strings.Cut(line[i+1:], string(c))
			b.WriteString(text)
			i += len(text) + 1
			quoted = true
		case ';':
			if b.Len() > 0 {
				return b.String(), quoted, line[i:]
			}
			return ";", false, line[i+1:]
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), quoted, ""
}

// alternatives are the lines that words such as "pass|fail" stand for.
func alternatives(words []string) [][]string {
	for i, word := range words {
		if !either.MatchString(word) {
			continue
		}
		var out [][]string
		for one := range strings.SplitSeq(word, "|") {
			out = append(out, alternatives(slices.Concat(words[:i], []string{one}, words[i+1:]))...)
		}
		return out
	}
	return [][]string{words}
}

var either = regexp.MustCompile(`^[a-z0-9.-]+(\|[a-z0-9.-]+)+$`)

func TestShellCommands(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][][]string{
		`a --b 'c  d' "e"f > g # h`:  {{"a", "--b", "c  d", "ef"}},
		`A=1 a b | c && d; e >> f g`: {{"a", "b"}, {"c"}, {"d"}, {"e", "g"}},
		`- a b\ c '#d'`:              {{"a", "b c", "#d"}},
		`run: a 'b'\''c'`:            {{"a", "b'c"}},
		`a b|c`:                      {{"a", "b|c"}},
		`# all`:                      nil,
	} {
		got := shellCommands(line)
		if !slices.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
	if got := alternatives([]string{"a|b", "c", "d|e"}); len(got) != 4 || !slices.Equal(got[1], []string{"a", "c", "e"}) {
		t.Errorf("alternatives: %q", got)
	}
}

package scenarios

import (
	"fmt"
	"strconv"
	"strings"
)

// unknownKey says that there is no such key under path, and which was meant.
func unknownKey(key, path string, known []string) string {
	where := ""
	if path != "" {
		where = " under " + path
	}
	if near, ok := nearest(key, known); ok {
		return fmt.Sprintf("unknown key %s%s; did you mean %s?", clip(key), where, near)
	}
	return fmt.Sprintf("unknown key %s%s", clip(key), where)
}

// nearest returns the candidate that takes the fewest slips of the finger to
// word, if that are few for its length; the first of equals.
func nearest(word string, candidates []string) (string, bool) {
	const longest = 64
	if len(word) > longest {
		return "", false
	}
	best, at := max(1, len(word)/3), ""
	for _, c := range candidates {
		if d := slips(word, c); d < best || d == best && at == "" {
			best, at = d, c
		}
	}
	return at, at != ""
}

// slips counts the letters to insert, delete, replace or swap with their
// neighbour that make b of a.
func slips(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			differ := 1
			if a[i-1] == b[j-1] {
				differ = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+differ)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(a)][len(b)]
}

// clip quotes text that may be long or strange, or hold a password, as in user:password@host.
func clip(text string) string {
	const longest = 40
	if i := strings.LastIndexByte(text, '@'); i >= 0 && strings.Contains(text[:i], ":") {
		text = "..." + text[i:]
	}
	if r := []rune(text); len(r) > longest {
		text = string(r[:longest]) + "..."
	}
	return strconv.Quote(text)
}

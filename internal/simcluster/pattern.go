package simcluster

import "strings"

// wildcards are the special bytes of a pattern; 0 is none.
type wildcards struct{ any, one, escape byte }

var (
	showWildcards = wildcards{any: '*'}                         // of SHOW
	jdbcWildcards = wildcards{any: '%', one: '_', escape: '\\'} // of the metadata calls
)

// matchPattern reports whether the whole name matches.
func matchPattern(pattern, name string, w wildcards) bool {
	retry, retryName := -1, 0 // after the last wildcard for any text
	i, j := 0, 0
	for j < len(name) {
		width := 1
		switch {
		case i < len(pattern) && pattern[i] == w.any:
			i++
			retry, retryName = i, j
			continue
		case i < len(pattern) && w.one != 0 && pattern[i] == w.one:
			i, j = i+1, j+1
			continue
		case i+1 < len(pattern) && w.escape != 0 && pattern[i] == w.escape:
			width = 2
		}
		if i+width <= len(pattern) && pattern[i+width-1] == name[j] {
			i, j = i+width, j+1
		} else if retry >= 0 {
			retryName++
			i, j = retry, retryName
		} else {
			return false
		}
	}
	return strings.Trim(pattern[i:], string(w.any)) == ""
}

// matchesJDBC reports whether a name matches a pattern of a metadata call, ignoring
// case. No pattern matches everything.
func matchesJDBC(pattern *string, name string) bool {
	return pattern == nil || *pattern == "" || matchPattern(strings.ToLower(*pattern), name, jdbcWildcards)
}

package simcluster

import (
	"regexp"
	"strings"
)

// maxPattern is the longest pattern that matches anything, in bytes.
const maxPattern = 1 << 10

// compilePattern returns whether a regular expression matches a whole name, ignoring
// case. One that is invalid or too long matches nothing.
func compilePattern(expression string) func(name string) bool {
	if len(expression) > maxPattern {
		return func(string) bool { return false }
	}
	compiled, err := regexp.Compile("(?is)^(?:" + expression + ")$")
	if err != nil {
		return func(string) bool { return false }
	}
	return compiled.MatchString
}

// showPattern compiles a pattern of SHOW: names separated by bars, with * for any
// text.
func showPattern(pattern string) func(name string) bool {
	return compilePattern(strings.ReplaceAll(pattern, "*", ".*"))
}

// jdbcWildcards turns the wildcards of JDBC into those of a regular expression.
var jdbcWildcards = strings.NewReplacer(`\%`, "%", `\_`, "_", "%", ".*", "_", ".")

// jdbcPattern compiles a pattern of a metadata call, of which everything but the
// wildcards is a regular expression, as in Impala. No pattern matches everything.
func jdbcPattern(pattern *string) func(name string) bool {
	if pattern == nil || *pattern == "" {
		return func(string) bool { return true }
	}
	if len(*pattern) > maxPattern {
		return compilePattern(*pattern)
	}
	return compilePattern(jdbcWildcards.Replace(*pattern))
}

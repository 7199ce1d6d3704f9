package report

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// names prints the names of coordinators in tables: whole, or, where they are too
// long to leave room for numbers, without their common end, such as
// .example.com:25000.
type names struct{ end string }

// roomForNumbers is the columns that the table of coordinators needs beside names.
const roomForNumbers = 60

// namesOf looks for a shared end, if some names are too long for the page.
func namesOf(coordinators []string, width int) names {
	longest, end := 0, ""
	for i, c := range coordinators {
		n := name(c)
		longest = max(longest, columns(n))
		if i == 0 {
			end = n
		}
		end = commonEnd(end, n)
	}
	if len(coordinators) < 2 || longest <= width-roomForNumbers {
		return names{}
	}
	at := strings.IndexAny(end, ".:")
	if at < 0 {
		return names{}
	}
	return names{end: end[at:]}
}

// reportedNames are the names that coordinators report for themselves.
func reportedNames(r scenarios.Result) []string {
	out := make([]string, len(r.Coords))
	for i, c := range r.Coords {
		out[i] = c.Name
	}
	return out
}

// of prints one name.
func (s names) of(coordinator string) string {
	n := name(coordinator)
	if s.end == "" || !strings.HasSuffix(n, s.end) {
		return n
	}
	return strings.TrimSuffix(n, s.end) + "…"
}

// legend explains the ellipsis; empty where names are whole.
func (s names) legend() string {
	if s.end == "" {
		return ""
	}
	return "… is " + s.end
}

func commonEnd(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[len(a)-1-i] == b[len(b)-1-i] {
		i++
	}
	return strings.ToValidUTF8(a[len(a)-i:], "")
}

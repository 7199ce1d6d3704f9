package report

import (
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// names is how a page prints the names of coordinators in its tables: whole, or,
// where they are too long to leave room for numbers, without the end that all of
// them share, such as .example.com:25000.
type names struct{ end string }

// besideNames is what the coordinators' table needs beside the names.
const besideNames = 60

// namesOf looks for a shared end, if some names are too long for the page.
func namesOf(coordinators []string, width int) names {
	longest, end := 0, ""
	for i, c := range coordinators {
		n := name(c)
		longest = max(longest, columns(n))
		if i == 0 {
			end = n
		}
		end = sharedEnd(end, n)
	}
	if len(coordinators) < 2 || longest <= width-besideNames {
		return names{}
	}
	at := strings.IndexAny(end, ".:")
	if at < 0 {
		return names{}
	}
	return names{end: end[at:]}
}

// met are the names that coordinators gave themselves.
func met(r scenarios.Result) []string {
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

// legend says what the ellipsis stands for; empty where names are whole.
func (s names) legend() string {
	if s.end == "" {
		return ""
	}
	return "… is " + s.end
}

func sharedEnd(a, b string) string {
	i := 0
	for i < len(a) && i < len(b) && a[len(a)-1-i] == b[len(b)-1-i] {
		i++
	}
	return strings.ToValidUTF8(a[len(a)-i:], "")
}

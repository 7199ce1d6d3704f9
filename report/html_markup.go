package report

import (
	"fmt"
	"html"
	"strings"
)

// markup is HTML that is being written. It is no template: a program that executes one
// keeps every exported method of every type, for a template may name any of them, and
// with AWS's SDK that makes the command three times as large.
type markup struct{ b strings.Builder }

// put writes a format, which is ours, with values that may be anybody's: all but numbers
// are escaped, for a text and for an attribute in quotes.
func (m *markup) put(format string, values ...any) {
	for i, v := range values {
		switch v.(type) {
		case int, float64:
		default:
			values[i] = html.EscapeString(fmt.Sprint(v))
		}
	}
	fmt.Fprintf(&m.b, format, values...)
}

// maybe is put where there is a text.
func (m *markup) maybe(format, text string) {
	if text != "" {
		m.put(format, text)
	}
}

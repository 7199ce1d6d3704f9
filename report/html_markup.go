package report

import (
	"fmt"
	"strings"
)

// markup is HTML that is being written. It is no template: a program that executes one
// keeps every exported method of every type, for a template may name any of them, and
// with AWS's SDK that makes the command three times as large.
type markup struct{ b strings.Builder }

// put writes a format, which is ours, with texts that may be anybody's: each string is
// escaped, for a text and for an attribute in double quotes.
func (m *markup) put(format string, values ...any) {
	for i, v := range values {
		if s, ok := v.(string); ok {
			values[i] = htmlEscapes.Replace(s)
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

// htmlEscapes also has the plus, which begins a character in UTF-7.
var htmlEscapes = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

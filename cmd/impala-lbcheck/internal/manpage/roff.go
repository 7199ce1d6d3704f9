package manpage

import (
	"strings"
)

// page is a man page that is being written. What its methods call a line is in roff
// already; a text and an argument of a macro are not.
type page struct{ b strings.Builder }

// macro writes a call of a macro, each argument in quotes.
func (p *page) macro(name string, args ...string) {
	p.b.WriteString("." + name)
	for _, a := range args {
		p.b.WriteString(` "` + strings.ReplaceAll(escape(a), `"`, `""`) + `"`)
	}
	p.b.WriteByte('\n')
}

// line writes a line of text. One that begins with a dot or an apostrophe would be a
// macro, and \& is nothing.
func (p *page) line(roff string) {
	if strings.HasPrefix(roff, ".") || strings.HasPrefix(roff, "'") {
		p.b.WriteString(`\&`)
	}
	p.b.WriteString(roff + "\n")
}

// term writes an entry of a list.
func (p *page) term(roff, text string) {
	p.b.WriteString(".TP\n")
	p.line(roff)
	p.line(escape(strings.Join(strings.Fields(text), " ")))
}

// text writes paragraphs, which blank lines part. Lines that are indented, or that stand
// in columns, stay as they are.
func (p *page) text(s string) {
	for i, paragraph := range strings.Split(strings.Trim(s, "\n"), "\n\n") {
		if i > 0 {
			p.macro("PP")
		}
		lines := strings.Split(paragraph, "\n")
		if inColumns(lines) {
			p.verbatim(lines)
			continue
		}
		for _, line := range lines {
			p.line(escape(line))
		}
	}
}

// inColumns reports whether a line is indented or has blanks within that align it.
func inColumns(lines []string) bool {
	for _, line := range lines {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") || strings.Contains(strings.TrimSpace(line), "   ") {
			return true
		}
	}
	return false
}

// verbatim writes lines that are not filled.
func (p *page) verbatim(lines []string) {
	p.macro("nf")
	for _, line := range lines {
		p.line(escape(strings.ReplaceAll(line, "\t", "    ")))
	}
	p.macro("fi")
}

func bold(s string) string   { return `\fB` + escape(s) + `\fR` }
func italic(s string) string { return `\fI` + escape(s) + `\fR` }

// escape writes plain text in roff. A hyphen as such would be typeset as one that
// nobody can paste into a shell.
func escape(s string) string {
	return strings.NewReplacer(`\`, `\e`, `-`, `\-`, "`", `\(ga`, "'", `\(aq`, "^", `\(ha`, "~", `\(ti`).Replace(s)
}

package report

import "strings"

// block writes a part of a section.
func (m *markup) block(b htmlBlock) {
	m.maybe("<p>%s</p>", b.Say)
	if len(b.Items) > 0 {
		m.put("<ul>")
		m.items(b.Items)
		m.put("</ul>")
	}
	if len(b.Facts) > 0 {
		m.put("<dl class=\"facts\">")
		m.facts(b.Facts)
		m.put("</dl>")
	}
	if b.Table != nil {
		m.table(*b.Table)
	}
}

// table writes a table that scrolls within itself.
func (m *markup) table(t htmlTable) {
	m.put("<div class=\"scroll\" role=\"group\" aria-label=\"%s\" tabindex=\"0\">\n<table>\n<thead><tr>", t.Label)
	for _, c := range t.Cols {
		m.put("<th scope=\"col\" class=\"%s\">%s</th>", c.Class, c.Text)
	}
	m.put("</tr></thead>\n<tbody>\n")
	for _, row := range t.Rows {
		m.put("<tr>")
		for _, c := range row {
			if c.Head {
				m.put("<th scope=\"row\" class=\"%s\">", c.Class)
				m.name(c.Text)
				m.put("</th>")
			} else {
				m.put("<td class=\"%s\">%s</td>", c.Class, c.Text)
			}
		}
		m.put("</tr>\n")
	}
	m.put("</tbody>\n</table>\n</div>\n")
	m.maybe("<p>%s</p>\n", t.Beyond)
}

// name writes a name, which is broken before its port where it does not fit into a line.
func (m *markup) name(text string) {
	port := strings.LastIndexByte(text, ':')
	if port <= 0 {
		m.put("%s", text)
		return
	}
	m.put("%s<wbr/>%s", text[:port], text[port:])
}

package report

// chart writes a drawing and its legend.
func (m *markup) chart(c *chart) {
	m.put("<figure>\n<svg class=\"chart\" viewBox=\"0 -2 640 %v\" role=\"img\" aria-labelledby=\"%[2]s-title %[2]s-desc\">\n", c.Height, c.ID)
	m.put("<title id=\"%[1]s-title\">%[2]s</title>\n<desc id=\"%[1]s-desc\">%[3]s</desc>\n", c.ID, c.Title, c.Desc)
	for _, k := range c.Marks {
		m.mark(k)
		m.put("\n")
	}
	m.put("</svg>\n<figcaption>%s", c.Title)
	m.maybe(" (%s)", c.Beyond)
	m.put("\n<ul class=\"legend\">")
	for _, l := range c.Legend {
		m.put("<li>")
		m.sample(l)
		m.put("%s</li>", l.Text)
	}
	m.put("</ul>\n</figcaption>\n</figure>\n")
}

// mark writes one shape.
func (m *markup) mark(k mark) {
	switch k.Shape {
	case "rect":
		m.put("<rect class=\"%s\" x=\"%v\" y=\"%v\" width=\"%v\" height=\"%v\"", k.Class, k.X, k.Y, k.W, k.H)
	case "line":
		m.put("<line class=\"%s\" x1=\"%v\" y1=\"%v\" x2=\"%v\" y2=\"%v\"", k.Class, k.X, k.Y, k.W, k.H)
	case "path":
		m.put("<path class=\"%s\" d=\"%s\"", k.Class, k.Path)
	default:
		m.put("<text class=\"%s\" x=\"%v\" y=\"%v\" text-anchor=\"%s\">", k.Class, k.X, k.Y, k.Anchor)
		m.maybe("<title>%s</title>", k.Tip)
		m.put("%s</text>", k.Text)
		return
	}
	if k.Name != "" {
		m.put(" data-name=\"%s\" data-value=\"%s\"", k.Name, k.Value)
	}
	m.put(">")
	m.maybe("<title>%s</title>", k.Tip)
	m.b.WriteString("</" + k.Shape + ">")
}

// sample writes the shape that a legend explains.
func (m *markup) sample(l legend) {
	m.put("<svg class=\"sample\" viewBox=\"0 0 24 16\" aria-hidden=\"true\">")
	switch l.Shape {
	case "rect":
		m.put("<rect class=\"%s\" x=\"1\" y=\"2\" width=\"22\" height=\"12\"></rect>", l.Class)
	case "line":
		m.put("<line class=\"%s\" x1=\"1\" y1=\"8\" x2=\"23\" y2=\"8\"></line>", l.Class)
	case "p50":
		m.put("<path class=\"p50\" d=\"M6 8a6 6 0 1 0 12 0a6 6 0 1 0 -12 0z\"></path>")
	case "p95":
		m.put("<path class=\"p95\" d=\"M7 3h10v10h-10z\"></path>")
	case "p99":
		m.put("<path class=\"p99\" d=\"M6 13h12l-6 -11z\"></path>")
	default:
		m.put("<path class=\"max\" d=\"M12 1v14\"></path>")
	}
	m.put("</svg>")
}

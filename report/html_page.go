package report

import _ "embed" // for the style sheet

//go:embed html_style.css
var htmlStyle string

// markup is the page. It is XML, too, which a test reads it as.
func (h htmlPage) markup() []byte {
	m := &markup{}
	m.head(h)
	m.put("<body>\n")
	m.banner(h)
	m.put("<main class=\"inside\">\n<dl class=\"facts run\">")
	m.facts(h.Facts)
	m.put("</dl>\n<nav aria-label=\"Sections\">\n<ul>")
	for _, s := range h.Sections {
		m.put("<li><a href=\"#%s\">%s</a></li>\n", s.ID, s.Title)
	}
	m.put("</ul>\n</nav>\n")
	for _, s := range h.Sections {
		m.section(s)
		m.put("\n")
	}
	m.put("</main>\n</body>\n</html>\n")
	return []byte(m.b.String())
}

func (m *markup) head(h htmlPage) {
	m.put(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"/>
`)
	if h.Every > 0 {
		m.put("<meta http-equiv=\"refresh\" content=\"%d\"/>\n", h.Every)
	}
	m.put(`<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>%s: %s</title>
<link rel="icon" href="data:,"/>
`, h.Word, h.Subject)
	m.b.WriteString("<style>\n" + htmlStyle + "\n</style>\n")
	m.put("</head>\n")
}

// banner is the verdict, which stands first.
func (m *markup) banner(h htmlPage) {
	m.put("<header class=\"banner %s\">\n<div class=\"inside\">\n", h.Status)
	m.put("<p class=\"subject\">impala-lbcheck %s</p>\n<h1>%s</h1>\n<p class=\"sentence\">%s</p>\n", h.Subject, h.Word, h.Sentence)
	m.maybe("<p class=\"next\"><strong>next:</strong> %s</p>\n", h.Next)
	if h.Every > 0 {
		m.put("<p class=\"renewed\">This page is renewed every %d s while the run lasts. <a href=\"?renew=no\">Stop renewing it</a></p>\n", h.Every)
	}
	if h.Still {
		m.put("<p class=\"renewed\">This page is not renewed. <a href=\"?\">Renew it while the run lasts</a></p>\n")
	}
	m.put("</div>\n</header>\n")
}

func (m *markup) facts(all []fact) {
	for _, f := range all {
		m.put("<div><dt>%s</dt><dd>%s</dd></div>\n", f.Term, f.Text)
	}
}

func (m *markup) section(s htmlSection) {
	m.put("<section id=\"%[1]s\" aria-labelledby=\"%[1]s-heading\">\n<h2 id=\"%[1]s-heading\">%[2]s</h2>\n", s.ID, s.Title)
	if len(s.Findings) > 0 {
		m.put("<ul class=\"findings\">\n")
		for _, f := range s.Findings {
			m.finding(f)
			m.put("\n")
		}
		m.put("</ul>\n")
	}
	for _, c := range s.Charts {
		m.chart(c)
		m.put("\n")
	}
	for _, b := range s.Blocks {
		m.block(b)
		m.put("\n")
	}
	m.maybe("<pre tabindex=\"0\" role=\"group\" aria-label=\"The scenario as a file\">%s</pre>\n", s.Text)
	if d := s.Download; d != nil {
		m.put("<p><a class=\"download\" download=\"%s\" href=\"%s\">Save the result as JSON</a> (%s): all that this page shows, to be rendered, judged or compared again.</p>\n", d.Name, d.URL, d.Size)
	}
	m.put("</section>")
}

func (m *markup) finding(f htmlFinding) {
	m.put("<li class=\"finding %s\">\n<p class=\"status\"><span>%s</span></p>\n<p class=\"id\"><code>%s</code></p>\n<div>\n<p>%s</p>\n", f.Class, f.Status, f.ID, f.Claim)
	m.maybe("<p class=\"aside\"><strong>note:</strong> %s</p>\n", f.Note)
	m.maybe("<p class=\"aside\"><strong>fix:</strong> %s</p>\n", f.Fix)
	if f.Link {
		m.put("<p class=\"aside\"><strong>see:</strong> <a href=\"%[1]s\" rel=\"noreferrer\">%[1]s</a></p>\n", f.See)
	} else {
		m.maybe("<p class=\"aside\"><strong>see:</strong> %s</p>\n", f.See)
	}
	if len(f.Explain) > 0 {
		open := ""
		if f.Open {
			open = ` open="open"`
		}
		m.b.WriteString("<details" + open + ">\n<summary>Arithmetic</summary>\n<ul>")
		m.items(f.Explain)
		m.put("</ul>\n</details>\n")
	}
	m.put("</div>\n</li>")
}

func (m *markup) items(texts []string) {
	for _, text := range texts {
		m.put("<li>%s</li>\n", text)
	}
}

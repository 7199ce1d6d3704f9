package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// htmlSection is one part of the page.
type htmlSection struct {
	ID       string
	Title    string
	Charts   []*chart
	Blocks   []htmlBlock
	Findings []htmlFinding
	Text     string // as it stands, line by line
	Download *download
}

// htmlBlock is a part of a section; one of its fields is set.
type htmlBlock struct {
	Say   string
	Items []string
	Facts []fact
	Table *htmlTable
}

// htmlTable is a table that scrolls within itself.
type htmlTable struct {
	Label  string
	Cols   []htmlCell
	Rows   [][]htmlCell
	Beyond string
}

// htmlCell is a cell, and its classes.
type htmlCell struct {
	Text  string
	Class string
	Head  bool // of its row
}

// sectionRule says how a section is made: the text report's own words, and charts.
type sectionRule struct {
	id     string
	write  func(*page, scenarios.Result)
	charts func(*page, scenarios.Result) []*chart // nil: none
}

// sectionRules are the sections after the findings, in order.
var sectionRules = []sectionRule{
	{"getting-in", writeScouts, nil},
	{"capacity", writeCapacity, oneChart(capacityChart)},
	{"idle", writeIdle, nil},
	{"events", writeWatch, nil},
	{"query", writeQuery, nil},
	{"handles", writeHandles, nil},
	{"audit", writeAudit, nil},
	{"coordinators", writeCoordinators, oneChart(sharesChart)},
	{"nodes", writeNodes, nil},
	{"over-time", writeTimeline, seriesCharts},
	{"phases", writePhases, oneChart(phasesChart)},
	{"logins", writeLogins, oneChart(loginsChart)},
	{"load", writeLoad, oneChart(loadChart)},
	{"certificates", writeCertificates, oneChart(validityChart)},
	{"pages", writePages, nil},
	{"errors", writeErrors, nil},
	{"failures", writeFailures, nil},
	{"notes", writeNotes, nil},
	{"detects", writeDetectable, nil},
}

// oneChart makes a list of one chart.
func oneChart(of func(*page, scenarios.Result) *chart) func(*page, scenarios.Result) []*chart {
	return func(p *page, r scenarios.Result) []*chart { return []*chart{of(p, r)} }
}

// writeTimeline begins the section of charts over time, which have all that is in it.
func writeTimeline(p *page, r scenarios.Result) {
	if r.Series != nil && len(r.Series.Points) >= minPoints {
		p.title("Over time")
	}
}

// htmlSections are those of which the result has something to show.
func htmlSections(p *page, r scenarios.Result) []htmlSection {
	var out []htmlSection
	if len(r.Findings) > 0 {
		out = append(out, htmlSection{ID: "findings", Title: "Findings", Findings: htmlFindings(p, r.Findings)})
	}
	for _, rule := range sectionRules {
		blocks := p.collected(func() { rule.write(p, r) })
		if len(blocks) == 0 {
			continue
		}
		s := htmlSection{ID: rule.id}
		s.add(blocks)
		if rule.charts != nil {
			for _, c := range rule.charts(p, r) {
				if c != nil {
					s.Charts = append(s.Charts, c)
				}
			}
		}
		out = append(out, s)
	}
	if text := scenarioText(r.Scenario); text != "" {
		out = append(out, htmlSection{ID: "settings", Title: "Settings", Text: text})
	}
	return out
}

// add takes blocks in: facts and items that follow each other are one list.
func (s *htmlSection) add(blocks []block) {
	for _, b := range blocks {
		switch {
		case b.title != "":
			s.Title = b.title
		case b.say != "":
			s.Blocks = append(s.Blocks, htmlBlock{Say: b.say})
		case b.item != "":
			if last := s.last(); last == nil || last.Items == nil {
				s.Blocks = append(s.Blocks, htmlBlock{})
			}
			s.last().Items = append(s.last().Items, b.item)
		case b.fact.Term != "":
			if last := s.last(); last == nil || last.Facts == nil {
				s.Blocks = append(s.Blocks, htmlBlock{})
			}
			s.last().Facts = append(s.last().Facts, b.fact)
		case b.table != nil:
			s.Blocks = append(s.Blocks, htmlBlock{Table: b.table.html(s.Title)})
		}
	}
}

func (s *htmlSection) last() *htmlBlock {
	if len(s.Blocks) == 0 {
		return nil
	}
	return &s.Blocks[len(s.Blocks)-1]
}

// html is the table with its classes.
func (t tableBlock) html(title string) *htmlTable {
	out := &htmlTable{Label: "Table: " + title}
	for _, c := range t.cols {
		out.Cols = append(out.Cols, htmlCell{Text: c.title, Class: c.class()})
	}
	shades := shadesOf(t.counts)
	for i, row := range t.rows {
		var cells []htmlCell
		for j, text := range row {
			cell := htmlCell{Text: text, Class: t.cols[j].class(), Head: j == 0 && !t.cols[j].right}
			if cell.Class == "name" && columns(text) > longName {
				cell.Class += " long"
			}
			if i < len(shades) && j > 0 && j-1 < len(shades[i]) {
				cell.Class += " " + shades[i][j-1]
			}
			cells = append(cells, cell)
		}
		out.Rows = append(out.Rows, cells)
	}
	if t.beyond > 0 {
		out.Beyond = rowsBeyond(t.beyond)
	}
	return out
}

// longName is from how many columns on a name is broken into lines.
const longName = 48

func (c column) class() string {
	switch {
	case c.right:
		return "number"
	case c.text:
		return "words"
	}
	return "name"
}

// shadesOf are the classes of counts, from none to the largest of them.
func shadesOf(counts [][]int) [][]string {
	const darkest = 8
	most := 0
	for _, row := range counts {
		for _, n := range row {
			most = max(most, n)
		}
	}
	out := make([][]string, len(counts))
	for i, row := range counts {
		for _, n := range row {
			level := 0
			if n > 0 {
				level = max(1, int(math.Round(darkest*float64(n)/float64(most))))
			}
			out[i] = append(out[i], fmt.Sprintf("shade%d", level))
		}
	}
	return out
}

// maxSettings bounds the lines of a scenario that are shown.
const maxSettings = 200

// scenarioText is the scenario as its file has it; "" where it has none.
func scenarioText(s scenarios.Scenario) string {
	b, err := s.Marshal()
	if err != nil {
		return ""
	}
	var out []string
	for line := range strings.Lines(string(b)) {
		if len(out) == maxSettings {
			out = append(out, "# ...")
			break
		}
		text := strings.TrimLeft(line, " ")
		indent := min(len(line)-len(text), maxName)
		out = append(out, strings.Repeat(" ", indent)+Neutralize(text, maxLine))
	}
	return strings.Join(out, "\n")
}

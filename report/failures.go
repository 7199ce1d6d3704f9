package report

import (
	"fmt"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeErrors counts the failed sessions by class, with the first text of each.
func writeErrors(p *page, r scenarios.Result) {
	if len(r.Errors) == 0 {
		return
	}
	p.title("Errors by class")
	cols := []column{
		{title: "sessions", right: true}, {title: "class", min: 14}, {title: "coordinator", min: 11}, {title: "first text", min: 16, text: true},
	}
	var rows [][]string
	hints := map[string]bool{}
	var texts []string
	for _, e := range r.Errors {
		rows = append(rows, []string{strconv.Itoa(e.Count), name(e.Class.String()), orDash(p.names.of(e.Coordinator)), message(e.Example)})
		if text := p.Fixes(e.Hint); text != "" && !hints[text] {
			hints[text] = true
			texts = append(texts, name(e.Class.String())+": "+text)
		}
	}
	p.table(cols, rows)
	for _, text := range texts[:min(maxHints, len(texts))] {
		p.say("%s", text)
	}
}

// maxHints bounds the different hints under a table.
const maxHints = 8

// maxFailures bounds the failed sessions that the text lists.
const maxFailures = 20

// writeFailures lists failed sessions, each as one line to grep a server's or a
// balancer's log with. These lines are not wrapped.
func writeFailures(p *page, r scenarios.Result) {
	if len(r.Failures) == 0 {
		return
	}
	if p.collects {
		p.failureTable(r.Failures)
		return
	}
	p.title("Failed sessions: time, local -> node, phase, class, coordinator, text")
	for _, f := range r.Failures[:min(maxFailures, len(r.Failures))] {
		p.line(indent + failure(f))
	}
	if beyond := len(r.Failures) - maxFailures; beyond > 0 {
		p.line(indent + "... and " + count(beyond, "more session") + " in the JSON")
	}
}

// failureTable has as many failed sessions as a table has rows.
func (p *page) failureTable(fs []scenarios.Failure) {
	p.title("Failed sessions")
	var rows [][]string
	for _, f := range fs {
		rows = append(rows, []string{
			clock(f.Time, layoutLogLine), address(f.Local), address(f.Node), f.Phase.String(), name(f.Class.String()), orDash(p.names.of(f.Coordinator)), Neutralize(f.Text, maxLine),
		})
	}
	p.table([]column{{title: "time"}, {title: "local"}, {title: "node"}, {title: "phase"}, {title: "class"}, {title: "coordinator"}, {title: "text", text: true}}, rows)
}

func failure(f scenarios.Failure) string {
	return fmt.Sprintf("%s %s -> %s %s %s %s %s", clock(f.Time, layoutLogLine),
		address(f.Local), address(f.Node), f.Phase, name(f.Class.String()), orDash(name(f.Coordinator)), Neutralize(f.Text, maxLine))
}

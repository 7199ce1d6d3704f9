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
		{title: "sessions", right: true}, {title: "class", least: 14}, {title: "coordinator", least: 11}, {title: "first text", least: 16, text: true},
	}
	var rows [][]string
	hints := map[string]bool{}
	var tell []string
	for _, e := range r.Errors {
		rows = append(rows, []string{strconv.Itoa(e.Count), name(e.Class.String()), orDash(p.names.of(e.Coordinator)), message(e.Example)})
		if text := p.Fixes(e.Hint); text != "" && !hints[text] {
			hints[text] = true
			tell = append(tell, name(e.Class.String())+": "+text)
		}
	}
	p.table(cols, rows)
	for _, t := range tell[:min(maxHints, len(tell))] {
		p.say("%s", t)
	}
}

// maxHints is how many different hints stand under the errors.
const maxHints = 8

// maxFailures is how many failed sessions the text lists.
const maxFailures = 20

// writeFailures lists failed sessions, each as one line to grep a server's or a
// balancer's log with. These lines are not wrapped.
func writeFailures(p *page, r scenarios.Result) {
	if len(r.Failures) == 0 {
		return
	}
	p.title("Failed sessions: time, local -> node, phase, class, coordinator, the server's words")
	for _, f := range r.Failures[:min(maxFailures, len(r.Failures))] {
		p.line(indent + failure(f))
	}
	if beyond := len(r.Failures) - maxFailures; beyond > 0 {
		p.line(indent + fmt.Sprintf("... and %d more in the JSON", beyond))
	}
}

func failure(f scenarios.Failure) string {
	return fmt.Sprintf("%s %s -> %s %s %s %s %s", f.Time.UTC().Format("2006-01-02T15:04:05.000Z"),
		address(f.Local), address(f.Node), f.Phase, name(f.Class.String()), orDash(name(f.Coordinator)), Neutralize(f.Text, maxLine))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

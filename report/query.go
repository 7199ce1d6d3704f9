package report

import (
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeQuery shows the runs of the statement on each coordinator, then the first
// text of each class of failure.
func writeQuery(p *page, r scenarios.Result) {
	if len(r.Queries) == 0 {
		return
	}
	p.title("The statement, by coordinator")
	cols := []column{
		{title: "coordinator", min: 11}, {title: "runs", right: true}, {title: "failed", right: true},
		{title: "median", right: true}, {title: "slowest", right: true}, {title: "class", min: 12},
	}
	var rows [][]string
	for _, q := range r.Queries {
		median, slowest := "-", "-"
		if len(q.Times) > 0 {
			median, slowest = rounded(float64(scenarios.Median(q.Times))), rounded(float64(slices.Max(q.Times)))
		}
		rows = append(rows, []string{
			either(q.Coordinator != "", p.names.of(q.Coordinator), unidentified), strconv.Itoa(q.Runs), strconv.Itoa(q.Failed), median, slowest, orDash(name(q.Class.String())),
		})
	}
	p.table(cols, rows)
	p.examples(r.Queries)
	p.say("%s", p.names.legend())
}

// examples writes the first text of each class.
func (p *page) examples(qs []scenarios.QueryTally) {
	shown := map[scenarios.Class]bool{}
	for _, q := range qs {
		if q.Class.IsZero() || shown[q.Class] || len(shown) == maxHints {
			continue
		}
		shown[q.Class] = true
		p.say("%s", errorOf(q.Class, q.Example))
	}
}

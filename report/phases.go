package report

import (
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writePhases shows how long each step took, over the sessions that finished it.
func writePhases(p *page, r scenarios.Result) {
	cols := []column{
		{title: "phase"}, {title: "count", right: true}, {title: "p50", right: true}, {title: "p95", right: true},
		{title: "p99", right: true}, {title: "max", right: true},
	}
	var rows [][]string
	for phase := range scenarios.NumPhases {
		n := r.Phases.Count(phase)
		if n == 0 {
			continue
		}
		row := []string{phase.String(), strconv.Itoa(n)}
		for _, q := range []float64{.5, .95, .99} {
			row = append(row, milliseconds(r.Phases.Quantile(phase, q)))
		}
		rows = append(rows, append(row, milliseconds(r.Phases.Max(phase))))
	}
	if len(rows) == 0 {
		return
	}
	p.title("Phases, in milliseconds")
	p.table(cols, rows)
}

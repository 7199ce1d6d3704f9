package report

import (
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writePhases shows how long each step took, over the sessions that finished it.
func writePhases(p *page, r scenarios.Result) {
	var named []namedTimes
	for phase := range scenarios.NumPhases {
		if r.Phases.Count(phase) > 0 {
			named = append(named, namedTimes{phase.String(), r.Phases.Times(phase)})
		}
	}
	if len(named) == 0 {
		return
	}
	p.title("Phases, in milliseconds")
	p.times("phase", named)
}

// namedTimes is a row of a table of times.
type namedTimes struct {
	name  string
	times scenarios.Times
}

// times writes percentiles in milliseconds, a row for each of named that has
// any; title stands over the names.
func (p *page) times(title string, named []namedTimes) {
	cols := []column{
		{title: title}, {title: "count", right: true}, {title: "p50", right: true}, {title: "p95", right: true},
		{title: "p99", right: true}, {title: "max", right: true},
	}
	longest := time.Duration(0)
	for _, n := range named {
		longest = max(longest, n.times.Max())
	}
	digits := digitsFor(longest)
	var rows [][]string
	for _, n := range named {
		if n.times.Count() == 0 {
			continue
		}
		row := []string{n.name, strconv.Itoa(n.times.Count())}
		for _, q := range []float64{.5, .95, .99} {
			row = append(row, milliseconds(n.times.Quantile(q), digits))
		}
		rows = append(rows, append(row, milliseconds(n.times.Max(), digits)))
	}
	if len(rows) > 0 {
		p.table(cols, rows)
	}
}

package report

import (
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writePhases shows how long each step took, over the sessions that finished it.
func writePhases(p *page, r scenarios.Result) {
	cols := []column{
		{title: "phase"}, {title: "count", right: true}, {title: "p50", right: true}, {title: "p95", right: true},
		{title: "p99", right: true}, {title: "max", right: true},
	}
	digits := precision(r.Phases)
	var rows [][]string
	for phase := range scenarios.NumPhases {
		n := r.Phases.Count(phase)
		if n == 0 {
			continue
		}
		row := []string{phase.String(), strconv.Itoa(n)}
		for _, q := range []float64{.5, .95, .99} {
			row = append(row, milliseconds(r.Phases.Quantile(phase, q), digits))
		}
		rows = append(rows, append(row, milliseconds(r.Phases.Max(phase), digits)))
	}
	if len(rows) == 0 {
		return
	}
	p.title("Phases, in milliseconds")
	p.table(cols, rows)
}

// precision is how many digits after the point tell the phases apart, one number
// for the whole table so that the points stand under each other.
func precision(stats scenarios.PhaseStats) int {
	longest := time.Duration(0)
	for phase := range scenarios.NumPhases {
		longest = max(longest, stats.Max(phase))
	}
	switch {
	case longest < 10*time.Millisecond:
		return 3
	case longest < 100*time.Millisecond:
		return 2
	default:
		return 1
	}
}

// milliseconds is a phase's time as a bare number.
func milliseconds(d time.Duration, digits int) string {
	return strconv.FormatFloat(float64(d)/float64(time.Millisecond), 'f', digits, 64)
}

package report

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// maxLogins is how many rows each half of the table of logins has at most.
const maxLogins = 24

// loginRow is a coordinator or a node, and how long its logins took.
type loginRow struct {
	name string
	scenarios.Spread
}

// writeLogins shows how long logins took by coordinator and by node, where there are
// several to compare.
func writeLogins(p *page, r scenarios.Result) {
	coordinators, nodes := p.loginRows(r)
	if len(coordinators) < 2 && len(nodes) < 2 {
		return
	}
	p.title("Logins from their start, in milliseconds")
	p.logins("coordinator", coordinators)
	p.logins("node", nodes)
}

// loginRows are the coordinators and the nodes of which logins were timed.
func (p *page) loginRows(r scenarios.Result) (coordinators, nodes []loginRow) {
	for _, c := range r.Coords {
		if c.Login != nil {
			coordinators = append(coordinators, loginRow{p.names.of(c.Name), *c.Login})
		}
	}
	for _, n := range r.Nodes {
		if n.Login != nil {
			nodes = append(nodes, loginRow{address(n.Address), *n.Login})
		}
	}
	return coordinators, nodes
}

// logins writes the rows, where there are two at least; of many the slowest.
func (p *page) logins(title string, rows []loginRow) {
	if len(rows) < 2 {
		return
	}
	left := len(rows) - maxLogins
	if left > 0 {
		slices.SortStableFunc(rows, func(a, b loginRow) int { return cmp.Compare(b.P50, a.P50) })
		rows = rows[:maxLogins]
	}
	longest := time.Duration(0)
	for _, row := range rows {
		longest = max(longest, row.Max.Duration())
	}
	digits := digitsFor(longest)
	cell := func(s scenarios.Seconds) string { return milliseconds(s.Duration(), digits) }
	var cells [][]string
	for _, row := range rows {
		cells = append(cells, []string{row.name, strconv.Itoa(row.Count), cell(row.P50), cell(row.P95), cell(row.Max)})
	}
	p.table([]column{
		{title: title, min: 11}, {title: "count", right: true}, {title: "p50", right: true}, {title: "p95", right: true}, {title: "max", right: true},
	}, cells)
	if left > 0 {
		p.say("... and %s that log in faster, in the JSON", count(left, "more "+title))
	}
}

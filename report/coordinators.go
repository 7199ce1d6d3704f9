package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeCoordinators shows the sessions of each coordinator; where the run tests the
// balance, beside its share and the expected one.
func writeCoordinators(p *page, r scenarios.Result) {
	without := unidentifiedSessions(r)
	if len(r.Coords) == 0 && without == 0 {
		return
	}
	p.title("Coordinators")
	cols := []column{
		{title: "coordinator", min: 11}, {title: "pid", min: 6}, {title: "sessions", right: true},
		{title: "failed", right: true}, {title: "share", right: true}, {title: "expected", right: true},
	}
	var rows [][]string
	for _, c := range r.Coords {
		rows = append(rows, coordinatorRow(p.names.of(c.Name), c))
	}
	if without > 0 {
		rows = append(rows, []string{unidentified, "-", strconv.Itoa(without), strconv.Itoa(failedUnidentified(r)), "-", "-"})
	}
	if kindOf(r).balance {
		cols = p.withBars(cols, rows, r.Coords)
	} else {
		const counts = 4 // columns before the shares
		cols = cols[:counts]
		for i := range rows {
			rows[i] = rows[i][:counts]
		}
	}
	p.table(cols, rows)
	p.say("%s", p.names.legend())
	p.restarts(r.Coords)
	p.versions(r.Coords)
}

// withBars adds a column of bars to the rows, where there is room for one.
func (p *page) withBars(cols []column, rows [][]string, cs []scenarios.CoordTally) []column {
	if p.collects {
		return cols // a chart has them
	}
	bars := barsOf(cs, p.room(cols, rows))
	if bars == nil {
		return cols
	}
	for i := range rows {
		bar := ""
		if i < len(bars) {
			bar = bars[i]
		}
		rows[i] = append(rows[i], bar)
	}
	return append(cols, column{title: barTitle(bars[0])})
}

func coordinatorRow(shown string, c scenarios.CoordTally) []string {
	expected := "-"
	if c.Expected != nil {
		expected = percent(*c.Expected)
	}
	return []string{
		shown, strings.Join(pids(c.PIDs, 2), ", "), strconv.Itoa(c.Sessions), strconv.Itoa(c.Failed), percent(c.Share), expected,
	}
}

// pids prints the latest of them, limit at most.
func pids(ids []int32, limit int) []string {
	if len(ids) == 0 {
		return []string{"-"}
	}
	var out []string
	for _, id := range ids[max(0, len(ids)-limit):] {
		out = append(out, strconv.Itoa(int(id)))
	}
	return out
}

// restarts lists the coordinators that answered under more than one pid.
func (p *page) restarts(cs []scenarios.CoordTally) {
	const maxShown = 8
	n := 0
	for _, c := range cs {
		if c.Restarts == 0 {
			continue
		}
		if n++; n > maxShown {
			continue
		}
		p.say("%s restarted: pid %s", p.names.of(c.Name), strings.Join(pids(c.PIDs, 4), " then "))
	}
	if n > maxShown {
		p.say("... and %s", count(n-maxShown, "more restarted coordinator"))
	}
}

// versions lists the coordinators of each version where these differ, the most
// common version first.
func (p *page) versions(cs []scenarios.CoordTally) {
	of := map[string][]string{}
	for _, c := range cs {
		if c.Version != "" {
			of[c.Version] = append(of[c.Version], p.names.of(c.Name))
		}
	}
	if len(of) < 2 {
		return
	}
	const maxShown = 6
	sorted := slices.SortedFunc(maps.Keys(of), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(of[b]), len(of[a])), cmp.Compare(a, b))
	})
	for _, v := range sorted[:min(maxShown, len(sorted))] {
		p.say("%s on %s", name(v), joined(of[v], 8))
	}
	if len(sorted) > maxShown {
		p.say("... and %s", count(len(sorted)-maxShown, "more version"))
	}
}

// unidentifiedSessions counts the sessions of which the coordinator is not known.
func unidentifiedSessions(r scenarios.Result) int {
	n := 0
	for _, node := range r.Nodes {
		n += node.Unidentified
	}
	return n
}

// failedUnidentified counts those of them that failed.
func failedUnidentified(r scenarios.Result) int {
	n := r.Sessions.Failed
	for _, c := range r.Coords {
		n -= c.Failed
	}
	return max(n, 0)
}

// The width of a bar, in columns.
const (
	minBar = 10
	maxBar = 36
)

// barTitle is the legend of the bars, as far as it fits over them.
func barTitle(bar string) string {
	if width := columns(bar); width < len("| = expected") {
		return ""
	}
	return "│ = expected"
}

// room is how many columns are left for one more column of a table.
func (p *page) room(cols []column, rows [][]string) int {
	used := len(indent) + len(gap)*len(cols)
	for i, c := range cols {
		widest := columns(c.title)
		for _, row := range rows {
			widest = max(widest, columns(row[i]))
		}
		used += widest
	}
	return p.width - used
}

// barsOf draws a bar for each share, all on one scale, with a mark where the
// expected share ends. It is nil where there is no room or no share.
func barsOf(cs []scenarios.CoordTally, room int) []string {
	width := min(room, maxBar)
	scale := 0.0
	for _, c := range cs {
		scale = max(scale, clamp(c.Share, 0, 1))
		if c.Expected != nil {
			scale = max(scale, clamp(*c.Expected, 0, 1))
		}
	}
	if width < minBar || scale == 0 {
		return nil
	}
	bars := make([]string, len(cs))
	for i, c := range cs {
		mark := -1
		if c.Expected != nil {
			mark = int(clamp(*c.Expected, 0, 1)/scale*float64(width-1) + .5)
		}
		bars[i] = bar(clamp(c.Share, 0, 1)/scale*float64(width-1), mark, width)
	}
	return bars
}

// bar is length columns of block, to half a column, and the mark at its column;
// -1 is no mark. It fills width columns.
func bar(length float64, mark, width int) string {
	halves := int(2*length + .5)
	var b strings.Builder
	for i := range width {
		switch {
		case i == mark:
			b.WriteRune('│')
		case 2*i+2 <= halves:
			b.WriteRune('█')
		case 2*i+1 <= halves:
			b.WriteRune('▌')
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

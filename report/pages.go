package report

import (
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writePages shows what the coordinators' web pages said.
func writePages(p *page, r scenarios.Result) {
	if len(r.Pages) == 0 {
		return
	}
	p.title("Coordinators' web pages: service threads in use")
	cols := []column{
		{title: "coordinator", min: 11}, {title: "before", right: true}, {title: "during", right: true}, {title: "after", right: true},
		{title: "of", right: true}, {title: "sessions", right: true}, {title: "state", min: 8, text: true},
	}
	all := pagesByCoordinator(r.Pages)
	short := declaredNames(all, p.width)
	rows := make([][]string, len(all))
	for i, v := range all {
		rows[i] = []string{
			short.of(v.coordinator), orUnread(v.inUse[scenarios.PageBefore]), orUnread(v.inUse[scenarios.PageDuring]), orUnread(v.inUse[scenarios.PageAfter]),
			either(v.threads > 0, strconv.Itoa(v.threads), "-"), orUnread(v.sessions), v.state,
		}
	}
	if widest := widestVersion(all); widest <= p.room(cols, rows) {
		cols = append(cols, column{title: "version"})
		for i, v := range all {
			rows[i] = append(rows[i], orDash(name(v.version)))
		}
	}
	p.table(cols, rows)
	p.say("%s", short.legend())
	p.unread(r.Pages)
}

// declaredNames shortens the names of coordinators as they were declared, which
// may differ from what they call themselves.
func declaredNames(all []pageSummary, width int) names {
	declared := make([]string, len(all))
	for i, v := range all {
		declared[i] = v.coordinator
	}
	return namesOf(declared, width)
}

// widestVersion is how many columns the versions take.
func widestVersion(all []pageSummary) int {
	widest := len("version")
	for _, v := range all {
		widest = max(widest, columns(name(v.version)))
	}
	return widest
}

// pageSummary is what the pages of one coordinator say together.
type pageSummary struct {
	coordinator string
	inUse       map[scenarios.PageTime]*int
	threads     int
	sessions    *int // the max that it counted
	state       string
	version     string
}

// pagesByCoordinator gathers the pages by coordinator, in the order of their first.
func pagesByCoordinator(pages []scenarios.Page) []pageSummary {
	var out []pageSummary
	at := map[string]int{}
	for _, g := range pages {
		i, known := at[g.Coordinator]
		if !known {
			i = len(out)
			at[g.Coordinator] = i
			out = append(out, pageSummary{coordinator: g.Coordinator, inUse: map[scenarios.PageTime]*int{}, state: "-"})
		}
		out[i].add(g)
	}
	return out
}

func (v *pageSummary) add(g scenarios.Page) {
	if g.InUse != nil {
		v.inUse[g.When] = g.InUse
	}
	if g.Threads > 0 {
		v.threads = g.Threads
	}
	if g.Sessions != nil && (v.sessions == nil || *g.Sessions > *v.sessions) {
		v.sessions = g.Sessions
	}
	if g.Version != "" {
		v.version = g.Version
	}
	if s := stateOf(g); worse(s, v.state) {
		v.state = s
	}
}

// worse compares states: the worst that was seen is shown.
func worse(a, b string) bool {
	order := []string{"-", "healthy", "quiescing", "unhealthy"}
	return slices.Index(order, a) > slices.Index(order, b)
}

// stateOf is what a page says of its coordinator. Results of versions before 0.2 have
// "healthy": false where /healthz could not be read.
func stateOf(g scenarios.Page) string {
	switch {
	case g.Quiescing:
		return "quiescing"
	case g.Healthy == nil, !*g.Healthy && g.Err != "":
		return "-"
	case *g.Healthy:
		return "healthy"
	}
	return "unhealthy"
}

// orUnread is a number that a page said, or a dash.
func orUnread(n *int) string {
	if n == nil {
		return "-"
	}
	return strconv.Itoa(*n)
}

// unread lists why pages could not be read, or not in full.
func (p *page) unread(pages []scenarios.Page) {
	n := 0
	for _, g := range pages {
		if g.Err == "" {
			continue
		}
		if n++; n <= maxHints {
			p.say("%s, %s: %s", name(g.Coordinator), name(string(g.When)), message(g.Err))
		}
	}
	if n > maxHints {
		p.say("... and %s", count(n-maxHints, "more error"))
	}
}

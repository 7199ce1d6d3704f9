package report

import (
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writePages shows what the coordinators' own pages said.
func writePages(p *page, r scenarios.Result) {
	if len(r.Pages) == 0 {
		return
	}
	p.title("Coordinators' own pages: service threads in use")
	cols := []column{
		{title: "coordinator", least: 11}, {title: "before", right: true}, {title: "during", right: true}, {title: "after", right: true},
		{title: "of", right: true}, {title: "sessions", right: true}, {title: "state", least: 8, text: true},
	}
	views := viewsOf(r.Pages)
	short := declaredNames(views, p.width)
	rows := make([][]string, len(views))
	for i, v := range views {
		rows[i] = []string{
			short.of(v.coordinator), orUnread(v.inUse[scenarios.PageBefore]), orUnread(v.inUse[scenarios.PageDuring]), orUnread(v.inUse[scenarios.PageAfter]),
			either(v.threads > 0, strconv.Itoa(v.threads), "-"), orUnread(v.sessions), v.state,
		}
	}
	if widest := widestVersion(views); widest <= p.room(cols, rows) {
		cols = append(cols, column{title: "version"})
		for i, v := range views {
			rows[i] = append(rows[i], orDash(name(v.version)))
		}
	}
	p.table(cols, rows)
	p.say("%s", short.legend())
	p.unread(r.Pages)
}

// declaredNames shortens the names of views, which are written as they were
// declared and not as coordinators call themselves.
func declaredNames(views []view, width int) names {
	all := make([]string, len(views))
	for i, v := range views {
		all[i] = v.coordinator
	}
	return namesOf(all, width)
}

// widestVersion is how many columns the versions take.
func widestVersion(views []view) int {
	widest := len("version")
	for _, v := range views {
		widest = max(widest, columns(name(v.version)))
	}
	return widest
}

// view is what the pages of one coordinator say together.
type view struct {
	coordinator string
	inUse       map[scenarios.PageTime]*int
	threads     int
	sessions    *int // the most that it counted
	state       string
	version     string
}

// viewsOf gathers the pages by coordinator, in the order of their first.
func viewsOf(pages []scenarios.Page) []view {
	var out []view
	at := map[string]int{}
	for _, g := range pages {
		i, known := at[g.Coordinator]
		if !known {
			i = len(out)
			at[g.Coordinator] = i
			out = append(out, view{coordinator: g.Coordinator, inUse: map[scenarios.PageTime]*int{}, state: "-"})
		}
		out[i].add(g)
	}
	return out
}

func (v *view) add(g scenarios.Page) {
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
	if s := stateOf(g); graver(s, v.state) {
		v.state = s
	}
}

// graver compares states: the gravest that was seen is shown.
func graver(a, b string) bool {
	order := []string{"-", "healthy", "quiescing", "unhealthy"}
	return slices.Index(order, a) > slices.Index(order, b)
}

func stateOf(g scenarios.Page) string {
	switch {
	case g.Quiescing:
		return "quiescing"
	case g.Healthy:
		return "healthy"
	case g.Err != "":
		return "-"
	default:
		return "unhealthy"
	}
}

// orUnread is a number that a page said, or a dash.
func orUnread(n *int) string {
	if n == nil {
		return "-"
	}
	return strconv.Itoa(*n)
}

// unread says why pages could not be read, or not in full.
func (p *page) unread(pages []scenarios.Page) {
	told := 0
	for _, g := range pages {
		if g.Err == "" {
			continue
		}
		if told++; told <= maxHints {
			p.say("%s, %s: %s", name(g.Coordinator), name(string(g.When)), message(g.Err))
		}
	}
	if told > maxHints {
		p.say("... and %s", count(told-maxHints, "more error"))
	}
}

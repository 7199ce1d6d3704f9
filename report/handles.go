package report

import (
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// writeHandles shows what became of sessions over other connections, by who opened them
// and who was asked for them, then the first text of each class of failure.
func writeHandles(p *page, r scenarios.Result) {
	if len(r.Handles) == 0 {
		return
	}
	p.title("Sessions over other connections")
	cols := []column{
		{title: "opened by", min: 11}, {title: "asked of", min: 11}, {title: "node"}, {title: "reached", right: true},
		{title: "foreign", right: true}, {title: "unknown", right: true}, {title: "class", min: 12},
	}
	var rows [][]string
	for _, h := range r.Handles {
		rows = append(rows, []string{
			p.coordinator(h.Opened), p.coordinator(h.Answered), either(h.OtherNode, "another", "the same"),
			strconv.Itoa(h.Reached), strconv.Itoa(h.Foreign), strconv.Itoa(h.Unknown), orDash(name(h.Class.String())),
		})
	}
	p.table(cols, rows)
	shown := map[scenarios.Class]bool{}
	for _, h := range r.Handles {
		if !h.Class.IsZero() && !shown[h.Class] && len(shown) < maxHints {
			shown[h.Class] = true
			p.say("%s", errorOf(h.Class, h.Example))
		}
	}
	p.say("%s", p.names.legend())
}

// coordinator is a name as the page prints it.
func (p *page) coordinator(name string) string {
	return either(name != "", p.names.of(name), unidentified)
}

package report

import (
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
	"github.com/impala-lbcheck/impala-lbcheck/vocab"
)

// writeScouts shows what getting in met at each node, where that was not a good
// session at once.
func writeScouts(p *page, r scenarios.Result) {
	if !slices.ContainsFunc(r.Scouts, func(s scenarios.Scout) bool { return !s.Smooth() }) {
		return
	}
	p.title("Getting in, by node: in no count below")
	cols := []column{
		{title: "node", min: 15}, {title: "tries", right: true}, {title: "last", min: 6}, {title: "class", min: 11}, {title: "text", min: 10, text: true},
	}
	var rows [][]string
	for _, s := range r.Scouts[:min(maxScouts, len(r.Scouts))] {
		rows = append(rows, []string{address(s.Address), strconv.Itoa(s.Attempts), scoutOutcome(s), orDash(name(s.Class.String())), orDash(message(s.Text))})
	}
	p.table(cols, rows)
	if beyond := len(r.Scouts) - maxScouts; beyond > 0 {
		p.say("... and %s in the JSON", count(beyond, "more node"))
	}
	writeProbe(p, r.Probe)
}

// writeProbe says that diagnostic connections were made, and what they met.
func writeProbe(p *page, probe *scenarios.Probe) {
	if probe == nil {
		return
	}
	who := probe.Heard.Who()
	if probe.Heard == vocab.HeardNothing {
		who = "nothing"
	}
	if probe.TLS {
		who += ", within TLS"
	}
	if probe.Text != "" {
		who += ": " + message(probe.Text)
	}
	p.say("Then %s to %s, without a login, to learn what answers there: %s", count(probe.Connections, "connection"), address(probe.Node), who)
}

// maxScouts bounds the nodes that the table shows.
const maxScouts = 24

func scoutOutcome(s scenarios.Scout) string {
	if s.Refused {
		return "refused by us"
	}
	return s.Outcome.String()
}

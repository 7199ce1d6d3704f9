package report

import (
	"maps"
	"slices"
	"strconv"

	"github.com/impala-lbcheck/impala-lbcheck/scenarios"
)

// leastNode is the least width of a node's name over its column; mostNames is
// how many coordinators the matrix shows.
const (
	leastNode = 13
	mostNames = 80
)

// writeNodes shows which node handed its sessions to whom. With one node the
// coordinators' table says it all.
func writeNodes(p *page, r scenarios.Result) {
	if len(r.Nodes) < 2 || r.Sessions.Attempted == 0 {
		return
	}
	p.title("Sessions by node")
	const most = 24 // nodes
	nodes := r.Nodes[:min(most, len(r.Nodes))]
	names := coordinatorNames(r, nodes)
	shown := names[:min(mostNames, len(names))]
	abreast := p.nodesAbreast(nodes)
	blocks := (len(nodes) + abreast - 1) / abreast
	first := true
	for block := range slices.Chunk(nodes, (len(nodes)+blocks-1)/blocks) {
		if !first {
			p.line("")
		}
		p.matrix(shown, block)
		first = false
	}
	p.say("%s", p.names.legend())
	if beyond := len(names) - len(shown); beyond > 0 {
		p.say("... and %s in the JSON", count(beyond, "more coordinator"))
	}
	if len(r.Nodes) > most {
		p.say("... and %s in the JSON", count(len(r.Nodes)-most, "more node"))
	}
}

// nodesAbreast is how many nodes fit side by side.
func (p *page) nodesAbreast(nodes []scenarios.NodeTally) int {
	widest := leastNode
	for _, n := range nodes {
		widest = max(widest, columns(address(n.Address)))
	}
	const coordinator = 20 // columns that a coordinator's name should have at least
	room := p.width - len(indent) - coordinator
	if widest+len(gap) > room {
		widest = leastNode
	}
	return max(1, room/(widest+len(gap)))
}

// matrix writes one block: a row per coordinator, a column per node.
func (p *page) matrix(names []string, nodes []scenarios.NodeTally) {
	cols := []column{{title: "coordinator", least: 11}}
	for _, n := range nodes {
		cols = append(cols, column{title: address(n.Address), right: true, least: leastNode})
	}
	row := func(head string, of func(scenarios.NodeTally) int) []string {
		cells := []string{head}
		for _, n := range nodes {
			cells = append(cells, orDot(of(n)))
		}
		return cells
	}
	var rows [][]string
	for _, c := range names {
		rows = append(rows, row(p.names.of(c), func(n scenarios.NodeTally) int { return n.Coordinators[c] }))
	}
	if slices.ContainsFunc(nodes, func(n scenarios.NodeTally) bool { return n.Unattributed > 0 }) {
		rows = append(rows, row("(unidentified)", func(n scenarios.NodeTally) int { return n.Unattributed }))
	}
	rows = append(rows, row("all", func(n scenarios.NodeTally) int { return n.Sessions }))
	if slices.ContainsFunc(nodes, func(n scenarios.NodeTally) bool { return n.Failed > 0 }) {
		rows = append(rows, row("of them failed", func(n scenarios.NodeTally) int { return n.Failed }))
	}
	p.table(cols, rows)
}

// coordinatorNames are those of the coordinators' table, then any that only a
// node knows, sorted.
func coordinatorNames(r scenarios.Result, nodes []scenarios.NodeTally) []string {
	var names []string
	known := map[string]bool{}
	for _, c := range r.Coords {
		names = append(names, c.Name)
		known[c.Name] = true
	}
	others := map[string]bool{}
	for _, n := range nodes {
		for c := range n.Coordinators {
			if !known[c] {
				others[c] = true
			}
		}
	}
	return append(names, slices.Sorted(maps.Keys(others))...)
}

// orDot prints a count so that the empty cells of a matrix stand back.
func orDot(n int) string {
	if n == 0 {
		return "·"
	}
	return strconv.Itoa(n)
}
